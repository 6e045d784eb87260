"""``python -m lstm_viz.bench``: the table of `make bench`, and the same as JSON."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from lstm_viz.bench.timing import Row


def main() -> int:
    """Run the benchmarks, print a line per row, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lstm_viz.bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="only what has a goal, and less time for each")
    parser.add_argument("--only", choices=_GROUPS, help="one group")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows = []
    print(_HEAD)
    for line in _rows(options.only, short=options.short):
        rows.append(line)
        print(_line(line), flush=True)
    if options.json:
        machine = {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
        }
        content = {"machine": machine, "rows": [asdict(line) for line in rows]}
        options.json.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


#: In the order of the table; each is a module with ``rows(short=…)``.
_GROUPS = (
    "startup",
    "window",
    "traces",
    "curves",
    "watching",
    "training",
    "text",
    "capture",
    "memory",
    "gradients",
    "ablation",
    "whatif",
    "segmentation",
)


def _rows(only: str | None, *, short: bool) -> Iterator[Row]:
    for group in _GROUPS if only is None else (only,):
        yield from import_module(f"lstm_viz.bench.{group}").rows(short=short)


_HEAD = f"{'what':40} {'A / B':34} {'ratio':>8} {'p95':>8} {'goal':>7}  {'':3} {'A ms':>9} {'B ms':>9}"


def _line(row: Row) -> str:
    mark = {True: "yes", False: "NO", None: ""}[row.ok]
    return (
        f"{row.name:40} {row.what:34} {row.ratio:8.3f} {row.p95:8.3f} {row.goal:>7}  {mark:3}"
        f" {row.ms_a:9.3f} {row.ms_b:9.3f}"
    )


if __name__ == "__main__":
    sys.exit(main())
