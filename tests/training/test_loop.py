"""The loop: which sentences make a step, what is measured, and what a loop of one's own sees of it."""

import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch.nn.utils import parameters_to_vector

from lstm_viz.crf import NO_TAG
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.gates import GatesReader
from lstm_viz.runs.history import Epoch, Step, read_all
from lstm_viz.runs.settings import SMALL, TrainingSettings
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.tracing import ProofError, capture, reading
from lstm_viz.training import train
from lstm_viz.training.batches import by_length, hiding_rates, labelled, plan, seed_of
from lstm_viz.training.checkpoints import load
from lstm_viz.training.loop import GATES_EVERY, Evaluated, Stepped, Training
from lstm_viz.training.task import Task, prepare


@pytest.fixture
def task(few: TrainingSettings) -> Task:
    return prepare(few)


@pytest.fixture(scope="module")
def small() -> Task:
    return prepare(SMALL)


def test_an_epoch_holds_every_sentence_once_and_little_is_padded(small: Task) -> None:
    steps = plan(small.train, small.settings, epoch=1)
    assert len(steps) == small.steps_per_epoch
    assert sorted(place for step in steps for place in step) == list(range(len(small.train)))
    lengths = [[len(small.train[place].words) for place in step] for step in steps]
    padded = sum(max(step) * len(step) for step in lengths) / sum(map(sum, lengths))
    assert padded < 1.05
    assert [max(step) for step in lengths] != sorted(max(step) for step in lengths)


def test_the_plan_is_drawn_anew_for_each_epoch_and_seed_and_the_same_again(small: Task) -> None:
    settings, sentences = small.settings, small.train
    first = plan(sentences, settings, 1)
    assert plan(sentences, settings, 1) == first
    assert plan(sentences, settings, 2) != first
    assert plan(sentences, msgspec.structs.replace(settings, seed=2), 1) != first
    ordered = plan(sentences, msgspec.structs.replace(settings, shuffle=False), 1)
    assert [place for step in ordered for place in step] == list(range(len(sentences)))
    assert [len(step) for step in by_length(sentences, 100)] == [100] * 6 + [92]


def test_seeds_of_different_places_are_different() -> None:
    places = [(seed, step, rank) for seed in range(9) for step in range(99) for rank in range(3)]
    seeds = {seed_of(*place) for place in places}
    assert len(seeds) == len(places) and all(0 <= seed < 2**63 for seed in seeds)


def test_rare_words_are_hidden_more_often_and_the_unknown_never(task: Task) -> None:
    words = Vocabulary(("the", "dog"))
    assert hiding_rates(words, task.train, 3.0).tolist() == pytest.approx([3 / 7, 3 / 4, 0.0])


def test_a_batch_holds_every_word_beside_its_tag(task: Task) -> None:
    tagger = task.fresh_tagger()
    batch, targets = labelled(tagger, task.tags, task.train)
    assert batch.words.shape == targets.shape
    assert torch.equal(batch.mask, targets != NO_TAG)
    for column, sentence in enumerate(task.train):
        words = len(sentence.words)
        assert batch.words[:words, column].tolist() == tagger.words.indices(sentence.words)
        assert targets[:words, column].tolist() == task.tags.indices(sentence.tags)


def test_a_loop_of_ones_own_sees_every_step_and_epoch(few: TrainingSettings) -> None:
    lines = list(train(few))
    assert [line.step for line in lines if isinstance(line, Step)] == list(range(1, 17))
    assert [(line.epoch, line.step) for line in lines if isinstance(line, Epoch)] == [
        (epoch, 4 * epoch) for epoch in range(5)
    ]
    first = next(line for line in lines if isinstance(line, Step))
    assert (
        first.tokens > 0 and first.gradient_norm > 0 and first.weight_norm > 0 and first.time <= time.time()
    )
    rates = {line.epoch: line.learning_rate for line in lines if isinstance(line, Step)}
    assert rates == pytest.approx({1: 0.01, 2: 0.007, 3: 0.004, 4: 0.001})


