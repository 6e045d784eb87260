"""What the window tells the trainer is what a person would type; a spare one ends with its window."""

import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.runs.trainer_process import TrainerProcess, resume_arguments, train_arguments
from lstm_viz.runs.settings import SMALL, TUTORIAL, TrainingSettings, suitable
from lstm_viz.training.arguments import parse, settings_of
from tests.training.conftest import wait_for

BUSY = TrainingSettings(
    corpus=("/a b/c.conllu", "/d.conllu"), dev="/x y/é.conllu", cell="gru", bidirectional=True,
    characters=True, decoder="crf", optimiser="sgd", learning_rate=1e-7, shuffle=False, clip=5.0, seed=2**53,
)  # fmt: skip


@pytest.mark.parametrize("settings", [TUTORIAL, SMALL, BUSY, suitable(("/x.conllu",))])
def test_the_command_line_says_the_settings(settings):
    command, *arguments = train_arguments(settings, Path("/runs/a"))
    options = parse(arguments)
    assert command == "train"
    assert settings_of(options) == settings
    assert options.out == Path("/runs/a")


@given(rate=st.floats(1e-300, 1e9), final=st.floats(0, 1), seed=st.integers(0, 2**53))
def test_numbers_arrive_to_the_last_bit(rate, final, seed):
    settings = msgspec.structs.replace(SMALL, learning_rate=rate, final_rate=final, seed=seed)
    assert settings_of(parse(train_arguments(settings, Path("a"))[1:])) == settings


def test_resuming_names_the_run():
    assert parse(resume_arguments(Path("/runs/a"))[1:]).resume == Path("/runs/a")


def _script(text):
    return TrainerProcess(["-c", text])


def test_its_command_arrives_as_one_line(tmp_path):
    out = tmp_path / "said"
    process = _script(f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read())")
    process.run_command(["train", 'a "b"\n', "é"])
    wait_for(process.ended)
    assert out.read_text("utf-8") == '["train","a \\"b\\"\\n","é"]\n'
    process.forget()


def test_its_last_line_is_kept():
    process = _script("print('step 1\\rstep 2', flush=True); import sys; sys.exit('no é\\n\\n')")
    wait_for(process.ended)
    assert (process.last_line(), process.ended()) == ("no é", "exit 1")
    process.forget()


def test_one_that_has_died_is_left_to_be_found_dead():
    process = _script("pass")
    wait_for(process.ended)
    process.run_command(["train"])
    assert process.ended() == "exit 0"
    assert process.last_line() == ""
    process.end()


def test_the_spare_ends_with_its_parent():
    process = TrainerProcess()
    process.close_stdin()
    wait_for(process.ended)
    assert process.ended() == "exit 0"
    process.forget()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are named there otherwise")
def test_it_is_ended_at_once_while_it_waits():
    process = TrainerProcess()
    process.end()
    assert process.ended() == "signal 9"
