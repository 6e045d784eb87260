"""What every test leans on: the folder of treebanks, and nothing left behind."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_HERE = Path(__file__).parent
_DATA = Path(os.environ.get("LSTM_VIZ_DATA", _HERE.parent.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of treebanks and of the tutorial's printed numbers."""
    if not _DATA.is_dir():
        pytest.skip(f"no treebanks at {_DATA}: set LSTM_VIZ_DATA to their folder")
    return _DATA
