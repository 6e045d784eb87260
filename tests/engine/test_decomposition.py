"""Every answer adds up: the sources to the state, and what they give to the logits."""

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from lstm_viz.engine.decomposition import decompose
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import DecompositionQuery, ReadQuery, SetValue
from lstm_viz.runs.folder import RunFolder
from tests.engine.messages import delivered

SENTENCE = "The dog ate the apple that everybody read"


@pytest.fixture(scope="module")
def reader():
    return Reader()


def _read(reader, model, **how):
    return reader.read(ReadQuery(model, SENTENCE, decomposition=True, **({"step": 4, "unit": 3} | how)), 1)


def _check(reading):
    """Check the sums against what was read, from the numbers alone; return the memory."""
    decomposition, view = reading.decomposition, reading.view
    state = view.quantities["c" if view.module.cell == "LSTM" else "h"]
    assert (decomposition.reading, decomposition.column) == (reading.number, reading.column)
    np.testing.assert_allclose(decomposition.by_unit.sum(axis=0), state[decomposition.column], atol=5e-6)
    rows = state.mean(axis=1) if decomposition.unit is None else state[:, decomposition.unit]
    np.testing.assert_allclose(decomposition.triangle.sum(axis=1), rows, atol=5e-6)
    assert decomposition.half_lives.shape == (view.module.hidden_size,)
    assert decomposition.error <= 1e-5 and decomposition.score_error <= 1e-5
    if decomposition.scores is not None:
        other_direction = 0 if decomposition.other_direction is None else decomposition.other_direction
        logits = decomposition.scores.sum(axis=0) + decomposition.bias + other_direction
        scores = logits - np.log(np.exp(logits).sum())
        np.testing.assert_allclose(scores, reading.scores[decomposition.column], atol=2e-5)
    return decomposition


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:tutorial-gru", "preset:english"])
@pytest.mark.parametrize("unit", [3, None])
def test_a_reading_says_where_its_memory_comes_from(reader, model, unit):
    decomposition = _check(_read(reader, model, unit=unit))
    assert decomposition.unit == unit
    assert decomposition.scores is not None and decomposition.other_direction is None


@pytest.mark.parametrize("direction", [0, 1])
def test_of_both_directions(reader, direction):
    decomposition = _check(_read(reader, "preset:english-both", direction=direction))
    assert decomposition.other_direction is not None and np.abs(decomposition.other_direction).max() > 0.1
    unread = decomposition.by_unit[6:] if direction == 0 else decomposition.by_unit[1:5]
    assert (unread == 0).all()


def test_the_sentence_before_is_a_source(reader):
    alone, carried = _read(reader, "preset:tutorial"), _read(reader, "preset:tutorial", before=("",))
    assert (_check(alone).by_unit[0] == 0).all()
    assert (_check(carried).by_unit[0] != 0).all()


def test_the_numbers_of_the_drawing(reader):
    decomposition = reader.read(
        ReadQuery("preset:tutorial", "The dog ate the apple", step=2, unit=4, decomposition=True), 1
    ).decomposition
    np.testing.assert_allclose(decomposition.by_unit[:4, 4], [0, 0.047, -0.098, -0.850], atol=6e-4)


def test_what_has_none_has_none(reader):
    assert _read(reader, "preset:tutorial-rnn").decomposition is None
    assert reader.read(ReadQuery("preset:tutorial", "", decomposition=True), 1).decomposition is None
    assert reader.read(ReadQuery("preset:tutorial", SENTENCE), 1).decomposition is None


def test_characters_give_no_tag(reader):
    decomposition = _check(_read(reader, "preset:english", module="char_recurrent"))
    assert decomposition.scores is None and decomposition.bias is None and decomposition.score_error == 0


def test_a_layer_below_the_top_gives_no_tag(reader, treebank_run):
    model = f"run:{RunFolder(treebank_run).path}"
    below, top = (_read(reader, model, layer=layer, direction=1, unit=1) for layer in (0, 1))
    assert _check(below).scores is None
    assert _check(top).scores is not None


def test_another_column_of_the_same_reading(reader):
    reading = _read(reader, "preset:english")
    for column in (0, 3, 7):
        decomposition = reader.decompose(DecompositionQuery(reading.number, column, 5))
        _check(replace(reading, decomposition=decomposition, column=column))
    for number, column, unit in ((1, 8, 5), (1, -1, 5), (1, 0, 999), (1, 0, -1), (99, 0, 5)):
        assert reader.decompose(DecompositionQuery(number, column, unit)) is None


def test_it_goes_over_the_wire(reader):
    reading = _read(reader, "preset:english-both")
    decomposition = delivered(reading).decomposition
    np.testing.assert_array_equal(decomposition.scores, reading.decomposition.scores)
    np.testing.assert_array_equal(decomposition.triangle, reading.decomposition.triangle)


# ------------------------------------------------------------ by hand, and broken


@pytest.mark.parametrize(
    ("model", "state"), [("preset:tutorial", "c"), ("preset:tutorial-gru", "h"), ("preset:english-both", "c")]
)
def test_a_state_set_by_hand_is_its_own_source(reader, model, state):
    edits = (SetValue(state, 0.7, 3, 2, 2, words=tuple(SENTENCE.split())),)
    reading = _read(reader, model, edits=edits)
    decomposition = _check(reading)
    assert reading.view.quantities[state][2, 3] == np.float32(0.7)
    assert (decomposition.triangle[2, [0, 1, 2]] == 0).all() and decomposition.triangle[2, 3] == np.float32(
        0.7
    )
    assert (decomposition.by_unit[:3, 3] == 0).all()


def test_a_hidden_state_set_by_hand_owes_the_words_nothing(reader):
    words = tuple(SENTENCE.split())
    plain = _check(_read(reader, "preset:tutorial", edits=(SetValue("h", 0.5, 3, 4, 4, words=words),)))
    none = _check(_read(reader, "preset:tutorial", edits=(SetValue("h", 0.0, None, 4, 4, words=words),)))
    assert np.abs(plain.scores).max() > 0.1
    assert (none.scores == 0).all()


def test_broken_weights_are_said(reader):
    preset = Reader().load("preset:tutorial", None)
    with torch.no_grad():
        preset.tagger.hidden_to_tag.weight[0, 0] = float("nan")
        preset.tagger.recurrent.weight_ih_l0[0, 0] = float("nan")
    broken = Reader()
    broken.load = lambda name, epoch: preset
    reading = broken.read(ReadQuery("preset:tutorial", SENTENCE, step=4, unit=0, decomposition=True), 1)
    assert np.isnan(reading.decomposition.error) and np.isnan(reading.decomposition.score_error)
    assert np.isnan(reading.decomposition.by_unit[:, 0]).any()


def test_the_answer_is_of_the_view_that_it_is_given(reader):
    reading = _read(reader, "preset:tutorial")
    latest = reader._latest
    decomposition = decompose(DecompositionQuery(7, 2, None), latest.subject, reading.view, latest.output)
    assert (decomposition.reading, decomposition.column, decomposition.unit) == (7, 2, None)
