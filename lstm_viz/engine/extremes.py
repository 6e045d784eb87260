"""The extremes of all steps of a trace, of which a reading has a section."""

from lstm_viz.analysis.extremes import reduce, starts_of
from lstm_viz.engine.views import describe, place_in
from lstm_viz.messages import Extremes, ExtremesQuery
from lstm_viz.subjects.traces import TraceSubject

#: The most ranges of steps: more than a screen has pixels, and 14 MB for the six quantities of an LSTM.
_MOST_RANGES = 16_384


def extremes_of(query: ExtremesQuery, subject: TraceSubject) -> Extremes:
    """Return the extremes of an input, in the layer and direction of the query."""
    trace, module = subject.whole(query.read.text), describe(subject.recurrents[0])
    layer, direction = place_in(module, query.read.layer, query.read.direction)
    stride = max(1, -(-trace.steps // _MOST_RANGES))
    found = {
        name: reduce(values[layer, direction, :, 0], stride, query.groups)
        for name, values in trace.quantities.items()
    }
    return Extremes(
        steps=trace.steps,
        stride=stride,
        units={name: _starts(values.shape[-1], query) for name, values in trace.quantities.items()},
        low={name: one.low for name, one in found.items()},
        mean={name: one.mean for name, one in found.items()},
        high={name: one.high for name, one in found.items()},
    )


def _starts(units: int, query: ExtremesQuery) -> tuple[int, ...]:
    return tuple(starts_of(units, query.groups).tolist())
