"""A trace as a subject: all that follows from its numbers is shown, and what needs the model says why not."""

import numpy as np
import pytest
import torch
from torch import nn

from lstm_viz import capture
from lstm_viz.engine.handlers import Models
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.serve import results
from lstm_viz.messages import (
    AblationQuery,
    AttributionQuery,
    DecompositionQuery,
    Envelope,
    ExtremesQuery,
    Failure,
    GateQuery,
    InputQuery,
    ReadQuery,
    ScoreQuery,
    SetValue,
    StateQuery,
)
from lstm_viz.opening.errors import OpeningError
from lstm_viz.subjects.errors import ModelError
from lstm_viz.subjects.traces import TraceSubject, open_trace

LONG = 2500  # steps: more than a section has
_MODULES = [
    nn.LSTM(3, 4, 2, bidirectional=True),
    nn.LSTM(3, 4, proj_size=2),
    nn.GRU(3, 4),
    nn.RNN(3, 4, nonlinearity="relu"),
    nn.RNN(3, 4),
]


def traced(module, steps=7, batch=2, **more):
    torch.manual_seed(0)
    with torch.no_grad(), capture(module, **more) as captured:
        module(torch.randn(steps, batch, module.input_size))
    return captured[""]


def asked(reader, query, number=1):
    models = Models(reader, RunQueries(reader.runs))
    return list(results(models, Envelope(number, "query", query)))


def read(reader, text, number=1, **more):
    (reading,) = asked(reader, ReadQuery("live:trace", text, **more), number)
    assert not isinstance(reading, Failure), reading.message
    return reading


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # oneDNN has none
@pytest.mark.parametrize("module", _MODULES, ids=str)
def test_every_sequence_of_a_saved_trace_is_read(module, tmp_path):
    trace = traced(module)
    trace.save(tmp_path / "t.safetensors", "encoder.rnn")
    subject = open_trace(tmp_path / "t.safetensors", "live:trace")
    assert subject.title == "t.safetensors" and subject.recurrents[0].path == "encoder.rnn"
    reading = read(Reader((subject,)), "sequence 2 of 2", layer=1, direction=1)
    view = reading.view
    assert view.module.cell == module.mode and trace.max_error <= view.max_error < 1e-6
    assert view.sequence == 1 and view.columns == tuple("1234567") and not reading.is_section
    for name, values in view.quantities.items():
        np.testing.assert_array_equal(values, getattr(trace, name)[view.layer, view.direction, :, 1])
    np.testing.assert_array_equal(view.x, trace.input_of(view.layer)[:, 1])


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")
@pytest.mark.parametrize("module", _MODULES, ids=str)
def test_what_follows_from_the_numbers_is_computed(module):
    reader, kind = Reader((TraceSubject(traced(module), "rnn"),)), module.mode
    reading = read(reader, "sequence 1 of 2", decomposition=True)
    assert reading.gate_arithmetic is None and asked(reader, GateQuery(1, 2, 1)) == []
    (state,) = asked(reader, StateQuery(1, 2, 1, "c")) if kind == "LSTM" else (None,)
    assert state is None or abs(state.value - state.forward) < 1e-6
    (source,) = asked(reader, InputQuery(1, 2))
    np.testing.assert_array_equal(source.parts[0].values, reading.view.x[2])
    (parts,) = asked(reader, DecompositionQuery(1, 6, 1)) or (None,)
    assert (parts is None) == kind.startswith("RNN") and (parts is None or parts.error < 1e-6)
    hidden = asked(reader, StateQuery(1, 2, 1, "h"))
    assert bool(hidden) == (kind in ("LSTM", "GRU") and not module.proj_size)


def test_what_needs_the_model_says_why_not():
    reader = Reader((TraceSubject(traced(nn.LSTM(3, 4)), "rnn"),))
    edited = ReadQuery("live:trace", "sequence 1 of 2", edits=(SetValue("f", 0.0),))
    (reading,) = asked(reader, edited)
    assert reading.unedited is None and reading.resolved_edits[0].unresolved == "model"
    assert reading.model.capabilities == () and reading.model.lacks("scores") == "subject_without_weights"
    for query in (AttributionQuery(1, edited, "", "logit"), AblationQuery(1, edited, "", "logit")):
        (failure,) = asked(reader, query)
        assert failure.code == "subject_without_weights"
    (failure,) = asked(reader, ScoreQuery(1, 0, ""))
    assert failure.code == "subject_without_weights"
    (failure,) = asked(reader, ReadQuery("live:trace", "sequence 3 of 2"))
    assert failure.code == "input_unknown"


