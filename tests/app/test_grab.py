"""``lstm-viz grab``: its options, its pictures, and what it refuses."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from safetensors.torch import save_file

from tests.app.conftest import Command
from tests.runs_support import write_run
from tests.taggers import tutorial_tagger

SMALL = ("--size", "980x500")
STEP = (*SMALL, "--step", "2")
Grab = Callable[..., QImage]


@pytest.fixture
def grab(command: Command, tmp_path: Path) -> Grab:
    """Return what grabs a picture, which must succeed without output."""
    numbers = itertools.count()

    def grab_(*arguments: str) -> QImage:
        out = str(tmp_path / f"{next(numbers)}.png")
        assert command(out, *arguments) == (0, "", "")
        return QImage(out)

    return grab_


def _all_differ(pictures: list[QImage]) -> bool:
    return not any(one == other for one, other in itertools.combinations(pictures, 2))


def test_the_picture_has_the_size_and_theme_that_were_asked_for(grab: Grab) -> None:
    dark, light = grab("--size", "1000x740"), grab("--size", "1000x740", "--theme", "light")
    assert (dark.width(), dark.height()) == (light.width(), light.height()) == (1000, 740)
    grounds = [image.pixelColor(2, image.height() - 2).name() for image in (dark, light)]
    assert grounds == ["#14171b", "#eef0f3"]


def test_every_option_changes_the_picture(grab: Grab) -> None:
    pictures = [
        grab(*STEP),
        grab(*STEP, "--unit", "4"),
        grab(*STEP, "--model", "tutorial-gru"),
        grab(*STEP, "--mean"),
        grab(*STEP, "--epoch", "0"),
        grab(*SMALL, "--text", ""),
    ]
    assert all((picture.width(), picture.height()) == (980, 500) for picture in pictures)
    assert _all_differ(pictures)


def test_attribution_interventions_and_comparison_are_drawn(grab: Grab) -> None:
    pictures = [
        grab(*STEP, "--panel", "attribution"),
        grab(*STEP, "--panel", "ablation", "--set", "f[3]@1=1", "--set", "h[1]=0"),
        grab(*STEP, "--panel", "decomposition", "--compare", "Everybody ate it"),
    ]
    assert _all_differ(pictures)


def test_a_clamped_number_is_selected(grab: Grab) -> None:
    clamp = ("--text", "The dog ate the apple", "--set", "f[3]@1=1", "--set", "h=0")
    assert grab(*SMALL, *clamp) == grab(*SMALL, *clamp, "--step", "1", "--unit", "3")


def test_the_arithmetic_of_a_number_is_drawn(grab: Grab) -> None:
    assert _all_differ([grab(*STEP, "--arithmetic", name) for name in ("c", "score:NN")])


@pytest.mark.parametrize("name", ["q", "delta:NN"])
def test_a_number_without_arithmetic_is_one_sentence(command: Command, tmp_path: Path, name: str) -> None:
    done = command(str(tmp_path / "a.png"), *SMALL, "--arithmetic", name)
    assert done == (1, "", f"There is no arithmetic of “{name}” here.\n")


def test_module_layer_and_direction_are_drawn(grab: Grab) -> None:
    both = (*STEP, "--model", "english-both")
    pictures = [
        grab(*both),
        grab(*both, "--direction", "backward"),
        grab(*both, "--module", "char_recurrent"),
    ]
    assert _all_differ(pictures)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("--set f[99]=1", "--set f[99]=1: the module has 6 units."),
        ("--set q=1", "--set q=1: the quantities of LSTM are i, f, g, c, o, h."),
        ("--set f@9=1", "--set f@9=1: the sentence has 5 words."),
        ("--set h[1]@2=3", "--set h[1]@2=3: h is from -1 to 1."),
        ("--set f=1 --set f=2", "--set f=2: f is from 0 to 1."),
        ("--step 99", "--step 99: the sentence has 5 steps."),
        ("--unit 99", "--unit 99: the module has 6 units."),
        ("--layer 2", "--layer 2: the module has 1 layer."),
        ("--direction backward", "--direction backward: the module has no such direction."),
        ("--module lstm2", "--module lstm2: the recurrent modules are recurrent."),
        ("--epoch 7", "--epoch 7: the checkpoints are of the epochs 0, "),
    ],
)
def test_what_does_not_exist_is_one_sentence(
    command: Command, tmp_path: Path, asked: str, error: str
) -> None:
    status, printed, errors = command(str(tmp_path / "a.png"), *SMALL, *asked.split())
    assert (status, printed) == (1, "") and error in errors and errors.count("\n") == 1
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("out", "error"),
    [
        ("none/a.png", "There is no folder"),
        ("x" * 300 + "/a.png", "There is no folder"),
        ("a.xyz", "A picture is written as one of"),
    ],
)
def test_where_nothing_can_be_written_it_says_why(
    command: Command, tmp_path: Path, out: str, error: str
) -> None:
    status, printed, errors = command(str(tmp_path / out), *SMALL)
    assert (status, printed) == (1, "") and errors.startswith(error) and errors.count("\n") == 1


def test_any_script_can_be_drawn(grab: Grab) -> None:
    assert grab(*SMALL, "--text", "🦜 הכלב 狗 <img src=x>").width() == 980


def test_one_word_is_drawn_at_once(grab: Grab) -> None:
    assert grab(*SMALL, "--text", "dog").width() == 980


def test_the_tagger_of_a_run_is_drawn(grab: Grab, tmp_path: Path) -> None:
    run = write_run(tmp_path / "runs" / "mine", checkpoints=True)
    assert _all_differ([grab(*SMALL), grab(*SMALL, "--run", str(run))])


def test_a_run_that_is_none_is_one_sentence(command: Command, tmp_path: Path) -> None:
    done = command(str(tmp_path / "a.png"), "--page", "training", "--run", str(tmp_path))
    assert done == (1, "", f"There is no run in {tmp_path}.\n")


def test_the_model_in_a_file_and_a_run_are_drawn(grab: Grab, tmp_path: Path) -> None:
    save_file(tutorial_tagger().state_dict(), tmp_path / "tagger.safetensors")
    file = str(tmp_path / "tagger.safetensors")
    run = str(write_run(tmp_path / "runs" / "mine", checkpoints=True))
    one, other = grab(*SMALL, "--file", file), grab(*SMALL, "--file", file, "--text", "8 7")
    assert _all_differ([one, other, grab(*SMALL)])
    assert grab(*SMALL, "--file", run) == grab(*SMALL, "--run", run)


@pytest.mark.parametrize("text", ["no weights", "\0"])
def test_a_file_without_a_model_is_one_sentence(command: Command, tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    status, printed, errors = command(str(tmp_path / "a.png"), *SMALL, "--file", str(tmp_path / "file"))
    assert (status, printed) == (1, "") and errors.startswith("file is n") and errors.count("\n") == 1
