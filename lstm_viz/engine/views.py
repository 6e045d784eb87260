"""Messages made from a trace: the view of one layer and direction, and the description of a module."""

from types import MappingProxyType

from lstm_viz.messages import CallShape, Module, View
from lstm_viz.subjects.captured_calls import Resets
from lstm_viz.subjects.subject import Recurrent
from lstm_viz.tracing import Trace

_NO_RESETS: Resets = MappingProxyType({})


def describe(recurrent: Recurrent) -> Module:
    """Return the description of a recurrent module for the window."""
    module = recurrent.module
    return Module(
        path=recurrent.path,
        cell=module.mode,
        reads=recurrent.reads,
        num_layers=module.num_layers,
        num_directions=2 if module.bidirectional else 1,
        input_size=module.input_size,
        hidden_size=module.hidden_size,
        own_columns=recurrent.own_columns,
        proj_size=module.proj_size,
        has_biases=module.bias,
        batch_first=module.batch_first,
        is_cell=recurrent.is_cell,
    )


def place_in(module: Module, layer: int, direction: int) -> tuple[int, int]:
    """Return layer and direction, limited to those of the module."""
    return max(0, min(layer, module.num_layers - 1)), max(0, min(direction, module.num_directions - 1))


def view(
    trace: Trace,
    module: Module,
    layer: int,
    direction: int,
    *,
    columns: tuple[str, ...],
    parts: tuple[tuple[str, int], ...],
    sequence: int | None = 0,
    first: int = 0,
    resets: Resets = _NO_RESETS,
    call: CallShape | None = None,
) -> View:
    """Return ``layer`` and ``direction`` of the trace's first sequence, limited to those of the module.

    ``sequence`` is its index in the batch of the call, None where there is none, and ``call`` the shape of
    it; ``first`` is the index of its first column in the input; ``resets`` are the states before the columns
    at which the model has changed them.
    """
    layer, direction = place_in(module, layer, direction)
    return View(
        module=module,
        layer=layer,
        direction=direction,
        columns=columns,
        quantities={name: a[layer, direction, :, 0] for name, a in trace.quantities.items()},
        x=trace.input_of(layer)[:, 0],
        parts=parts if layer == 0 else _parts_below(module, trace.h.shape[-1]),
        start={name: getattr(trace, f"{name}0")[layer, direction, 0] for name in trace.KIND.states},
        max_error=trace.max_error,
        sequence=sequence,
        first=first,
        resets={column: dict(states) for column, states in resets.items()},
        call=call,
    )


def _parts_below(module: Module, size: int) -> tuple[tuple[str, int], ...]:
    """Return the parts of an upper layer's input; ``size`` is that of h, which may be projected."""
    names = ("forward", "backward") if module.num_directions == 2 else ("layer below",)
    return tuple((name, size) for name in names)
