"""From a recorded call to a trace, whose arrays are computed and proven on first access."""

import warnings
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.tracing.call import Call, call_of
from lstm_viz.tracing.disabled_modes import disable_modes
from lstm_viz.tracing.errors import CaptureError, CaptureWarning, ProofError
from lstm_viz.tracing.from_workspace import recover_from_workspace
from lstm_viz.tracing.portable import as_array, ended, recover_portably
from lstm_viz.tracing.proof import Difference, prove
from lstm_viz.tracing.recorded_call import RecordedCall
from lstm_viz.tracing.recovered import Recovered
from lstm_viz.tracing.trace import GRUTrace, LazyFields, LSTMTrace, RNNTrace, Trace
from lstm_viz.tracing.workspace import make_known

_TRACES: Mapping[str, type[Trace]] = MappingProxyType(
    {"LSTM": LSTMTrace, "GRU": GRUTrace, "RNN_TANH": RNNTrace, "RNN_RELU": RNNTrace}
)
#: Fields that every trace has, whatever quantities were requested.
_ALWAYS = ("h0", "c0", "lengths", "max_error")


class TraceReader:
    """Makes the traces of a capture.

    Parameters
    ----------
    quantities : collection of str or None
        The quantities that are kept, also "x"; None is all.
    strict : bool
        Whether a proof that fails raises an error when the trace is read, or warns.
    """

    def __init__(self, quantities: Collection[str] | None, *, strict: bool) -> None:
        self._kept, self._strict = quantities, strict

    def trace(self, name: str, holder: list[RecordedCall]) -> Trace:
        """Return the trace of the call of the module ``name`` that is in ``holder``.

        It is computed on first access, which frees the recorded call; immediately where not all is kept.
        """
        (recorded,) = holder
        lazy = LazyFields(recorded.shape, lambda: self._read(name, holder))
        if self._kept is not None:
            with suppress(Exception):  # raised again on access; the model's call continues
                lazy.fields()
        return _TRACES[recorded.mode].lazy(lazy)

    def _read(self, name: str, holder: list[RecordedCall]) -> Mapping[str, Any]:
        """Return the fields of a trace, and free the recorded call unless reading can be retried."""
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

    def _fields(self, name: str, recorded: RecordedCall) -> Mapping[str, Any]:
        with disable_modes():
            call = call_of(recorded)
            found, differences = _find(call)
            wrong = [difference for difference in differences if not difference.is_explained]
            if wrong:
                self._refuse(name, call, wrong)
            fields = _fields(call, found, max(difference.error for difference in differences))
        if self._kept is None:
            return fields
        # copies, so that the rest of the memory that they share is freed
        return {
            name: np.array(value) if name in self._kept else value
            for name, value in fields.items()
            if name in _ALWAYS or name in self._kept
        }

    def _refuse(self, name: str, call: Call, wrong: list[Difference]) -> None:
        errors = ", ".join(f"{d.what} off by {d.error:.1e} (rounding: {d.bound:.0e})" for d in wrong)
        message = f"{name or 'the model'}: the gates are not those that torch computed: {errors}"
        if call.recorded.random_state is not None:
            message += "; dropout between the layers could not be drawn again: use model.eval()"
        if self._strict:
            raise ProofError(message)
        warnings.warn(message, CaptureWarning, stacklevel=2)


def verified(recorded: RecordedCall) -> RecordedCall:
    """Return the call with either oneDNN's workspaces, if their layout is the expected one, or the weights.

    The gates of the first workspace of each size are also computed from the weights and compared; once the
    layout of a size is known, the weights, which an optimizer changes with every step, are not needed.
    """
    if recorded.kept is None or recorded.weights is None:
        return recorded
    call = call_of(recorded)
    found = recover_from_workspace(call)
    if found is None or not _agrees(found, prove(call, found)):
        return replace(recorded, kept=None, on_onednn=False)
    make_known(recorded.kept[: len(found.inputs) * recorded.directions])
    return replace(recorded, weights=None)


def _find(call: Call) -> tuple[Recovered, list[Difference]]:
    """Return every quantity and the differences from torch's numbers."""
    found = recover_from_workspace(call)
    if found is not None:
        differences = prove(call, found)
        if call.weights is None or _agrees(found, differences):
            return found, differences
    found = recover_portably(call)
    return found, prove(call, found)


def _agrees(found: Recovered, differences: list[Difference]) -> bool:
    """Return whether the numbers in a workspace are the gates."""
    # h alone does not distinguish i from g, which enter it as a product: only g may be negative
    return all(d.is_explained for d in differences) and not (found.quantities["i"] < 0).any()


def _fields(call: Call, found: Recovered, max_error: float) -> dict[str, Any]:
    fields = {
        "x": ended(call, as_array(call.x)),
        "h0": as_array(call.h0),
        "lengths": call.lengths,
        "max_error": max_error,
        **found.quantities,
    }
    return fields if call.c0 is None else fields | {"c0": as_array(call.c0)}