def test_it_learns(few: TrainingSettings) -> None:
    settings = msgspec.structs.replace(few, epochs=40, learning_rate=0.03, dropout=0.0, word_dropout=0.0)
    assert [line for line in train(settings) if isinstance(line, Epoch)][-1].dev_accuracy == 1.0


def test_what_is_said_of_a_step_is_true(task: Task) -> None:
    quiet = msgspec.structs.replace(task.settings, dropout=0.0, word_dropout=0.0, optimiser="sgd", clip=0.01)
    training = Training(prepare(quiet))
    events = training.events()
    next(events)
    before = parameters_to_vector(training.tagger.parameters()).detach()
    places = plan(task.train, quiet, 1)[0]
    batch, targets = labelled(training.tagger, task.tags, [task.train[place] for place in places])
    with torch.no_grad():
        loss = float(training.tagger.loss(training.tagger(batch), targets, batch.lengths))
    line = next(events).line
    after = parameters_to_vector(training.tagger.parameters()).detach()
    assert line.loss == pytest.approx(loss / line.tokens)
    assert line.weight_norm == pytest.approx(float(after.norm()), rel=1e-6)
    assert line.gradient_norm > 0.01  # before it is shortened
    assert float((after - before).norm()) == pytest.approx(0.01 * line.learning_rate, rel=1e-3)


def test_what_is_said_of_an_epoch_is_true(task: Task) -> None:
    training = Training(task)
    measured = next(training.events())
    assert isinstance(measured, Evaluated) and not training.tagger.eval().training
    right = total = loss = 0.0
    for sentence in task.dev:
        batch, targets = labelled(training.tagger, task.tags, [sentence])
        scores = training.tagger(batch)
        loss += float(training.tagger.loss(scores, targets, batch.lengths).detach())
        right += int((scores.argmax(-1) == targets).sum())
        total += len(sentence.words)
    assert measured.line.dev_accuracy == right / total
    assert measured.line.dev_loss == pytest.approx(loss / total, rel=1e-5)
    assert sum(count for _, _, count in measured.line.confusion) == total


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_watching_the_gates_changes_nothing_and_tells_the_truth(few: TrainingSettings, cell: str) -> None:
    task = prepare(msgspec.structs.replace(few, cell=cell, bidirectional=True, epochs=8, checkpoint_every=3))
    watched, unwatched = Training(task, record_gates=True), Training(task, record_gates=False)
    seen = []
    for one, other in zip(watched.events(), unwatched.events(), strict=True):
        timeless = [msgspec.structs.replace(event.line, time=None) for event in (one, other)]
        assert timeless[0] == timeless[1]
        if isinstance(one, Stepped) and one.gates is not None:
            seen.append(one.gates)
    kept = {epoch * task.steps_per_epoch for epoch in (3, 6, 8)}  # what is shown beside a checkpoint is of it
    assert [gates.step for gates in seen] == ([] if cell == "rnn" else sorted({1, 1 + GATES_EVERY} | kept))
    assert {name for gates in seen for name in gates.closed} == set(
        {"lstm": "ifo", "gru": "rz", "rnn": ""}[cell]
    )
    assert all(len(row) == 5 for gates in seen for row in (*gates.closed.values(), *gates.open.values()))


def test_gates_that_cannot_be_proven_are_left_out_and_training_goes_on(task: Task, monkeypatch) -> None:
    def refuse(received: object) -> None:
        raise ProofError("they are not torch's")

    monkeypatch.setattr(reading, "_find", refuse)
    training, plain = Training(task, record_gates=True), Training(task, record_gates=False)
    with pytest.warns(UserWarning, match="the gates of step 1 were not measured: they are not torch's"):
        first = next(event for event in training.events() if isinstance(event, Stepped))
    assert first.gates is None
    assert first.line.loss == next(event for event in plain.events() if isinstance(event, Stepped)).line.loss


