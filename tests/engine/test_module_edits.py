"""Edits of models as a whole: what reads an edited module is computed from what it gives."""

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz.engine.reader
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import (
    AttributionQuery,
    GateQuery,
    InputQuery,
    ReadQuery,
    SetValue,
    StateQuery,
    SwapState,
)
from lstm_viz.subjects.module import ModuleSubject
from tests.clamped_by_hand import read_by_hand
from tests.engine.in_process import engine_of
from tests.subjects.user_models import Characters, Stacked, encode_characters, made, word_ids

TEXT = "the film was not really good"
URI = "live:model"
EARLY = SetValue("n", 0.7, 1, 2, 2, words=tuple(TEXT.split()))


def stacked(dtype=torch.float32):
    return ModuleSubject(
        made(Stacked, dtype=dtype),
        lambda text: (torch.tensor([word_ids(text)[0]]), text.split()),
        lambda output: (output, ["A", "B"]),
        text=TEXT,
    )


def first_h(model):
    """Return the output of the first module with the edit, by a reference loop in Python."""
    x = model.embedding.weight[word_ids(TEXT)[0]].detach()
    return np.concatenate(tuple(read_by_hand(model.first, x, {(0, 0, "n", 2, 1): 0.7})["h"][-1]), -1)


@pytest.mark.parametrize("module", ["second", "direct"])
def test_an_attribution_explains_the_edited_reading(module):
    query = ReadQuery(URI, TEXT, module=module, edits=(EARLY,), step=4)
    subject = stacked(torch.float64)
    with engine_of(subject) as engine:
        reading = engine.ask(query)
        found = engine.ask(AttributionQuery(1, query, "A", "logit"))
        plain = engine.ask(AttributionQuery(1, ReadQuery(URI, TEXT, module=module, step=4), "A", "logit"))
    model = subject.model.eval()
    with torch.no_grad():
        h = torch.from_numpy(first_h(model))[None]
        second, _ = model.second(torch.relu(model.between(model.norm(h))))
        logits = model.tags(torch.cat([second, model.direct(h)[0]], -1))[0, 4]
    assert found.score == pytest.approx(float(logits[0]), abs=1e-9)
    assert abs(found.score - plain.score) > 1e-4
    assert found.log_softmax == pytest.approx(float(reading.scores[4, 0]), abs=1e-6)
    assert found.integrated.sum() == pytest.approx(found.score - found.baseline, abs=2e-3)


def test_the_input_of_a_module_is_that_of_the_edited_pass():
    subject = stacked()
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, TEXT, module="direct", edits=(EARLY,)))
        source = engine.ask(InputQuery(1, 3))
        gates = engine.ask(GateQuery(1, 3, 1))
    expected = first_h(subject.model)
    np.testing.assert_allclose(reading.view.x, expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(source.parts[0].values, expected[3], rtol=0, atol=1e-6)
    assert np.abs(reading.view.x - reading.unedited.view.x).max() > 1e-3
    (gate,) = gates.gates
    total = gate.input_products.sum() + gate.input_bias + gate.hidden_products.sum() + gate.hidden_bias
    assert max(total, 0) == pytest.approx(float(reading.view.quantities["h"][3, 1]), abs=1e-6)


class Translator(nn.Module):
    """The decoder starts in the last state of the encoder, and reads columns of its own."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 3)
        self.encoder = nn.LSTM(3, 4, batch_first=True)
        self.decoder = nn.LSTM(3, 4, batch_first=True)

    def forward(self, ids):
        _, state = self.encoder(self.embedding(ids))
        return self.decoder(self.embedding(torch.tensor([[1, 2]])), state)[0]


def test_a_decoder_starts_in_the_edited_state_of_the_encoder():
    model = made(Translator)
    subject = ModuleSubject(model, encode_characters, text="abcd")
    subject.recurrents  # noqa: B018
    edit = SetValue("h", 0.9, 2, 3, 3, words=tuple("abcd"), module="encoder")
    with engine_of(subject) as engine:
        reading = engine.ask(ReadQuery(URI, "abcd", module="decoder", edits=(edit,)))
    embedded = model.embedding.weight.detach()
    encoded = read_by_hand(model.encoder, embedded[:4], {(0, 0, "h", 3, 2): 0.9})
    h, c = (encoded[name][0, :, -1] for name in "hc")
    expected = read_by_hand(model.decoder, embedded[1:3], {}, h, c)
    assert reading.view.module.own_columns
    for name, values in reading.view.quantities.items():
        np.testing.assert_allclose(values, expected[name][0, 0], rtol=0, atol=1e-6)
    np.testing.assert_allclose(reading.view.start["h"], h[0], rtol=0, atol=1e-6)
    plain = reading.unedited.view
    assert plain.start["h"][2] != reading.view.start["h"][2]
    assert np.abs(plain.quantities["h"] - reading.view.quantities["h"]).max() > 1e-3


class Spelled(nn.Module):
    """A module over the words, and one over the letters of the first: one column in a text of one letter."""

    def __init__(self):
        super().__init__()
        self.letters, self.words = nn.GRU(2, 3, batch_first=True), nn.GRU(3, 3, batch_first=True)

    def forward(self, letters, words):
        _, h = self.letters(letters)
        return self.words(words + h[0][:, None])[0]


def encode_words(text):
    words = text.split()
    letters = torch.tensor([[[ord(letter) / 100, 1.0] for letter in words[0]]])
    return (letters, torch.arange(3.0 * len(words)).view(1, -1, 3)), words


def test_a_patch_from_a_text_in_which_other_modules_read_the_columns():
    subject = ModuleSubject(made(Spelled), encode_words, text="the cat")
    edit = SwapState(1, "a", None, ("the", "cat"))
    with engine_of(subject) as engine:
        other = engine.ask(ReadQuery(URI, "a", module="words"))
        patched = engine.ask(ReadQuery(URI, "the cat", module="words", edits=(edit,)))
    assert patched.resolved_edits[0].unresolved == ""
    np.testing.assert_allclose(
        patched.view.quantities["h"][1], other.view.quantities["h"][0], rtol=0, atol=1e-6
    )


def test_after_a_training_step_nothing_is_computed_from_new_weights_and_old_states():
    subject = ModuleSubject(made(Characters), encode_characters, text="abc")
    reader = Reader((subject,))
    reader.read(ReadQuery(URI, "abc"), 1)
    assert reader.arithmetic(StateQuery(1, 1, 0, "h")) and reader.gate_arithmetic(GateQuery(1, 1, 0))
    with torch.no_grad():
        subject.model.rnn.weight_hh_l0.add_(1)
    assert reader.arithmetic(StateQuery(1, 1, 0, "h")) is None
    assert reader.gate_arithmetic(GateQuery(1, 1, 0)) is None
    reader.read(ReadQuery(URI, "abc"), 2)
    assert reader.arithmetic(StateQuery(2, 1, 0, "h"))


def test_an_input_that_is_too_long_for_a_message_is_refused(monkeypatch):
    monkeypatch.setattr(lstm_viz.engine.reader, "_MOST_NUMBERS", 3 * (4 * 6 + 6) + 2)
    with engine_of(ModuleSubject(made(Characters), encode_characters, text="abc")) as engine:
        assert len(engine.ask(ReadQuery(URI, "abc")).words) == 3
        failure = engine.ask(ReadQuery(URI, "abca"))
    assert (failure.code, failure.parameters) == ("input_too_long", {"columns": 4, "most": 3})
