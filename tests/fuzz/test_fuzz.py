"""Some thousand inputs for each reader, always the same; ``make fuzz`` has as many as there is time for."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.fuzz.campaign import Report
from tests.fuzz.jobs import CORPUS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forked")

_ROOT = Path(__file__).parents[2]
_INPUTS = 20_000
_MOST_CORPUS_BYTES = 300_000


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """Return what became of the inputs, by the target."""
    folder = tmp_path_factory.mktemp("fuzz")
    asked = [
        "--inputs",
        str(_INPUTS),
        "--findings",
        str(folder / "findings"),
        "--report",
        str(folder / "report"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *asked],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (folder / "report").exists(), done.stderr
    found = msgspec.msgpack.decode((folder / "report").read_bytes(), type=list[Report])
    return {report.target: report for report in found}


def test_no_input_does_what_none_may(reports: dict[str, Report]) -> None:
    found = [finding for report in reports.values() for finding in report.findings]
    assert not found, "\n\n".join(f"{one.target}: {one.data[:300]!r}\n{one.what}" for one in found)


def test_every_target_gets_its_inputs(reports: dict[str, Report]) -> None:
    assert sum(report.inputs for report in reports.values()) >= _INPUTS
    assert all(report.inputs >= 100 and report.lines for report in reports.values())


def test_the_corpus_is_small_and_of_targets_that_there_are(reports: dict[str, Report]) -> None:
    assert {folder.name for folder in CORPUS.iterdir()} <= set(reports)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < _MOST_CORPUS_BYTES
