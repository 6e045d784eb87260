"""Numbers that are none: training stops, and says at which step and in what they were met first."""

import dataclasses
from pathlib import Path

import msgspec
import pytest
import torch

from lstm_viz.files.checksums import sha256
from lstm_viz.files.lines import LineFile
from lstm_viz.runs.folder import Divergence, RunFolder
from lstm_viz.runs.history import Saved, Step, encode, read_all
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.tracing import capture
from lstm_viz.training import train
from lstm_viz.training.checkpoints import load
from lstm_viz.training.divergence import (
    DivergedError,
    _in_trace,
    describe,
    first_non_finite,
    first_non_finite_gradient,
)
from lstm_viz.training.loop import Training
from lstm_viz.training.state import pack
from lstm_viz.training.task import prepare
from tests.training.conftest import timeless

WORDS = [("the", "dog", "sleeps"), ("a", "cat")]


def put_state(path: Path, training: Training, step: int) -> None:
    """Let a run go on from here."""
    training.step, folder = step, RunFolder(path)
    folder.states.replace("spoilt.safetensors", pack(training))
    history = LineFile(folder.history)
    history.append(encode(Saved(step, 0, "spoilt.safetensors", sha256(pack(training)))))
    history.close()


def test_the_command_says_it_and_what_was_good_stays(start, few: TrainingSettings, tmp_path: Path) -> None:
    """The weights are finite, and so large that the scores are not."""
    settings, path = msgspec.structs.replace(few, learning_rate=1e9, optimiser="sgd"), tmp_path / "run"
    lines = train(settings, path)
    told = [next(lines) for _ in range(7)]
    lines.close()
    training = Training(prepare(settings))
    with torch.no_grad():
        training.tagger.hidden_to_tag.bias[:2] = 3e38
        training.tagger.hidden_to_tag.weight[0] = 3e38
        training.tagger.hidden_to_tag.weight[1] = -3e38
    put_state(path, training, 5)
    trainer = start("--resume", path, "--quiet")
    assert trainer.wait() == 1
    said = RunFolder(path).status()
    assert said.phase == "failed" and said.divergence.quantity == "scores" and said.divergence.words
    assert said.message.startswith("At step 6 (epoch 2) scores became ")
    assert trainer.text == f"lstm-viz train: {said.message}\n"
    assert said.best_accuracy is not None
    assert timeless(read_all(path).lines) == timeless(told)
    assert [load(path, epoch).epoch for epoch in (0, 1)] == [0, 1]
    again = start("--resume", path, "--quiet")
    assert (again.wait(), again.text) == (1, trainer.text)


def test_a_rate_that_is_far_too_high_is_bad_but_finite(few: TrainingSettings) -> None:
    """Gates and states are bounded: a high rate alone makes no NaN, and none is claimed."""
    settings = msgspec.structs.replace(few, optimiser="sgd", learning_rate=1e6, epochs=10)
    losses = [line.loss for line in train(settings) if isinstance(line, Step)]
    assert len(losses) == 40 and max(losses) > 1e3


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_weight_that_was_spoilt_by_hand(few: TrainingSettings, tmp_path: Path, value: float) -> None:
    lines = train(few, tmp_path / "run")
    told = [next(lines) for _ in range(3)]
    lines.close()
    assert told[-1].step == 2
    training, folder = Training(prepare(few)), RunFolder(tmp_path / "run")
    with torch.no_grad():
        training.tagger.hidden_to_tag.bias[1] = value
    put_state(folder.path, training, 2)
    with pytest.raises(
        DivergedError, match=r"^At step 3 \(epoch 1\) weight became .*in hidden_to_tag.bias"
    ) as e:
        list(train(None, folder.path, resume=True))
    name = "NaN" if value != value else "infinite"  # noqa: PLR0124
    assert e.value.divergence == Divergence("weight", "hidden_to_tag.bias", value=name)
    assert folder.status().divergence == e.value.divergence
    assert folder.status().phase == "failed"


@pytest.fixture(params=["lstm", "gru", "rnn"])
def training(few: TrainingSettings, request: pytest.FixtureRequest) -> Training:
    settings = msgspec.structs.replace(
        few, cell=request.param, characters=True, char_hidden_size=3, char_embedding_size=3
    )
    return Training(prepare(settings))


def wrong(training: Training) -> Divergence:
    tagger = training.tagger.eval()
    return first_non_finite(tagger, tagger.batch(WORDS), WORDS)


def spoil(training: Training, module: str, value: float) -> None:
    """Let a module give what is not finite in the second word of the first sentence, in its unit 2."""

    def spoilt(_module, _inputs, output):
        output = output[0] if isinstance(output, tuple) else output
        output = output.clone()
        output[1, 0, 2] = value
        return output

    training.tagger.get_submodule(module).register_forward_hook(spoilt)


