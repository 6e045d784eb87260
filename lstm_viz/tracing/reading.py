"""From what a kernel received to a trace: its arrays are computed and proven when they are asked for."""

import warnings
from collections.abc import Collection, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import numpy as np

from lstm_viz.tracing.call import Call, call_of
from lstm_viz.tracing.errors import CaptureWarning, ProofError, StaleWeightsError
from lstm_viz.tracing.found import Found
from lstm_viz.tracing.from_workspace import found_in_workspace
from lstm_viz.tracing.portable import as_array, ended, found_portably
from lstm_viz.tracing.proof import Difference, prove
from lstm_viz.tracing.received import Received
from lstm_viz.tracing.trace import GRUTrace, LSTMTrace, RNNTrace, Trace, Unread
from lstm_viz.tracing.undisturbed import undisturbed

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
        received = holder[0]
        holder.clear()
        with undisturbed():
            call = call_of(received)
            found, differences = _find(name, call)
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


def _find(name: str, call: Call) -> tuple[Found, list[Difference]]:
    """Return every quantity and how far it is from torch's numbers."""
    found = found_in_workspace(call)
    if found is not None:
        differences = prove(call, found)
        # h alone would not tell i from g, which enter it as a product: only g may be negative
        if (
            all(difference.is_explained for difference in differences)
            and not (found.quantities["i"] < 0).any()
        ):
            return found, differences
        _say_once()
    if call.weights is None:
        raise StaleWeightsError(
            f"{name or 'the model'}: its weights have changed since the call; ask for the trace before"
        )
    found = found_portably(call)
    return found, prove(call, found)


def _say_once() -> None:
    warnings.warn(
        "oneDNN's workspace does not lie as expected; gates are computed from input and output instead, "
        "which is as exact and somewhat slower",
        CaptureWarning,
        stacklevel=2,
    )


def _fields(call: Call, found: Found, max_error: float) -> dict[str, Any]:
    fields = {
        "x": ended(call, as_array(call.x)),
        "h0": as_array(call.h0),
        "lengths": call.lengths,
        "max_error": max_error,
        **found.quantities,
    }
    return fields if call.c0 is None else fields | {"c0": as_array(call.c0)}