@pytest.mark.parametrize(("name", "kind"), [("c", nn.LSTM), ("o", nn.LSTM), ("f", nn.LSTM), ("z", nn.GRU)])
@pytest.mark.parametrize("direction", [0, 1])
def test_numbers_of_a_file_that_do_not_fit_each_other_are_no_proof(name, kind, direction):
    trace = traced(kind(3, 4, bidirectional=True))
    changed = getattr(trace, name).copy()
    changed[0, direction, 3, 0, 2] += 0.25
    spoilt = type(trace)(**{**trace.__getstate__(), name: changed})
    assert spoilt.max_error < 1e-6
    view = read(Reader((TraceSubject(spoilt),)), "sequence 1 of 2", direction=direction).view
    assert view.max_error > 1e-4
    view = read(Reader((TraceSubject(spoilt),)), "sequence 1 of 2", direction=1 - direction).view
    assert view.max_error < 1e-6


def test_a_trace_without_some_quantities_is_refused(tmp_path):
    with pytest.raises(ModelError, match="no f, i, g, o, x"):
        TraceSubject(traced(nn.LSTM(3, 4), quantities=("c", "h")))
    (tmp_path / "t").write_text("no trace")
    with pytest.raises(OpeningError):
        open_trace(tmp_path / "t", "file:t")


# ---------------------------------------------------------------- sections


@pytest.mark.parametrize("first", [0, 700, LONG - 3])
def test_a_section_is_computed_from_the_states_around_it(first):
    trace = traced(nn.LSTM(3, 4, 2, bidirectional=True), LONG, 1)
    reader = Reader((TraceSubject(trace),))
    for direction in (0, 1):
        reading = read(reader, "trace", first=first, step=2, layer=1, direction=direction, decomposition=True)
        view, stop = reading.view, reading.view.first + 1000
        assert view.first == min(first, LONG - 1000) and reading.is_section and reading.total_words == LONG
        assert view.columns[0] == str(view.first + 1) and len(reading.words) == 1000 and reading.step == 2
        np.testing.assert_array_equal(view.quantities["f"], trace.f[1, direction, view.first : stop, 0])
        before = stop if direction else view.first - 1
        expected = trace.c[1, direction, before, 0] if 0 <= before < LONG else trace.c0[1, direction, 0]
        np.testing.assert_array_equal(view.start["c"], expected)
        assert reading.decomposition.error < 1e-5
        (state,) = asked(reader, StateQuery(1, 0, 1, "c"))
        assert abs(state.value - state.forward) < 1e-6


def test_the_sections_of_a_padded_batch_end_with_their_sequences():
    lstm = nn.LSTM(3, 4, bidirectional=True)
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(9, 2, 3), torch.tensor([9, 5]))
    with torch.no_grad(), capture(lstm) as captured:
        lstm(packed)
    part = captured[""].section(2, 5)
    whole = captured[""]
    assert part.lengths.tolist() == [3, 3]
    np.testing.assert_array_equal(part.c0[0, 1, 0], whole.c[0, 1, 5, 0])
    np.testing.assert_array_equal(part.c0[0, 1, 1], whole.c0[0, 1, 1])
    np.testing.assert_array_equal(part.h0[0, 0], whole.h[0, 0, 1])
    assert whole.section(2, 7).lengths.tolist() == [5, 3]
    with pytest.raises(IndexError):
        whole.section(5, 10)


def test_no_extreme_is_lost():
    trace = traced(nn.LSTM(3, 40), 40_000, 1)
    values = trace.c.copy()
    values[0, 0, 12_345, 0, 17], values[0, 0, 39_999, 0, 39] = 99.0, -77.0
    spiked = type(trace)(**{**trace.__getstate__(), "c": values})
    (found,) = asked(Reader((TraceSubject(spiked),)), ExtremesQuery(ReadQuery("live:trace", "trace"), 12))
    assert (found.steps, found.stride) == (40_000, 3) and len(found.units["c"]) == 12
    assert found.high["c"][12_345 // 3, 5] == 99.0 and found.units["c"][5] <= 17 < found.units["c"][6]
    assert found.low["c"][-1, -1] == -77.0
    ends = np.cumsum([0, *np.diff(found.units["f"], append=40)])
    for k in (0, 7_000, 13_333):
        for group in (0, 11):
            part = trace.f[0, 0, 3 * k : 3 * k + 3, 0, ends[group] : ends[group + 1]]
            assert found.low["f"][k, group] == part.min() and found.high["f"][k, group] == part.max()
            assert found.mean["f"][k, group] == pytest.approx(part.mean(), abs=1e-6)