def test_nothing_is_wrong_but_the_loss(training: Training) -> None:
    assert wrong(training) == Divergence("loss")


@pytest.mark.parametrize(("value", "name"), [(float("nan"), "NaN"), (float("inf"), "infinite")])
def test_the_input_comes_first(training: Training, value: float, name: str) -> None:
    spoil(training, "word_embedding", value)
    found = wrong(training)
    assert (found.quantity, found.unit, found.word, found.words) == ("x", 2, 1, WORDS[0])
    assert found.value == name
    assert describe(found) == f"x became {name} (unit 3, at word 2, “dog”)"


def test_then_gates_and_states(training: Training) -> None:
    tagger = training.tagger.eval()
    with capture(tagger.recurrent) as captured:
        tagger(tagger.batch(WORDS))
    trace, names = captured[""], [n for n in ("f", "c", "r", "n", "h") if n in captured[""].quantities]
    for name in names:
        values = getattr(trace, name).copy()
        values[0, 0, 2:, 0, 3] = float("inf")  # from the third word on, in unit 3
        values[0, 0, 2:, 1] = float("nan")  # the second sentence has no third word
        trace = dataclasses.replace(trace, **{name: values})
    found = _in_trace(trace, WORDS)
    assert found == Divergence(names[0], "recurrent", 0, 0, 3, 2, WORDS[0], "infinite")


def test_a_sum_that_is_too_large_is_found_where_it_is_met(few: TrainingSettings) -> None:
    """Weights and input are finite; in a plain RNN inf − inf comes of them.

    One is the sum over the input, the other that over h: within one sum, a processor that multiplies and adds
    at once never sees the product.
    """
    training = Training(prepare(msgspec.structs.replace(few, cell="rnn")))
    tagger = training.tagger
    with torch.no_grad():
        tagger.word_embedding.weight.fill_(0.0)
        tagger.word_embedding.weight[tagger.words.indices(["dog"])[0]] = 3e38
        tagger.recurrent.bias_ih_l0.fill_(9.0)  # h is 1 at the first word
        tagger.recurrent.weight_ih_l0.fill_(3e38)
        tagger.recurrent.weight_hh_l0.fill_(-3e38)
    found = wrong(training)
    assert (found.quantity, found.module, found.layer, found.direction) == ("h", "recurrent", 0, 0)
    assert (found.word, found.words, found.value) == (1, WORDS[0], "NaN")


def test_then_the_scores(training: Training) -> None:
    spoil(training, "hidden_to_tag", float("nan"))
    found = wrong(training)
    assert (found.quantity, found.word, found.words) == ("scores", 1, WORDS[0])


def test_the_gradient_is_that_of_the_last_parameter(training: Training) -> None:
    for parameter in training.tagger.parameters():
        parameter.grad = torch.zeros_like(parameter)
    assert first_non_finite_gradient(training.tagger) == Divergence("gradient", value="infinite")
    training.tagger.word_embedding.weight.grad[0, 0] = float("nan")
    training.tagger.hidden_to_tag.weight.grad[0, 0] = float("inf")
    named = [
        n
        for n, _ in training.tagger.named_parameters()
        if n in ("word_embedding.weight", "hidden_to_tag.weight")
    ]
    found = first_non_finite_gradient(training.tagger)
    assert found == Divergence("gradient", named[-1], value="infinite")


def test_what_dropout_made_wrong_is_found_in_the_same_pass(few: TrainingSettings, tmp_path: Path) -> None:
    """With dropout in the way, only the very same random numbers show it."""
    settings = msgspec.structs.replace(few, dropout=0.5, word_dropout=5.0, epochs=200)
    training = Training(prepare(settings))
    with torch.no_grad():
        training.tagger.word_embedding.weight.fill_(2e38)  # times 2, where it is not dropped: too large
    with pytest.raises(DivergedError) as error:
        for _ in training.events():
            pass
    assert error.value.divergence.quantity == "x" and error.value.divergence.value == "infinite"


def test_weights_that_a_step_has_made_infinite_are_not_kept(few: TrainingSettings) -> None:
    training = Training(prepare(msgspec.structs.replace(few, optimiser="sgd", learning_rate=1e9)))
    events = training.events()
    next(events)
    training.tagger.hidden_to_tag.bias.register_hook(lambda gradient: gradient + 1e18)
    training.optimiser.register_step_pre_hook(lambda optimiser, *_: optimiser.param_groups[0].update(lr=1e30))
    with pytest.raises(
        DivergedError, match=r"^At step 1 .* weight became infinite \(in hidden_to_tag.bias\)"
    ):
        next(events)
    assert training.step == 0
