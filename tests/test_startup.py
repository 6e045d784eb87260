"""What is said where Qt cannot start: one line, instead of a traceback or an abort."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_viz import startup

_ROOT = Path(__file__).parent.parent
NO_EGL = "libEGL.so.1: cannot open shared object file: No such file or directory"


def _run(tmp_path, *arguments, **variables):
    return subprocess.run(
        [sys.executable, "-m", "lstm_viz", *arguments],
        cwd=_ROOT.parent,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{_ROOT}", **variables},
        capture_output=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def no_qt(tmp_path):
    """Put a PySide6 before the real one that cannot be loaded; return the folder."""

    def put(error):
        package = tmp_path / "PySide6"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "QtWidgets.py").write_text(f"raise ImportError({error!r})\n")
        return tmp_path

    return put


@pytest.mark.parametrize("arguments", [(), ("grab", "out.png")], ids=["window", "grab"])
def test_a_missing_library_is_one_line(no_qt, arguments):
    done = _run(no_qt(NO_EGL), *arguments)
    assert (done.returncode, done.stdout) == (1, b"")
    (line,) = done.stderr.decode().splitlines()
    assert "libEGL.so.1" in line and "libegl1" in line and "mesa-libEGL" in line


def test_a_library_that_we_do_not_know_is_named(no_qt):
    done = _run(no_qt("libodd.so.7: cannot open shared object file: No such file or directory"))
    assert done.returncode == 1
    assert done.stderr.decode() == "Qt cannot start, because the system library libodd.so.7 is missing.\n"


def test_no_qt_at_all(no_qt):
    done = _run(no_qt("No module named 'shiboken6'"))
    assert done.returncode == 1
    assert done.stderr.decode() == "Qt cannot be loaded: No module named 'shiboken6'\n"


@pytest.fixture
def environment(monkeypatch):
    """Return what sets the variables that tell of a display, all others of them unset."""

    def set_(**variables):
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    monkeypatch.setattr(sys, "platform", "linux")
    return set_


@pytest.mark.parametrize(
    ("variables", "display", "x11"),
    [
        ({}, False, False),
        ({"DISPLAY": ":0"}, True, True),
        ({"DISPLAY": ""}, False, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, False),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, True, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, True, False),
        ({"QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "wayland-0"}, False, True),
        ({"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":0"}, True, True),
        ({"QT_QPA_PLATFORM": "wayland"}, False, False),
    ],
)
def test_where_a_window_can_be_shown(environment, monkeypatch, variables, display, x11):
    environment(**variables)
    monkeypatch.setattr(startup, "_loads", lambda library: False)
    monkeypatch.setattr(startup, "_x11_answers", lambda: True)
    assert startup.has_display() == display
    assert bool(startup.missing_on_x11()) == x11


@pytest.mark.parametrize("platform", ["", "xcb"])
def test_a_display_that_does_not_answer_is_none(environment, platform):
    environment(DISPLAY=":987", QT_QPA_PLATFORM=platform)
    assert not startup.has_display()


def test_x11_asks_for_what_its_plugin_needs(environment, monkeypatch):
    environment(DISPLAY=":0")
    monkeypatch.setattr(startup, "_loads", lambda library: library != "libxcb-cursor.so.0")
    assert "libxcb-cursor.so.0" in startup.missing_on_x11()
    assert "libxcb-cursor0" in startup.missing_on_x11()
    monkeypatch.setattr(startup, "_loads", lambda library: True)
    assert startup.missing_on_x11() == ""


def test_a_library_is_looked_for_as_the_loader_does():
    assert startup._loads("libc.so.6")
    assert not startup._loads("libno-such-thing.so.1")


def test_elsewhere_there_is_always_a_display(environment, monkeypatch):
    environment()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert startup.has_display() and startup.missing_on_x11() == ""
