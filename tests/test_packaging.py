"""A wheel that is unpacked somewhere else is whole: it finds its presets, and brings their notice."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lstm_viz.version import __version__

_ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the built wheel."""
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(_ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")))
    return Path(built)


def test_the_wheel_brings_what_it_needs_and_no_more(wheel):
    assert wheel.name == f"lstm_viz-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        notice = archive.read("lstm_viz/resources/presets/NOTICE").decode()
        entries = archive.read(f"lstm_viz-{__version__}.dist-info/entry_points.txt").decode()
        metadata = archive.read(f"lstm_viz-{__version__}.dist-info/METADATA").decode()
    assert "CC BY-SA 4.0" in notice and "English" in notice and "EWT" in notice
    assert "lstm-viz = lstm_viz.cli:main" in entries and "[gui_scripts]" in entries
    assert "License-Expression: MIT" in metadata
    assert f"lstm_viz-{__version__}.dist-info/licenses/LICENSE" in names
    for preset in ("tutorial", "tutorial-gru", "tutorial-rnn", "english", "english-both"):
        assert f"lstm_viz/resources/presets/{preset}.json" in names
        assert f"lstm_viz/resources/presets/{preset}.safetensors" in names
    assert [name for name in names if name.startswith(("tests", "examples", "resources"))] == []
    assert [name for name in names if "__pycache__" in name] == []


def test_it_runs_where_it_is_unpacked(wheel, tmp_path):
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    where = subprocess.run(
        [sys.executable, "-c", "import lstm_viz; print(lstm_viz.__file__)"],
        cwd=elsewhere, env=environment, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert where.stdout.strip() == str(site / "lstm_viz" / "__init__.py")
    done = subprocess.run(
        [sys.executable, "-m", "lstm_viz", "grab", "out.png", "--model", "english", "--size", "980x500"],
        cwd=elsewhere, env=environment, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (elsewhere / "out.png").stat().st_size > 10_000
