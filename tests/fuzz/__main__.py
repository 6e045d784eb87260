"""``python -m tests.fuzz``, or ``make fuzz``: bytes that are wrong, for every reader and every message.

Each target of `tests.fuzz.targets.all` gets its share of the time, in a process of its own. Inputs are made
of what our writers write and of the corpus, by mutators that know the format, and those that reach new lines
are kept in ``corpus/``, minimised. What no input may do: raise what is not declared, take more than 5 s, take
more memory than twice its size and 64 MiB, run anything, write elsewhere, or end the process. An input that
does is written to ``--findings``; try it again with ``python -m tests.fuzz --replay TARGET FILE``, and once
mended, put it into the corpus.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from tests.fuzz.campaign import Report, name_of
from tests.fuzz.jobs import Job, keep, run_all
from tests.fuzz.targets.all import TARGETS

_OF_THE_TESTS = 20_000
_HEADINGS = ("target", "inputs", "inputs/s", "lines", "new", "slowest ms", "memory MiB", "findings")
_ROW = "{:<16}{:>10}{:>10}{:>8}{:>6}{:>12}{:>12}{:>10}"


def main() -> int:
    """Run, print a table, and return 1 where there are findings."""
    options = _options()
    if options.replay:
        name, path = options.replay
        TARGETS[name].open(_empty(options.findings / "replay"))(Path(path).read_bytes())
        return 0
    names = options.targets or list(TARGETS)
    seconds = 60 * options.minutes * options.jobs / len(names)
    jobs = [
        Job(
            TARGETS[name],
            options.seed,
            options.each or _inputs(options.inputs, name),
            3600.0 if options.each else 600.0 if options.inputs else seconds,
            options.keep,
        )
        for name in names
    ]
    for job in jobs:
        job.target.seeds()  # made once, and torch is loaded once
    reports = run_all(jobs, options.jobs)
    if options.report:
        options.report.write_bytes(msgspec.msgpack.encode(reports))
    _print(reports)
    for report in reports:
        if options.keep:
            keep(report)
        _write(options.findings, report)
    return int(any(report.findings for report in reports))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)} (default: all)"
    )
    parser.add_argument("--minutes", type=float, default=10, help="for all targets (default: 10)")
    parser.add_argument("--inputs", type=int, help="so many for all targets, instead of a time")
    parser.add_argument("--each", type=int, help="so many for each target, instead of a time")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed makes the same inputs (default: 1)"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default: 2)")
    parser.add_argument("--keep", action="store_true", help="put what reaches new lines into the corpus")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"), metavar="FOLDER")
    parser.add_argument("--report", type=Path, metavar="FILE", help="also write the reports, as msgpack")
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "FILE"), help="run one input, unprotected")
    return parser.parse_args()


def _inputs(total: int | None, name: str) -> int | None:
    return None if total is None else -(-total * TARGETS[name].share // _OF_THE_TESTS)


def _empty(folder: Path) -> Path:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _print(reports: list[Report]) -> None:
    print(_ROW.format(*_HEADINGS))
    for report in reports:
        print(_ROW.format(*_cells(report)))
    total = sum(report.inputs for report in reports)
    print(
        _ROW.format("all", f"{total:,}", "", "", "", "", "", sum(len(report.findings) for report in reports))
    )
    for report in reports:
        for finding in report.findings:
            size = len(finding.data)
            print(f"\n{report.target}, input {name_of(finding.data)} of {size} bytes {finding.what}")


def _cells(report: Report) -> tuple[object, ...]:
    rate = report.inputs / report.seconds if report.seconds else 0
    return (
        report.target,
        f"{report.inputs:,}",
        f"{rate:,.0f}",
        report.lines,
        report.new_lines,
        f"{1e3 * report.slowest:.0f}",
        f"{report.memory / (1 << 20):.1f}",
        len(report.findings),
    )


def _write(folder: Path, report: Report) -> None:
    for finding in report.findings:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{report.target}-{name_of(finding.data)}"
        path.write_bytes(finding.data)
        path.with_suffix(".txt").write_text(finding.what)
        print(f"python -m tests.fuzz --replay {report.target} {path}")


if __name__ == "__main__":
    sys.exit(main())
