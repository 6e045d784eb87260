"""One call in one form, however it was made: time first, batched, padded, in the caller's order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_viz.tracing.received import Received
from lstm_viz.tracing.weights import Weights, layers_of


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """What went into a kernel and what came out.

    Every tensor is in the precision in which the kernel computed: under autocast not that of the caller.

    Attributes
    ----------
    mode : str
        As `Kernel.mode`.
    x : Tensor (T, B, input_size)
    h0, h_n : Tensor (L, D, B, H)
    c0, c_n : Tensor (L, D, B, hidden_size), None unless an LSTM
    cells : Tensor (T, B, hidden_size) or None
        c after every step, where torch gave it.
    lengths : int array (B,)
    packed : PackedSequence or None
        The input as it was packed.
    output : Tensor (T, B, D·H)
        Torch's h of the last layer.
    weights : a tuple of Weights for each layer, one for each direction; None where they were not copied
    received : Received
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
    received: Received

    @property
    def ragged(self) -> bool:
        """Whether some sequence is shorter than the longest."""
        return bool((self.lengths < len(self.x)).any())

    @property
    def hidden_size(self) -> int:
        """The number of units of a gate."""
        return (self.h0 if self.c0 is None else self.c0).shape[-1]

    def known_weights(self) -> tuple[tuple[Weights, ...], ...]:
        """Return the weights, which were copied."""
        assert self.weights is not None
        return self.weights


def call_of(received: Received) -> Call:
    """Return the call that a kernel received."""
    dtype = received.output.dtype
    packed = _packed(received, received.data.to(dtype))
    if packed is None:
        x, output = (_time_first(received, given) for given in (received.data.to(dtype), received.output))
        lengths = np.array([len(x)] * x.shape[1], np.int64)
    else:
        x, sizes = pad_packed_sequence(packed)
        output = pad_packed_sequence(packed._replace(data=received.output))[0]
        lengths = sizes.numpy()
    first, last = (
        [_by_layer(received, s).to(dtype) for s in states] for states in (received.state, received.final)
    )
    return Call(
        mode=received.mode,
        x=x,
        h0=first[0],
        c0=first[1] if len(first) > 1 else None,
        h_n=last[0],
        c_n=last[1] if len(last) > 1 else None,
        cells=received.cells,
        lengths=lengths,
        packed=packed,
        output=output,
        weights=_weights(received, dtype),
        received=received,
    )


def _packed(received: Received, data: Tensor) -> PackedSequence | None:
    if received.batch_sizes is None:
        return None
    unsorted = received.unsorted
    ordered = None if unsorted is None else torch.argsort(unsorted)
    return PackedSequence(data, received.batch_sizes, ordered, unsorted)


def _time_first(received: Received, given: Tensor) -> Tensor:
    return given.transpose(0, 1) if received.batch_first else given


def _by_layer(received: Received, state: Tensor) -> Tensor:
    """Return a state (L·D, B, H) by layer and direction, in the caller's order."""
    ordered = state if received.unsorted is None else state.index_select(1, received.unsorted)
    return ordered.reshape(received.layers, received.directions, *state.shape[1:])


def _weights(received: Received, dtype: torch.dtype) -> tuple[tuple[Weights, ...], ...] | None:
    if received.weights is None:
        return None
    flat, shape = [w.to(dtype) for w in received.weights], (received.layers, received.directions)
    return layers_of(flat, *shape, received.has_biases)
