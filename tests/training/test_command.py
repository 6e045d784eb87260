"""The command as a person types it: what it prints, what it refuses, and the tutorial's own numbers."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import torch

from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.history import Epoch, Step, read_all
from lstm_viz.runs.settings import FIELDS, SMALL, TUTORIAL, TrainingSettings, arguments
from lstm_viz.tagging.presets import Preset
from lstm_viz.training import train
from lstm_viz.training.arguments import parse, settings_of
from lstm_viz.training.checkpoints import load
from lstm_viz.training.progress import ProgressPrinter
from lstm_viz.training.task import prepare
from tests.training.conftest import WAIT_SECONDS, conllu, kept, wait_for

TINY = ["small", "--hidden", 4, "--embedding", 4, "--batch", 64, "--epochs", 2]


def lstm_viz(*words: object, **how) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "lstm_viz", "train", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS, check=False, **how)


def read_by(preset: Preset, sentence: str) -> torch.Tensor:
    tagger = preset.tagger
    return tagger(tagger.batch([sentence.split()]))[:, 0].detach()


def test_the_tutorial_from_the_command_line_has_the_tutorials_numbers(data: Path, tmp_path: Path) -> None:
    done = lstm_viz("tutorial", "--batch", 1, "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    printed = json.loads((data / "tutorial.json").read_text(encoding="utf-8"))["tutorial_tagger"]
    for epoch, name in ((0, "before"), (300, "after"), (None, "after")):
        found = read_by(load(tmp_path / "run", epoch), "The dog ate the apple")
        torch.testing.assert_close(found, torch.tensor(printed[name]), atol=5e-5 + 1e-7, rtol=0)
    lines = done.stderr.splitlines()
    assert lines[0] == "2 sentences, 9 words, 3 tags; evaluated on the same"
    assert lines[1] == "417 parameters; 300 epochs of 2 steps; cpu"
    assert lines[3].startswith("epoch 0 of 300  step 0  dev loss ")
    assert lines[-2].startswith("epoch 300 of 300  step 600  loss 0.0")
    assert lines[-1] == "finished; the best dev accuracy is 1.0000"
    assert done.stdout == ""


def test_in_a_terminal_there_is_a_bar() -> None:
    above, below = pty.openpty()
    fcntl.ioctl(below, termios.TIOCSWINSZ, struct.pack("4H", 24, 100, 0, 0))
    settings = msgspec.structs.replace(TUTORIAL, epochs=3)
    with open(below, "w", encoding="utf-8") as terminal:  # noqa: PTH123
        progress = ProgressPrinter(prepare(settings), 0, terminal)
        for line in train(settings):
            progress.take(line)
        progress.close()
        terminal.flush()
        shown = ""
        while "\n" not in shown:
            shown += os.read(above, 1 << 16).decode()
    os.close(above)
    assert "6/6 [" in shown and "step/s" in shown
    assert "loss 1." in shown and "· dev 0." in shown
    assert "epoch 1 of 3" not in shown


def test_help_tells_every_setting_at_once_and_without_torch() -> None:
    from lstm_viz.runs.settings import BUNDLED

    program = "import sys; from lstm_viz.cli import main\ntry: main(['train', '--help'])\n" + (
        "except SystemExit: print('torch' in sys.modules)"
    )
    text = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert text.endswith("False\n")
    for field in FIELDS.values():
        assert field.name == "corpus" or field.flag in text
    for name in (*BUNDLED, "--resume", "--tensorboard", "torchrun", "--no-chars", "argmax,crf"):
        assert name in text


def test_settings_come_from_the_corpus_and_what_is_said_otherwise() -> None:
    def asked(*words: str) -> TrainingSettings:
        return settings_of(parse(words))

    assert asked("tutorial") == TUTORIAL
    assert asked("small", "--no-shuffle") == msgspec.structs.replace(SMALL, shuffle=False)
    assert asked("small", "--optimiser", "sgd").learning_rate == 0.1
    found = asked("a.conllu", "b.conllu", "--dev", "c.conllu")
    assert found.corpus == (str(Path("a.conllu").absolute()), str(Path("b.conllu").absolute()))
    assert found.dev == str(Path("c.conllu").absolute())


@pytest.mark.parametrize("settings", [TUTORIAL, SMALL, TrainingSettings(corpus=("/a b.conllu", "/c"))])
def test_the_arguments_of_settings_ask_for_them(settings: TrainingSettings) -> None:
    changed = msgspec.structs.replace(
        settings, bidirectional=True, learning_rate=0.125, seed=7, dev="/dev.conllu", cell="gru"
    )
    others = {"sgd": "adam", "adam": "sgd"}
    swapped = msgspec.structs.replace(settings, optimiser=others[settings.optimiser])
    for wished in (settings, changed, swapped):
        assert settings_of(parse(arguments(wished))) == wished


@pytest.mark.parametrize(
    ("words", "rate", "units"),
    [(("--lr", "0,05"), 0.05, 32), (("--lr", "5e−2"), 0.05, 32), (("--lr=.05", "--hidden", "٦٤"), 0.05, 64)],
)
def test_numbers_are_read_as_the_window_reads_them(words: tuple[str, ...], rate: float, units: int) -> None:
    settings = settings_of(parse(("small", *words)))
    assert (settings.learning_rate, settings.hidden_size) == (rate, units)


@pytest.mark.parametrize(
    ("flag", "text", "reason"),
    [
        ("--lr", "1,000", "“1,000” may be 1 or 1000: type one of these."),
        ("--lr", "0.0.5", "“0.0.5” is not a number."),
        ("--lr", "nan", "“nan” is not a number."),
        ("--hidden", "1,5", "“1,5”: Type a whole number."),
        ("--epochs", "1.000", "“1.000”: Leave out the separators of thousands."),
    ],
)
def test_what_is_no_number_is_refused_with_the_flag(capsys, flag: str, text: str, reason: str) -> None:
    with pytest.raises(SystemExit) as left:
        parse(("small", flag, text))
    assert left.value.code == 2 and f"argument {flag}: {reason}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        *((flag, value) for flag in ("--until-step", "--until-epoch") for value in ("-1", "1.5", "nan", "")),
        *(("--steps-per-second", value) for value in ("0", "-1", "nan", "inf", "-inf", "1e-9", "1e999", "x")),
        *(("--threads", value) for value in ("0", "-1", "1000000000", "inf")),
    ],
)
def test_a_number_that_cannot_be_is_refused_by_the_command_line(capsys, flag: str, value: str) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["small", f"{flag}={value}"])
    said = capsys.readouterr().err.splitlines()[-1]
    assert ended.value.code == 2 and f"argument {flag}: " in said and (value in said)


@pytest.mark.parametrize(
    "field", [field for field in FIELDS.values() if field.kind in (int, float)], ids=lambda field: field.name
)
def test_a_setting_beyond_its_limits_is_refused(capsys, field) -> None:
    beyond = ["nan", "inf", "-inf"] if field.kind is float else []
    for value in (*beyond, "-1", str(10**30)):
        with pytest.raises((ValueError, SystemExit)) as refused:
            settings_of(parse(["small", f"{field.flag}={value}"]))
        said = capsys.readouterr().err.splitlines()[-1:]
        assert (
            f"argument {field.flag}: " in said[0]
            if said
            else str(refused.value).startswith(f"{field.flag} must")
        )


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", "2>/dev/full"])
def test_without_standard_streams_it_trains_all_the_same(tmp_path: Path, closed: str) -> None:
    command = [sys.executable, "-m", "lstm_viz", "train", *map(str, TINY), "--out", str(tmp_path / "run")]
    shell = ["sh", "-c", f'"$@" {closed}; exit $?', "sh", *command]
    done = subprocess.run(shell, capture_output=True, text=True, timeout=WAIT_SECONDS, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = read_all(tmp_path / "run")
    assert found.damaged == 0 and [line.epoch for line in found.lines if isinstance(line, Epoch)] == [0, 1, 2]
    assert RunFolder(tmp_path / "run").status().phase == "finished"


@pytest.mark.parametrize("streams", ["missing", "closed"])
def test_what_has_no_standard_streams_trains_all_the_same(start, tmp_path: Path, streams: str) -> None:
    """As pythonw starts a program, and as one that closed them itself."""
    assert start(*TINY, "--out", tmp_path / "run", streams=streams).wait() == 0
    assert RunFolder(tmp_path / "run").status().phase == "finished"


REFUSED = {
    "no corpus": ((), "name a corpus: a CoNLL-U file, or tutorial or small"),
    "too many units": (("small", "--hidden", "5000"), "--hidden must be <= 2048"),
    "no rate": (("small", "--lr", "0"), "--lr must be > 0"),
    "no file": (("gone.conllu",), "gone.conllu cannot be read: No such file or directory."),
    "no run": (("--resume", "nothing"), "There is no run in nothing."),
    "both": (
        ("small", "--resume", "x"),
        "--resume goes on with the run's own settings: leave out the others",
    ),
    "no device": (("small", "--device", "abacus"), "there is no device 'abacus' here"),
    "not empty": (("small", "--out", "full"), "full is not empty. Name a new folder."),
    "a folder": (("full",), "is a folder; a corpus is a CoNLL-U file."),
    "newer": (("--resume", "newer"), "The run newer was written by a newer LSTM Viz (format 99"),
    "damaged": (("--resume", "damaged"), "The run damaged is damaged: run.json, "),
    "a run": (("small", "--out", "newer"), "or go on with it: --resume newer"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(start, tmp_path: Path, monkeypatch, name: str) -> None:
    for folder, file, text in (
        ("full", "a", ""),
        ("newer", "run.json", '{"format": 99}'),
        ("damaged", "run.json", '{"created":'),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(text)
    words, sentence = REFUSED[name]
    monkeypatch.chdir(tmp_path)
    from lstm_viz.training import command

    before = sorted(tmp_path.rglob("*"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", open(tmp_path / "said", "w"))  # noqa: SIM115, PTH123
        assert command.run(parse(words)) == 2
        sys.stderr.close()
    said = (tmp_path / "said").read_text()
    assert said.startswith("lstm-viz train: ") and sentence in said and said.count("\n") == 1
    assert sorted(path for path in tmp_path.rglob("*") if path.name != "said") == before


def test_two_trainers_on_one_folder(start, tmp_path: Path) -> None:
    path = tmp_path / "run"
    first = start(*TINY, "--out", path, "--until-step", 3, "--quiet")
    wait_for(lambda: (status := RunFolder(path).status()) and status.phase == "paused")
    for how in (["--resume", path], [*TINY, "--out", path]):
        second = start(*how, place=1)
        assert second.wait() == 2
        assert second.text == f"lstm-viz train: Another trainer is writing {path}.\n"
    RunFolder(path).write_control(Control())
    assert (first.wait(), first.text) == (0, "")
    assert start(*TINY, "--out", tmp_path / "alone", "--quiet").wait() == 0
    assert kept(path) == kept(tmp_path / "alone")


def test_it_waits_and_goes_on_as_it_is_told(start, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    trainer = start(*TINY, "--out", folder.path, "--until-epoch", 1, "--quiet")

    def paused_at(step: int) -> bool:
        status = folder.status()
        return status is not None and status.phase == "paused" and status.step == step

    wait_for(lambda: paused_at(11))
    folder.write_control(Control(until_step=12))
    wait_for(lambda: paused_at(12))
    assert len([line for line in read_all(folder.path).lines if isinstance(line, Step)]) == 12
    assert folder.is_written()
    folder.write_control(Control(steps_per_second=20.0))
    assert trainer.wait() == 0
    steps = [line for line in read_all(folder.path).lines if isinstance(line, Step)]
    times = [line.time for line in steps]
    gaps = [later - earlier for earlier, later in pairwise(times[12:])]
    assert min(gaps) > 0.045
    assert folder.status().tokens_per_second < max(line.tokens for line in steps) / 0.045
    assert folder.status().phase == "finished"
    assert not folder.is_written()


def test_a_tag_that_is_only_in_the_dev_part_is_remarked_and_counts_as_wrong(start, tmp_path: Path) -> None:
    train, dev = tmp_path / "train.conllu", tmp_path / "dev.conllu"
    train.write_text(conllu("the/DET dog/NOUN sleeps/VERB", "a/DET cat/NOUN"))
    dev.write_text(conllu("the/DET dog/NOUN", "oh/INTJ dog/NOUN"))
    asked = [train, "--dev", dev, "--hidden", 8, "--dropout", 0, "--word-dropout", 0, "--epochs", 40]
    trainer = start(*asked, "--lr", 0.05, "--out", tmp_path / "run")
    assert trainer.wait() == 0, trainer.text
    assert "The tag INTJ is only in the part to evaluate on (words: 1): it cannot be learnt" in trainer.text
    last = [line for line in read_all(tmp_path / "run").lines if isinstance(line, Epoch)][-1]
    assert last.dev_accuracy == 0.75
    assert [count for true, _, count in last.confusion if true == 3] == [1]
    assert last.dev_loss < 0.5


def test_tensorboard_reads_what_it_writes_once_also_over_a_stop(start, tmp_path: Path) -> None:
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    path = tmp_path / "run"
    lines = start(*TINY, "--out", path, "--tensorboard", "--until-step", 15, "--quiet")
    wait_for(lambda: (status := RunFolder(path).status()) and status.phase == "paused")
    RunFolder(path).write_control(Control(stop=True))
    assert lines.wait() == 130
    assert start("--resume", path, "--tensorboard", "--quiet").wait() == 0
    found = reading.EventAccumulator(str(path / "tensorboard"))
    found.Reload()
    steps = [line for line in read_all(path).lines if isinstance(line, Step)]
    events = found.Scalars("loss")
    assert [event.step for event in events] == [line.step for line in steps]
    assert [event.value for event in events] == pytest.approx([line.loss for line in steps])
    assert [event.step for event in found.Scalars("dev_accuracy")] == [0, 11, 22]


def test_without_tensorboard_it_says_how_to_get_it(monkeypatch, tmp_path: Path, capsys) -> None:
    from lstm_viz.training import command

    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    monkeypatch.delattr("torch.utils.tensorboard", raising=False)
    assert command.run(parse(["small", "--tensorboard", "--out", str(tmp_path / "run")])) == 2
    assert "pip install 'lstm-viz[tensorboard]'" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_the_warm_trainer_does_the_same(tmp_path: Path) -> None:
    asked = json.dumps(["train", *map(str, TINY), "--out", str(tmp_path / "run")])
    warm = [sys.executable, "-m", "lstm_viz.training.prefork"]
    done = subprocess.run(warm, input=asked + "\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(kept(tmp_path / "run").steps) == 22
