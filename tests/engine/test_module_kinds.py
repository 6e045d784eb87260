"""Kinds of inputs and outputs of users' models over the engine's real loop."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

from lstm_viz.messages import (
    AblationQuery,
    AttributionQuery,
    DecompositionQuery,
    GateQuery,
    ReadQuery,
    SetValue,
    StateQuery,
)
from lstm_viz.subjects.errors import ModelError
from lstm_viz.subjects.module import ModuleSubject, given_inputs
from tests.clamped_by_hand import read_by_hand
from tests.engine.in_process import engine_of
from tests.subjects.user_models import CLASSES, PackedForecaster, Sentiment, encode_sentence, made

URI = "live:model"
TEXT = "the film was not really good"


def packed(**how):
    torch.manual_seed(1)
    model, series, lengths = made(PackedForecaster), torch.randn(3, 8, 2), torch.tensor([8, 5, 2])
    given = given_inputs(model, (series, lengths), range(8))
    return ModuleSubject(model, None, lambda values: values, given, **how), series


def test_features_targets_and_the_end_of_each_sequence():
    targets = torch.randn(3, 8, 2)
    subject, series = packed(targets=targets, features=["a", "b"])
    with engine_of(subject) as engine:
        readings = [engine.ask(ReadQuery(URI, name)) for name in subject.names]
    model = readings[0].model
    assert model.features == ("a", "b") and model.lengths == (8, 5, 2) and model.readout == "values"
    assert model.tags == ("value 1", "value 2") and model.capabilities == ("weights", "scores")
    for k, (reading, length) in enumerate(zip(readings, (8, 5, 2), strict=True)):
        np.testing.assert_array_equal(reading.features, series[k, :length])
        np.testing.assert_array_equal(reading.targets, targets[k, :length])
        assert reading.padding == 8 - length and reading.words[-1].text == str(length - 1)


def test_targets_of_another_shape_are_an_error():
    subject, _ = packed(targets=torch.randn(3, 7, 2))
    with pytest.raises(ModelError) as caught:
        _ = subject.recurrents
    assert caught.value.code == "model_targets"


class Steps(nn.Module):
    """Takes numbers in a shape of its own."""

    def __init__(self, how):
        super().__init__()
        self.rnn, self.how = nn.RNN(1, 3, batch_first=True), how

    def forward(self, x):
        return self.rnn(self.how(x))[0]


@pytest.mark.parametrize(
    ("inputs", "how"),
    [
        (torch.arange(4.0)[None], lambda x: x[..., None]),  # (B, T)
        (torch.arange(4.0)[:, None], lambda x: x[None]),  # (T, 1) without a batch
        (torch.arange(4.0)[:, None, None], lambda x: x.transpose(0, 1)),  # (T, B, 1)
        ({"x": torch.arange(4.0)[None, :, None]}, lambda x: x),
        (pack_sequence([torch.arange(4.0)[:, None]]), lambda x: x),
    ],
)
def test_the_real_vectors_of_any_shape_of_input(inputs, how):
    class Loose(Steps):
        def forward(self, x):
            return (self.rnn(self.how(x))[0],)

    torch.manual_seed(0)
    model = Loose(how)
    subject = ModuleSubject(model, None, None, given_inputs(model, inputs))
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, "input"))
    np.testing.assert_array_equal(reading.features, np.arange(4.0)[:, None])
    assert reading.model.readout is None and reading.targets is None


@pytest.mark.parametrize("swaps", [True, False])
def test_a_square_batch_has_the_vectors_that_the_module_reads(swaps):
    class Square(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.GRU(2, 3, batch_first=True)

        def forward(self, x):
            return self.rnn(x.transpose(0, 1) if swaps else x)[0]

    x, model = torch.randn(4, 4, 2), Square()
    subject = ModuleSubject(model, None, None, given_inputs(model, x))
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, "sequence 2 of 4"))
    np.testing.assert_array_equal(reading.features, x[:, 1] if swaps else x[1])


def test_words_have_no_vectors():
    subject = ModuleSubject(made(Sentiment), encode_sentence, lambda s: (s, CLASSES), text=TEXT)
    with engine_of(subject) as engine:
        assert engine.ask(ReadQuery(URI, TEXT)).features is None


def test_a_real_value_is_explained_by_its_own_gradient():
    subject, series = packed()
    model = subject.model
    with engine_of(subject) as engine:
        engine.ask(ReadQuery(URI, subject.names[0]))
        read = ReadQuery(URI, subject.names[0], step=5)
        found = engine.ask(AttributionQuery(1, read, "value 2", "margin"))
        ablation = engine.ask(AblationQuery(1, read, "value 2"))
    x = series[:1].clone().requires_grad_()
    value = model.head(model.rnn(x)[0])[0, 5, 1]
    (slope,) = torch.autograd.grad(value, x)
    assert (found.tag, found.target, found.margin_to) == ("value 2", "value", "")
    assert found.score == pytest.approx(float(value.detach()), abs=1e-6) == found.log_softmax
    np.testing.assert_allclose(found.gradient_input, (slope * x).sum(-1)[0].detach(), rtol=0, atol=1e-6)
    off = read_by_hand(model.rnn, series[0], {(0, 0, "h", step, 1): 0.0 for step in range(8)})["h"][0, 0, 5]
    expected = float((torch.from_numpy(off).float() @ model.head.weight[1] + model.head.bias[1]).detach())
    assert ablation.units[1] == pytest.approx(expected - found.score, abs=1e-6)
    assert set(ablation.tags) == {"value 1"} and ablation.target == "value"


def test_occlusion_sets_the_input_of_a_step_to_zero():
    subject, series = packed()
    model = subject.model
    with engine_of(subject) as engine:
        engine.ask(ReadQuery(URI, subject.names[0]))
        found = engine.ask(AttributionQuery(1, ReadQuery(URI, subject.names[0], step=5), "value 1"))
    assert found.replacement == "zeros"
    for step in range(8):
        x = series[:1].clone()
        x[0, step] = 0
        with torch.no_grad():
            value = float(model.head(model.rnn(x)[0])[0, 5, 0])
        assert found.occlusion[step] == pytest.approx(found.score - value, abs=2e-6)
    assert not found.occlusion[6:].any()


def test_occlusion_by_a_token_is_that_of_the_text_with_it():
    subject = ModuleSubject(
        made(Sentiment), encode_sentence, lambda s: (s, CLASSES), text=TEXT, occlude_with="<unk>"
    )
    with engine_of(subject) as engine:
        engine.ask(ReadQuery(URI, TEXT))
        found = engine.ask(AttributionQuery(1, ReadQuery(URI, TEXT), "neutral", "logit"))
    assert (found.replacement, found.token) == ("token", "<unk>")
    words = TEXT.split()
    for k in range(len(words)):
        other = " ".join([*words[:k], "<unk>", *words[k + 1 :]])
        with torch.no_grad():
            (logits,) = subject.model.eval()(*encode_sentence(other)[0])
        assert found.occlusion[k] == pytest.approx(found.score - float(logits[1]), abs=2e-6)
        assert found.without[k] == CLASSES[int(logits.argmax())]


@pytest.mark.parametrize("target", ["logit", "margin", "log_softmax", "probability"])
def test_a_class_is_explained_by_any_of_its_numbers(target):
    subject = ModuleSubject(made(Sentiment), encode_sentence, lambda s: (s, CLASSES), text=TEXT)
    with engine_of(subject) as engine:
        engine.ask(ReadQuery(URI, TEXT))
        found = engine.ask(AttributionQuery(1, ReadQuery(URI, TEXT), "neutral", target))
    with torch.no_grad():
        (logits,) = subject.model.eval()(*encode_sentence(TEXT)[0])
    others = logits[[0, 2]].max()
    expected = {
        "logit": logits[1],
        "margin": logits[1] - others,
        "log_softmax": logits.log_softmax(-1)[1],
        "probability": logits.softmax(-1)[1],
    }
    assert found.score == pytest.approx(float(expected[target]), abs=1e-6)
    assert found.integrated.sum() == pytest.approx(found.score - found.baseline, abs=2e-3)


class Resetting(nn.Module):
    """A loop over a cell whose state is reset at some steps, of some sequences, to a value of its own."""

    def __init__(self, rest=0.0):
        super().__init__()
        self.cell, self.head, self.rest = nn.LSTMCell(2, 3), nn.Linear(3, 1), rest

    def forward(self, x, begins):  # (T, B, 2), (T, B)
        h = c = torch.zeros(x.shape[1], 3)
        found = []
        for one, begin in zip(x, begins, strict=True):
            h, c = (torch.where(begin[:, None] > 0, self.rest, state) for state in (h, c))
            h, c = self.cell(one, (h, c))
            found.append(self.head(h))
        return torch.stack(found)


@pytest.mark.parametrize("rest", [0.0, 0.4])
def test_a_cell_whose_state_is_reset_is_one_sequence_with_the_states_that_it_was_given(rest):
    torch.manual_seed(0)
    model, x, begins = Resetting(rest), torch.randn(7, 2, 2), torch.zeros(7, 2)
    begins[3, 0] = begins[5, 1] = 1
    subject = ModuleSubject(model, None, lambda y: y, given_inputs(model, (x, begins)))
    name = subject.names[0]
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, name))
        gates = [engine.ask(GateQuery(1, column, 1)) for column in range(7)]
        state = [engine.ask(StateQuery(1, column, 1, "c")) for column in range(7)]
        parts = engine.ask(DecompositionQuery(1, 4, None))
        other = engine.ask(ReadQuery(URI, subject.names[1]))
        edited = engine.ask(ReadQuery(URI, name, edits=(SetValue("f", 0.0, None, 2, 4),)))
    assert list(reading.view.resets) == [3] and list(other.view.resets) == [5]
    np.testing.assert_allclose(reading.view.resets[3]["c"], rest, atol=1e-7)
    np.testing.assert_allclose(reading.view.before("h", 3), rest, atol=1e-7)
    np.testing.assert_array_equal(reading.view.before("h", 4), reading.view.quantities["h"][3])
    for column in range(7):
        for gate in gates[column].gates:
            shown = reading.view.quantities[gate.name][column, 1]
            assert gate.value == pytest.approx(float(shown), abs=1e-6)
        assert state[column].value == pytest.approx(state[column].forward, abs=1e-6)
    np.testing.assert_allclose(parts.by_unit.sum(0), reading.view.quantities["c"][4], atol=1e-6)
    assert not parts.by_unit[:4].any()  # nothing of what was before the reset
    assert (parts.half_lives > 0).all()  # they are of the gates
    with torch.no_grad():
        np.testing.assert_allclose(reading.scores, model(x, begins)[:, 0], atol=1e-6)
    assert list(edited.view.resets) == [3] and not edited.view.quantities["f"][2:5].any()
    np.testing.assert_allclose(
        edited.view.quantities["c"][3],
        (edited.view.quantities["i"] * edited.view.quantities["g"])[3],
        atol=1e-6,
    )


def test_a_compiled_model_is_not_compiled_anew_for_every_text():
    def refuse(*_):
        raise AssertionError("it was compiled")

    model = made(Sentiment)
    compiled = torch.compile(model, backend=refuse)
    subject = ModuleSubject(compiled, encode_sentence, lambda s: (s, CLASSES), text=TEXT)
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, TEXT))
        found = engine.ask(AttributionQuery(1, ReadQuery(URI, TEXT)))
    assert reading.model.title == "Sentiment" and found.done
    with torch.no_grad():
        expected = model.eval()(*encode_sentence(TEXT)[0]).log_softmax(-1)
    np.testing.assert_allclose(reading.scores, expected, rtol=0, atol=1e-6)