def test_saturation_is_the_share_of_the_words_and_padding_is_none(task: Task) -> None:
    settings = msgspec.structs.replace(task.settings, dropout=0.0, word_dropout=0.0, batch_size=7)
    training = Training(prepare(settings))
    with torch.no_grad():
        training.tagger.recurrent.weight_hh_l0.mul_(20)
        training.tagger.recurrent.weight_ih_l0.mul_(20)
    events = training.events()
    next(events)
    places = plan(task.train, settings, 1)[0]
    sentences = [task.train[place] for place in places]
    found = {"i": [], "f": [], "o": []}
    for sentence in sentences:
        with capture(training.tagger.recurrent) as captured:
            training.tagger(training.tagger.batch([sentence.words]))
        for name, rows in found.items():
            rows.append(getattr(captured[""], name)[0, 0, :, 0])
    gates = next(events).gates
    for name, rows in found.items():
        values = np.concatenate(rows)
        assert gates.closed[name] == pytest.approx((values < 0.1).mean(0).tolist())
        assert gates.open[name] == pytest.approx((values > 0.9).mean(0).tolist())
    assert any(max(row) > 0 for row in gates.closed.values())


def test_the_folder_is_let_go_of_when_the_loop_is_left(few: TrainingSettings, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    lines = train(few, folder.path)
    told = [next(lines) for _ in range(7)]
    assert folder.is_written()
    assert list(read_all(folder.path).lines) == told  # each stands there before it is told
    with pytest.raises(RunError, match="Another trainer is writing"):
        next(train(few, folder.path))
    lines.close()
    assert not folder.is_written() and folder.status().phase == "stopped"
    assert folder.status().step == 5
    reader = GatesReader(folder.path)
    assert reader.poll() and reader.up_to(10**9) is not None


def test_what_the_loop_does_between_two_lines_changes_nothing(few: TrainingSettings, tmp_path: Path) -> None:
    for name in ("calm", "busy"):
        for _ in train(few, tmp_path / name):
            if name == "busy":
                torch.rand(7), torch.manual_seed(9), np.random.default_rng().random()
    calm, busy = (load(tmp_path / name).tagger.state_dict() for name in ("calm", "busy"))
    assert all(torch.equal(calm[key], busy[key]) for key in calm)


def test_an_error_in_the_loop_and_ctrl_c_in_a_step_leave_a_run_that_can_be_resumed(
    few, tmp_path, monkeypatch
) -> None:
    folder = RunFolder(tmp_path / "run")
    lines = train(few, folder.path)
    next(lines)
    next(lines)

    def interrupted(training, places):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Training, "_drawn", interrupted)
        with pytest.raises(KeyboardInterrupt):
            next(lines)
    assert folder.status().phase == "stopped" and not folder.is_written()
    assert len(list(train(None, folder.path, resume=True))) == 21 - 2


def test_what_is_asked_must_be_clear(few: TrainingSettings, tmp_path: Path) -> None:
    for how in ({"settings": None}, {"settings": few, "resume": True}, {"settings": None, "resume": True}):
        with pytest.raises(
            ValueError, match="name the settings of a new run, or the folder of one to resume"
        ):
            train(**how)
    with pytest.raises(RunError, match="There is no run in"):
        train(None, tmp_path / "gone", resume=True)
    with pytest.raises(ValueError, match="hidden_size"):
        train(msgspec.structs.replace(few, hidden_size=0))


def test_importing_the_room_brings_no_torch() -> None:
    program = "import sys, lstm_viz.training; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_step_reads_its_whole_batch_in_one_pass(small: Task) -> None:
    """One call of each recurrent module, however many sentences: what makes a batch cheap."""
    training = Training(prepare(msgspec.structs.replace(SMALL, batch_size=32, characters=True)))
    events = training.events()
    next(events)  # epoch 0 is measured
    read = list[str]()
    for name in ("recurrent", "char_recurrent"):
        module = getattr(training.tagger, name)
        module.register_forward_hook(lambda *_, name=name: read.append(name))
    event = next(events)
    assert isinstance(event, Stepped) and event.line.tokens > 32
    assert sorted(read) == ["char_recurrent", "recurrent"]
