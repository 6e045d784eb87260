"""The command as a process of its own: what it draws, and what it says when it cannot."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from lstm_viz.cli import main
from lstm_viz.commands import _parser
from lstm_viz.version import __version__
from tests.runs_support import write_run

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


def _ground(image):
    return image.pixelColor(2, image.height() - 2).name()


def test_the_picture_is_of_the_size_and_theme_that_was_asked_for(grab):
    dark = grab("--size", "1000x740")
    assert (dark.width(), dark.height(), _ground(dark)) == (1000, 740, "#14171b")
    light = grab("--size", "1000x740", "--theme", "light", "--scale", "2")
    assert (light.width(), light.height(), _ground(light)) == (2000, 1480, "#eef0f3")


def test_every_option_changes_the_picture(grab):
    small = ("--size", "980x732")
    pictures = [
        grab(*small, "--step", "2"),
        grab(*small, "--step", "2", "--unit", "3"),
        grab(*small, "--step", "2", "--model", "tutorial-gru"),
        grab(*small, "--text", ""),
    ]
    assert all((picture.width(), picture.height()) == (980, 732) for picture in pictures)
    bytes_of = [bytes(picture.constBits()) for picture in pictures]
    assert len(set(bytes_of)) == len(pictures)


def test_why_what_if_and_compare_are_drawn(grab):
    small = ("--size", "980x732", "--step", "2")
    pictures = [
        grab(*small, "--panel", "words"),
        grab(*small, "--panel", "units", "--set", "f[3]@1=1", "--set", "h[0]=0"),
        grab(*small, "--panel", "memory", "--compare", "Everybody ate it"),
    ]
    assert len({bytes(picture.constBits()) for picture in pictures}) == 3


def test_the_arithmetic_of_a_number_is_drawn(grab):
    small = ("--size", "980x732", "--step", "2")
    names = ("c", "score:NN")
    pictures = [grab(*small, "--arithmetic", name) for name in names]
    assert len({bytes(picture.constBits()) for picture in pictures}) == len(pictures)


@pytest.mark.parametrize("name", ["q", "delta:NN"])
def test_a_number_without_arithmetic_is_one_sentence(lstm_viz, tmp_path, name):
    done = lstm_viz("grab", str(tmp_path / "a.png"), "--size", "980x732", "--arithmetic", name)
    assert (done.returncode, done.stderr.decode()) == (1, f"There is no arithmetic of “{name}” here.\n")


def test_what_cannot_be_set_by_hand_is_one_sentence(lstm_viz, tmp_path):
    done = lstm_viz("grab", str(tmp_path / "a.png"), "--size", "980x732", "--set", "f[99]=1")
    assert done.returncode == 1
    assert done.stderr.decode() == "Nothing of what is set by hand fits this net and sentence.\n"


@pytest.mark.parametrize(
    "text", [b"the \xed\xa0\x80 dog \xff", "🦜 הכלב 狗 <img src=x>".encode()], ids=["surrogate", "scripts"]
)
def test_any_text_can_be_drawn(grab, text):
    assert grab("--size", "980x732", "--text", os.fsdecode(text)).width() == 980


def test_one_word_is_drawn_at_once(grab):
    assert grab("--size", "980x732", "--text", "dog").width() == 980


def test_a_step_or_unit_beyond_the_last_is_the_last(grab):
    assert grab("--step", "99", "--unit", "99") == grab("--step", "5", "--unit", "5")


def test_the_training_page_of_a_run_is_drawn(grab, tmp_path):
    run = write_run(tmp_path / "runs" / "mine", checkpoints=True)
    pictures = [
        grab("--size", "980x732", "--run", str(run)),
        grab("--size", "980x732", "--run", str(run), "--page", "training", "--theme", "light"),
    ]
    assert len({bytes(picture.constBits()) for picture in pictures}) == 2
    assert pictures[1].width() == 980


def test_a_run_that_is_none_is_one_sentence(lstm_viz, tmp_path):
    done = lstm_viz("grab", str(tmp_path / "a.png"), "--page", "training", "--run", str(tmp_path))
    assert (done.returncode, done.stderr.decode()) == (1, f"There is no run in {tmp_path}.\n")


def test_a_path_that_cannot_be_written_is_one_sentence(lstm_viz, tmp_path):
    out = tmp_path / "no such folder" / "out.png"
    done = lstm_viz("grab", str(out), "--size", "980x732")
    assert done.returncode == 1
    assert done.stderr.decode() == f"The picture could not be written to {out}.\n"


def test_without_a_display_it_says_so_and_draws(lstm_viz, tmp_path):
    done = lstm_viz()
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().count("\n") == 1 and "no display" in done.stdout.decode()
    assert QImage(str(tmp_path / "lstm-viz.png")).width() == 1600


# ---------------------------------------------------------------- what needs no process


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["grab"], "OUT.png"),
        (["grab", "a.png", "--size", "big"], "a size is written like 1600x1000"),
        (["grab", "a.png", "--size", "0x0"], "a size is written like 1600x1000"),
        (["grab", "a.png", "--step", "0"], "argument --step: “0”: Type 1 or more."),
        (["grab", "a.png", "--unit", "-1"], "argument --unit: “-1”: Type 0 or more."),
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
        (["dance"], "invalid choice"),
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


def test_a_picture_smaller_than_the_window_can_be_is_refused(lstm_viz, tmp_path):
    done = lstm_viz("grab", str(tmp_path / "small.png"), "--size", "400x300")
    assert (done.returncode, done.stderr.decode()) == (1, "The window is at least 980x732.\n")
    assert not (tmp_path / "small.png").exists()
