"""Capturing: hooks on every recurrent module of a model, for as long as a ``with`` block lasts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from lstm_viz.tracing.call import Call, read_call
from lstm_viz.tracing.dropout import Redraw, drops_between_layers
from lstm_viz.tracing.errors import DropoutError, NoRecurrentModuleError, NotCapturedError
from lstm_viz.tracing.portable import trace_portably
from lstm_viz.tracing.trace import Trace
from lstm_viz.tracing.workspace import trace_from_workspace

#: A mask that was drawn wrongly moves h by far more than this, rounding by far less.
_DROPOUT_TOLERANCE = 1e-3


class Capture:
    """What the recurrent modules of a model computed, call by call.

    Attributes
    ----------
    calls : mapping of str to list of Trace
        Every call in order, by module path ("" is the model itself). A module with two paths is under both.
    """

    def __init__(self, paths: list[str]) -> None:
        self.calls: Mapping[str, list[Trace]] = MappingProxyType({path: [] for path in paths})

    def __getitem__(self, path: str) -> Trace:
        """Return the latest call of the module at ``path``.

        Raises
        ------
        NotCapturedError
            If there is no recurrent module at that path, or it was not called.
        """
        if path not in self.calls:
            known = ", ".join(map(repr, self.calls))
            raise NotCapturedError(f"no recurrent module at {path!r}; there is {known}")
        if not self.calls[path]:
            raise NotCapturedError(f"the module at {path!r} was not called")
        return self.calls[path][-1]


@contextmanager
def capture(model: nn.Module) -> Iterator[Capture]:
    """Capture what every ``nn.LSTM``, ``nn.GRU`` and ``nn.RNN`` in ``model`` computes.

    The model's outputs, gradients, mode and random numbers are what they would be without it.

    Examples
    --------
    >>> with lstm_viz.capture(model) as capture:
    ...     model(inputs)
    >>> trace = capture["encoder.lstm"]
    >>> trace.f[0, 0, :, 0]  # forget gate of layer 0, forward, all steps of the first sequence: (T, H)

    Notes
    -----
    With gradients enabled, an LSTM in float32 on the CPU costs little: the gates are read from what torch
    keeps for the backward pass. Under ``torch.no_grad()`` torch keeps nothing, and its kernel runs once more
    to keep it. Everything else (other cells and devices, packed sequences) is computed from input and output.

    Raises
    ------
    NoRecurrentModuleError
        If there is none of them in ``model``.
    DropoutError
        From the model's call, if dropout between layers made what an upper layer read unknowable.
    """
    found = [
        (path, m) for path, m in model.named_modules(remove_duplicate=False) if isinstance(m, nn.RNNBase)
    ]
    if not found:
        raise NoRecurrentModuleError(f"{type(model).__name__} has no nn.LSTM, nn.GRU or nn.RNN")
    captured = Capture([path for path, _ in found])
    handles: list[RemovableHandle] = []
    try:
        for module in dict.fromkeys(module for _, module in found):
            handles += _listen(module, [captured.calls[path] for path, other in found if other is module])
        yield captured
    finally:
        for handle in handles:
            handle.remove()


def _listen(module: nn.RNNBase, lists: list[list[Trace]]) -> Iterator[RemovableHandle]:
    random_state: list[Tensor] = []

    def before(_: nn.Module, args: Any) -> None:
        random_state[:] = [torch.get_rng_state()] if drops_between_layers(module) else []

    def after(_: nn.Module, args: Any, kwargs: Any, result: Any) -> None:
        trace = _trace(read_call(module, args, kwargs, result), random_state)
        for calls in lists:
            calls.append(trace)

    if module.dropout:
        yield module.register_forward_pre_hook(before)
    yield module.register_forward_hook(after, prepend=True, with_kwargs=True)


def _trace(call: Call, random_state: list[Tensor]) -> Trace:
    trace = trace_from_workspace(call, dropped=bool(random_state))
    if trace is not None:
        return trace
    with torch.no_grad():
        if random_state:
            return _trace_with_dropout(call, random_state[0])
        return trace_portably(call)


def _trace_with_dropout(call: Call, random_state: Tensor) -> Trace:
    if call.x.device.type != "cpu":
        raise DropoutError(
            f"dropout between layers cannot be drawn again on {call.x.device}; use model.eval()"
        )
    trace = trace_portably(call, Redraw(call.module.dropout, random_state))
    if trace.max_error > _DROPOUT_TOLERANCE:
        raise DropoutError("dropout between layers could not be drawn again; use model.eval()")
    return trace
