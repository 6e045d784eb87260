"""Any question, with any edits, to a net of every kind: nothing but an answer, and every sum of it exact."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lstm_viz.engine.handlers import Models
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.serve import results
from lstm_viz.messages import (
    AblationQuery,
    AttributionQuery,
    DecompositionQuery,
    Envelope,
    Failure,
    GateQuery,
    InputQuery,
    PathQuery,
    ReadQuery,
    ScoreQuery,
    SetValue,
    StateQuery,
    SwapState,
    Target,
)
from tests.engine.untrained import TEXT, WORDS, Untrained

TEXTS = ("", " ", "dog", TEXT, "the cat", "dog dog dog . ?", TEXT + " and that cat can't eat it")
AROUND = st.integers(-2, 12)

models = st.builds(
    lambda cell, *more: " ".join(filter(None, (cell, *more))),
    st.sampled_from(["LSTM", "GRU", "RNN", "RNN relu"]),
    st.sampled_from(["", "2"]),
    st.sampled_from(["", "both"]),
    st.sampled_from(["", "crf"]),
    st.sampled_from(["", "spells"]),
    st.sampled_from(["", "one"]),
)
targets = st.sampled_from([target for target in get_args(Target) if target != "value"])
places = st.one_of(st.none(), st.integers(0, 6))
sets = st.builds(
    SetValue,
    st.sampled_from("ifgochrznq"),
    st.one_of(st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e6, np.nan, np.inf]), st.floats(-1, 1, width=32)),
    places,
    places,
    places,
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([(), WORDS]),
    st.sampled_from([True, True, True, False]),
)
swaps = st.builds(
    SwapState, st.integers(0, 6), st.sampled_from(TEXTS), st.integers(0, 3), st.sampled_from([(), WORDS])
)
reads = st.builds(
    ReadQuery,
    models,
    st.sampled_from(TEXTS),
    before=st.sampled_from([None, (), ("",), ("it ate", "the cat")]),
    module=st.sampled_from(["", "recurrent", "char_recurrent", "nowhere"]),
    layer=AROUND,
    direction=AROUND,
    step=AROUND,
    character=AROUND,
    unit=st.one_of(st.none(), AROUND),
    caret=st.one_of(st.none(), AROUND),
    edits=st.lists(st.one_of(sets, swaps), max_size=4).map(tuple),
    decomposition=st.booleans(),
)


@pytest.fixture(scope="module")
def ask():
    """Return what gives the answers of one reader to a question, of which none is a problem."""
    reader = Untrained()
    models = Models(reader, RunQueries(reader.runs))

    def ask_(query):
        found = list(results(models, Envelope(1, "query", query)))
        assert not any(isinstance(one, Failure) for one in found), found
        return found

    return ask_


def reading_of(ask, query):
    (reading,) = ask(query)
    return reading


def near(ours, theirs, atol=2e-6):
    """Compare numbers that may be large: a state without bounds is, where it is set so."""
    largest = max(1.0, np.abs(theirs).max(initial=0.0))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol * largest)


def number(answer, reading):
    """Return the number that an answer explains, read off a reading, and how exact it can be there."""
    row = dict(zip(reading.model.tags, reading.scores[answer.step].astype(float), strict=True))
    if answer.target == "probability":
        return np.exp(row[answer.tag]), 2e-5
    less = row[answer.margin_to] if answer.target == "margin" else 0.0
    return row[answer.tag] - less, 1e-5 * max(1.0, *map(abs, row.values()))


def check_decomposition(decomposition, reading):
    view = reading.view
    state = view.quantities["c" if view.module.cell == "LSTM" else "h"]
    near(decomposition.by_unit.sum(axis=0, dtype=float), state[decomposition.column])
    rows = state.mean(axis=1) if decomposition.unit is None else state[:, decomposition.unit]
    near(decomposition.triangle.sum(axis=1, dtype=float), rows)
    is_top = view.module.path == "recurrent" and view.layer == view.module.num_layers - 1
    assert (decomposition.scores is not None) == is_top
    assert (decomposition.other_direction is not None) == (is_top and view.module.num_directions == 2)
    if is_top:
        other_direction = 0.0 if decomposition.other_direction is None else decomposition.other_direction
        logits = decomposition.scores.sum(axis=0, dtype=float) + decomposition.bias + other_direction
        near(logits - np.logaddexp.reduce(logits), reading.scores[decomposition.column], 2e-5)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(query=reads, column=AROUND, unit=st.one_of(st.none(), AROUND))
def test_a_reading_and_what_more_is_asked_of_it(ask, query, column, unit):
    reading = reading_of(ask, query)
    if not reading.words:
        assert reading.decomposition is None and ask(DecompositionQuery(1, column, unit)) == []
        return
    view, is_clamped = (
        reading.view,
        any(not resolved_edits.unresolved for resolved_edits in reading.resolved_edits),
    )
    np.testing.assert_allclose(np.exp(reading.scores).sum(axis=1), 1, atol=1e-5)
    assert view.max_error <= 1e-5 and len(reading.resolved_edits) == len(query.edits)
    assert "NaN" not in {word.tag for word in reading.words}
    is_kept = view.module.kind.gated_state is not None
    assert (reading.decomposition is not None) == (query.decomposition and is_kept)
    for decomposition in (reading.decomposition, *ask(DecompositionQuery(1, column, unit))):
        if decomposition is not None:
            check_decomposition(decomposition, reading)
    in_view = 0 <= column < len(view.columns) and 0 <= (unit or 0) < view.module.hidden_size
    assert len(ask(DecompositionQuery(1, column, unit))) == (in_view and is_kept)
    for explained in ask(GateQuery(1, column, unit or 0)):
        if not is_clamped:
            for gate in explained.gates:
                near(gate.value, view.quantities[gate.name][column, unit or 0], 1e-5)
    assert (reading.unedited is not None) == is_clamped
    plain = reading_of(ask, replace(query, edits=(), decomposition=False))
    np.testing.assert_array_equal((reading.unedited or reading).scores, plain.scores)
    assert (reading.unedited or reading).words == plain.words


@settings(max_examples=100, deadline=None, derandomize=True)
@given(query=reads, column=AROUND, unit=AROUND, quantity=st.sampled_from("ch"), tag=st.sampled_from("ABX"))
def test_the_arithmetic_from_the_embedding_to_the_score(ask, query, column, unit, quantity, tag):
    reading = reading_of(ask, query)
    for state in ask(StateQuery(1, column, unit, quantity)):
        assert state.forward == reading.view.quantities[quantity][column, unit]
        if quantity not in state.clamped:
            near(state.value, state.forward)
    for read in ask(InputQuery(1, column)):
        assert read.error <= 1e-5
        near(np.concatenate([part.values for part in read.parts]), reading.view.x[column])
    for score in ask(ScoreQuery(1, column, tag)):
        near(score.value, reading.scores[column, reading.model.tags.index(tag)], 2e-5)
        assert score.forward == reading.scores[column, reading.model.tags.index(tag)]
    paths = ask(PathQuery(1, column, tag))
    there = 0 <= column < len(reading.words) and tag in reading.model.tags
    assert len(paths) == (there and reading.trellis is not None)
    for path in paths:
        near(path.delta, path.forward_delta, 1e-5)
        near(path.marginal, path.forward_marginal, 1e-4)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(query=reads, tag=st.sampled_from(["", "B", "no such tag"]), target=targets)
def test_what_a_word_owes(ask, query, tag, target):
    reading, found = reading_of(ask, query), ask(AttributionQuery(1, query, tag, target))
    assert bool(found) == bool(reading.words)
    if not found:
        return
    last, step = found[-1], reading.step
    assert last.done and (last.reading, last.step) == (1, step)
    assert last.tag == (tag if tag in reading.model.tags else reading.words[step].tag)
    near(last.log_softmax, reading.scores[step, reading.model.tags.index(last.tag)], 1e-5)
    assert last.target == target and (target == "margin") == (last.margin_to in reading.model.tags)
    if target != "logit":
        value, tolerance = number(last, reading)
        assert last.score == pytest.approx(value, abs=tolerance)
    assert last.resolution > 0
    for values in (last.gradient_input, last.integrated, last.h_flow):
        assert np.isfinite(values).all() and values.shape == (len(reading.words),)
    rise = abs(last.integrated.sum(dtype=float) - (last.score - last.baseline))
    assert last.completeness == pytest.approx(rise, abs=1e-5 * max(1.0, np.abs(last.integrated).max()))
    assert np.isfinite(np.delete(last.occlusion, step)).all() and np.isnan(last.occlusion[step])
    assert all((name in reading.model.tags) == (k != step) for k, name in enumerate(last.without))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(query=reads, tag=st.sampled_from(["", "B"]), target=targets, data=st.data())
def test_what_is_switched_off_is_off_as_an_edit_has_it(ask, query, tag, target, data):
    reading, found = reading_of(ask, query), ask(AblationQuery(1, query, tag, target))
    assert bool(found) == bool(reading.words)
    if not found:
        return
    last, step = found[-1], reading.step
    cell = reading.model.modules[0]
    column = reading.model.tags.index(last.tag)
    assert last.done == last.total and last.tag == (tag or reading.words[step].tag)
    near(last.log_softmax, reading.scores[step, column], 1e-5)
    if target == "logit":
        return  # a reading has none
    unit = data.draw(st.integers(0, cell.hidden_size - 1))
    gates = [(gate, last.gates_of_units[k, unit], None) for k, gate in enumerate(last.gates)]
    for name, change, other in [("h", last.units[unit], last.tags[unit]), *gates]:
        off = SetValue(name, cell.kind[name].off, unit, layer=last.layer, direction=last.direction)
        without = reading_of(ask, replace(query, edits=(*query.edits, off)))
        (value, tolerance), (before, at_least) = number(last, without), number(last, reading)
        assert change == pytest.approx(value - before, abs=tolerance + at_least)
        assert other in (None, without.words[step].tag)
