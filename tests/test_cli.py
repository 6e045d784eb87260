"""The command as a process of its own; `tests/app/test_grab.py` has the options of ``lstm-viz grab``."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from safetensors.torch import save_file

from lstm_viz.cli import main
from lstm_viz.commands import _parser
from lstm_viz.version import __version__
from tests.runs_support import write_run
from tests.taggers import tutorial_tagger

_ROOT = Path(__file__).parent.parent


@pytest.fixture
def lstm_viz(tmp_path):
    """Return what runs the command without a display in an empty folder."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "lstm_viz", *arguments],
            cwd=tmp_path,
            env={**environment, "HOME": str(tmp_path), "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def grab(lstm_viz, tmp_path):
    """Return what grabs a picture, which must succeed without a word."""

    def grab_(*arguments):
        out = tmp_path / f"{len(list(tmp_path.glob('*.png')))}.png"
        done = lstm_viz("grab", str(out), *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        return QImage(str(out))

    return grab_


def test_the_picture_has_the_size_theme_and_text_that_were_asked_for(grab):
    text = os.fsdecode(b"the \xed\xa0\x80 dog \xff")
    light = grab("--size", "1000x740", "--theme", "light", "--scale", "2", "--text", text)
    assert (light.width(), light.height()) == (2000, 1480)
    assert light.pixelColor(2, light.height() - 2).name() == "#eef0f3"


def test_the_training_page_of_a_run_is_drawn(grab, tmp_path):
    run = str(write_run(tmp_path / "runs" / "mine", checkpoints=True))
    page = grab("--size", "980x500", "--run", run, "--page", "training", "--theme", "light")
    assert page.width() == 980
    colours = np.unique(np.frombuffer(page.convertToFormat(QImage.Format.Format_RGB32).constBits(), "u4"))
    assert len(colours) > 1_000  # an empty page has fewer


def test_a_picture_smaller_than_the_window_can_be_is_refused(lstm_viz, tmp_path):
    done = lstm_viz("grab", str(tmp_path / "small.png"), "--size", "400x300")
    assert (done.returncode, done.stderr.decode()) == (1, "The window is at least 980x500.\n")
    assert not (tmp_path / "small.png").exists()


def test_without_a_display_it_says_so_and_draws(lstm_viz, tmp_path):
    done = lstm_viz()
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().count("\n") == 1 and "no display" in done.stdout.decode()
    assert QImage(str(tmp_path / "lstm-viz.png")).width() == 1600


@pytest.mark.parametrize("command", [("open",), ()])
def test_a_file_is_opened_and_drawn_without_a_display(lstm_viz, tmp_path, command):
    save_file(tutorial_tagger().state_dict(), tmp_path / "tagger.safetensors")
    done = lstm_viz(*command, "tagger.safetensors")
    assert (done.returncode, done.stderr) == (0, b"") and b"no display" in done.stdout
    assert QImage(str(tmp_path / "lstm-viz.png")) != QImage(1600, 1000, QImage.Format.Format_RGB32)


def test_a_file_that_is_none_is_refused_in_the_terminal(lstm_viz, tmp_path):
    (tmp_path / "file").write_bytes(b"\0")
    done = lstm_viz("file")
    assert (done.returncode, done.stdout) == (1, b"") and b"file is no model" in done.stderr


# ---------------------------------------------------------------- what needs no process


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["grab"], "OUT.png"),
        (["grab", "a.png", "--size", "big"], "a size is written like 1600x1000"),
        (["grab", "a.png", "--size", "0x0"], "a size is written like 1600x1000"),
        (["grab", "a.png", "--step", "0"], "argument --step: “0”: Type 1 or more."),
        (["grab", "a.png", "--unit", "0"], "argument --unit: “0”: Type 1 or more."),
        (["grab", "a.png", "--unit", "x"], "argument --unit: “x” is not a number."),
        (["grab", "a.png", "--panel", "poem"], "invalid choice"),
        (["grab", "a.png", "--set", "f"], "a value is set like f[3]@2=1"),
        (["grab", "a.png", "--set", "f@0=1"], "a value is set like f[3]@2=1"),
        (["grab", "a.png", "--set", "f=nan"], "“nan” is not a number."),
        (["grab", "a.png", "--set", "f=1e"], "The number is not complete."),
        (["grab", "a.png", "--set", "f=1,000"], "“1,000” may be 1 or 1000: type one of these."),
        (
            ["grab", "a.png", "--step", "1.000"],
            "argument --step: “1.000”: Leave out the separators of thousands.",
        ),
        (["grab", "a.png", "--unit", "1,5"], "Type a whole number."),
        (["grab", "a.png", "--scale", "3"], "invalid choice"),
        (["grab", "a.png", "--scale", "2x"], "argument --scale: “2x” is not a number."),
        (["grab", "a.png", "--theme", "pink"], "invalid choice"),
        (["grab", "a.png", "--model", "gpt"], "invalid choice"),
        (["grab", "a.png", "--page", "poem"], "invalid choice"),
        (["dance"], "“dance” is neither a command nor a file"),
    ],
)
def test_a_wrong_option_is_explained(arguments, complaint, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert complaint in capsys.readouterr().err


def _options(parser):
    """Yield the options of a parser and of its commands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _options(command)
        elif action.type not in (None, str, Path):
            yield action


@pytest.mark.parametrize("option", list(_options(_parser())), ids=lambda option: option.dest)
def test_every_number_is_read_by_the_one_parser(option):
    """Python's own int() and float() read "1_0_0" as 100, and refuse in words of their own."""
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        option.type("1_0_0")
    if option.dest not in ("set", "size"):  # these are more than a number
        assert str(refused.value) == "“1_0_0” is not a number."
        assert option.type("٢") == option.type("2")


def test_the_version(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"LSTM Viz {__version__}\n"
