"""From what a kernel received to a trace: its arrays are computed and proven when they are asked for."""

import warnings
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.tracing.call import Call, call_of
from lstm_viz.tracing.errors import CaptureError, CaptureWarning, ProofError
from lstm_viz.tracing.found import Found
from lstm_viz.tracing.from_workspace import found_in_workspace
from lstm_viz.tracing.portable import as_array, ended, found_portably
from lstm_viz.tracing.proof import Difference, prove
from lstm_viz.tracing.received import Received
from lstm_viz.tracing.trace import GRUTrace, LSTMTrace, RNNTrace, Trace, Unread
from lstm_viz.tracing.undisturbed import undisturbed
from lstm_viz.tracing.workspace import make_known

_TRACES: Mapping[str, type[Trace]] = MappingProxyType(
    {"LSTM": LSTMTrace, "GRU": GRUTrace, "RNN_TANH": RNNTrace, "RNN_RELU": RNNTrace}
)
#: What every trace keeps, whatever quantities were asked for.
_ALWAYS = ("h0", "c0", "lengths", "max_error")


class Reader:
    """Makes the traces of a capture.

    Parameters
    ----------
    quantities : collection of str or None
        What is kept of a call, "x" among them; None is all.
    strict : bool
        Whether a proof that fails is an error when the trace is read, or a warning.
    """

    def __init__(self, quantities: Collection[str] | None, *, strict: bool) -> None:
        self._kept, self._strict = quantities, strict

    def trace(self, name: str, holder: list[Received]) -> Trace:
        """Return the trace of the call of the module ``name`` that is in ``holder``.

        It is read when it is asked for, and lets go of what was received; at once where not all is kept.
        """
        (received,) = holder
        unread = Unread(received.shape, lambda: self._read(name, holder))
        if self._kept is not None:
            with suppress(Exception):  # whoever reads it is told; the model's call goes on
                unread.fields()
        return _TRACES[received.mode].unread(unread)

    def _read(self, name: str, holder: list[Received]) -> Mapping[str, Any]:
        """Return the fields of a trace, and let go of what was received unless it can be tried again."""
        try:
            fields = self._fields(name, holder[0])
        except CaptureError:
            holder.clear()
            raise
        except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
            if is_out_of_memory(error):
                raise
            holder.clear()
            raise CaptureError(f"{name or 'the model'}: its gates could not be computed: {error}") from None
        holder.clear()
        return fields

    def _fields(self, name: str, received: Received) -> Mapping[str, Any]:
        with undisturbed():
            call = call_of(received)
            found, differences = _find(call)
            wrong = [difference for difference in differences if not difference.is_explained]
            if wrong:
                self._refuse(name, call, wrong)
            fields = _fields(call, found, max(difference.error for difference in differences))
        if self._kept is None:
            return fields
        # copies, as what lies beside them in the same memory is let go
        return {
            name: np.array(value) if name in self._kept else value
            for name, value in fields.items()
            if name in _ALWAYS or name in self._kept
        }

    def _refuse(self, name: str, call: Call, wrong: list[Difference]) -> None:
        said = ", ".join(f"{d.what} off by {d.error:.1e} (rounding: {d.bound:.0e})" for d in wrong)
        message = f"{name or 'the model'}: the gates are not those that torch computed: {said}"
        if call.received.random_state is not None:
            message += "; dropout between the layers could not be drawn again: use model.eval()"
        if self._strict:
            raise ProofError(message)
        warnings.warn(message, CaptureWarning, stacklevel=2)


def verified(received: Received) -> Received:
    """Return the same, relying on oneDNN's workspaces if they lie as expected, else on the weights.

    The gates of the first workspace of each size are computed from the weights too, and compared; once
    workspaces of a size are known, the weights are not needed, which an optimiser changes with every step.
    """
    if received.kept is None or received.weights is None:
        return received
    call = call_of(received)
    found = found_in_workspace(call)
    if found is None or not _agrees(found, prove(call, found)):
        return replace(received, kept=None, on_onednn=False)
    make_known(received.kept[: len(found.inputs) * received.directions])
    return replace(received, weights=None)


def _find(call: Call) -> tuple[Found, list[Difference]]:
    """Return every quantity and how far it is from torch's numbers."""
    found = found_in_workspace(call)
    if found is not None:
        differences = prove(call, found)
        if call.weights is None or _agrees(found, differences):
            return found, differences
    found = found_portably(call)
    return found, prove(call, found)


def _agrees(found: Found, differences: list[Difference]) -> bool:
    """Return whether what lies in a workspace are the gates."""
    # h alone would not tell i from g, which enter it as a product: only g may be negative
    return all(d.is_explained for d in differences) and not (found.quantities["i"] < 0).any()


def _fields(call: Call, found: Found, max_error: float) -> dict[str, Any]:
    fields = {
        "x": ended(call, as_array(call.x)),
        "h0": as_array(call.h0),
        "lengths": call.lengths,
        "max_error": max_error,
        **found.quantities,
    }
    return fields if call.c0 is None else fields | {"c0": as_array(call.c0)}
