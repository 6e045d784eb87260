"""Torch never enters the window's program, Qt never the engine's, and the package alone loads neither."""

import subprocess
import sys

import pytest

_LOADED = """
import importlib, sys
for name in {modules!r}:
    importlib.import_module(name)
print(*sorted(name for name in ("torch", "PySide6", "pyqtgraph", "numpy") if name in sys.modules))
"""


def _loaded_by(*modules):
    program = [sys.executable, "-c", _LOADED.format(modules=modules)]
    return subprocess.run(program, capture_output=True, check=True, text=True, timeout=300).stdout.split()


@pytest.mark.parametrize("module", ["lstm_viz", "lstm_viz.cli", "lstm_viz.startup", "lstm_viz.resources"])
def test_a_command_that_only_answers_loads_nothing(module):
    assert _loaded_by(module) == []


def test_the_window_loads_no_torch():
    loaded = _loaded_by("lstm_viz.app.shell.main", "lstm_viz.app.shell.session", "lstm_viz.app.shell.grab")
    assert "PySide6" in loaded
    assert "torch" not in loaded and "pyqtgraph" not in loaded


def test_the_engine_loads_no_qt():
    loaded = _loaded_by("lstm_viz.engine.__main__")
    assert "torch" in loaded and "PySide6" not in loaded


def test_messages_load_neither():
    assert _loaded_by("lstm_viz.messages") == ["numpy"]


def test_capture_brings_torch_when_it_is_first_used():
    asked = "'torch' in sys.modules"
    program = f"import sys, lstm_viz; print({asked}); lstm_viz.capture; print({asked})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\nTrue\n"


def test_what_is_not_there_is_an_attribute_error():
    import lstm_viz

    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = lstm_viz.no_such_thing
