"""A kernel call in normalized form: time first, batched, padded, in the caller's order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_viz.tracing.recorded_call import RecordedCall
from lstm_viz.tracing.weights import Weights, layers_of


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """The inputs and outputs of a kernel.

    Every tensor is in the precision of the kernel, which under autocast is not that of the caller.

    Attributes
    ----------
    mode : str
        As `Kernel.mode`.
    x : Tensor (T, B, input_size)
    h0, h_n : Tensor (L, D, B, H)
    c0, c_n : Tensor (L, D, B, hidden_size), None unless an LSTM
    cells : Tensor (T, B, hidden_size) or None
        c after every step, where torch returned it.
    lengths : int array (B,)
    packed : PackedSequence or None
        The packed input.
    output : Tensor (T, B, D·H)
        Torch's h of the last layer.
    weights : a tuple of Weights for each layer, one for each direction; None where they were not copied
    recorded : RecordedCall
    """

    mode: str
    x: Tensor
    h0: Tensor
    c0: Tensor | None
    h_n: Tensor
    c_n: Tensor | None
    cells: Tensor | None
    lengths: npt.NDArray[np.int64]
    packed: PackedSequence | None
    output: Tensor
    weights: tuple[tuple[Weights, ...], ...] | None
    recorded: RecordedCall

    @property
    def ragged(self) -> bool:
        """Whether some sequence is shorter than the longest."""
        return bool((self.lengths < len(self.x)).any())

    @property
    def hidden_size(self) -> int:
        """The number of units of a gate."""
        return (self.h0 if self.c0 is None else self.c0).shape[-1]

    def known_weights(self) -> tuple[tuple[Weights, ...], ...]:
        """Return the weights; they must have been copied."""
        assert self.weights is not None
        return self.weights


def call_of(recorded: RecordedCall) -> Call:
    """Return a recorded call in normalized form."""
    dtype = recorded.output.dtype
    packed = _packed(recorded, recorded.data.to(dtype))
    if packed is None:
        x, output = (_time_first(recorded, given) for given in (recorded.data.to(dtype), recorded.output))
        lengths = np.array([len(x)] * x.shape[1], np.int64)
    else:
        x, sizes = pad_packed_sequence(packed)
        output = pad_packed_sequence(packed._replace(data=recorded.output))[0]
        lengths = sizes.numpy()
    first, last = (
        [_by_layer(recorded, s).to(dtype) for s in states] for states in (recorded.state, recorded.final)
    )
    return Call(
        mode=recorded.mode,
        x=x,
        h0=first[0],
        c0=first[1] if len(first) > 1 else None,
        h_n=last[0],
        c_n=last[1] if len(last) > 1 else None,
        cells=recorded.cells,
        lengths=lengths,
        packed=packed,
        output=output,
        weights=_weights(recorded, dtype),
        recorded=recorded,
    )


def _packed(recorded: RecordedCall, data: Tensor) -> PackedSequence | None:
    if recorded.batch_sizes is None:
        return None
    unsorted = recorded.unsorted
    ordered = None if unsorted is None else torch.argsort(unsorted)
    return PackedSequence(data, recorded.batch_sizes, ordered, unsorted)


def _time_first(recorded: RecordedCall, given: Tensor) -> Tensor:
    return given.transpose(0, 1) if recorded.batch_first else given


def _by_layer(recorded: RecordedCall, state: Tensor) -> Tensor:
    """Return a state (L·D, B, H) by layer and direction, in the caller's order."""
    ordered = state if recorded.unsorted is None else state.index_select(1, recorded.unsorted)
    return ordered.reshape(recorded.layers, recorded.directions, *state.shape[1:])


def _weights(recorded: RecordedCall, dtype: torch.dtype) -> tuple[tuple[Weights, ...], ...] | None:
    if recorded.weights is None:
        return None
    flat, shape = [w.to(dtype) for w in recorded.weights], (recorded.layers, recorded.directions)
    return layers_of(flat, *shape, recorded.has_biases)
