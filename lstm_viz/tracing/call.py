"""One call of a recurrent module in one form, however it was made: time first, batched, padded, no graph."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """What went into a recurrent module and what came out.

    Attributes
    ----------
    module : nn.LSTM, nn.GRU or nn.RNN
        As it was during the call.
    x : Tensor (T, B, input_size)
    h0 : Tensor (L, D, B, H)
    c0 : Tensor (L, D, B, hidden_size), None unless an LSTM
    lengths : int array (B,)
    packed : PackedSequence or None
        The input as the caller packed it.
    result : tuple
        What the module returned.
    """

    module: nn.RNNBase
    x: Tensor
    h0: Tensor
    c0: Tensor | None
    lengths: npt.NDArray[np.int64]
    packed: PackedSequence | None
    result: Any

    @property
    def ragged(self) -> bool:
        """Whether some sequence is shorter than the longest."""
        return self.packed is not None and bool((self.lengths < self.x.shape[0]).any())

    def output(self) -> Tensor:
        """Return torch's h of the last layer, (T, B, D·H)."""
        output = self.result[0]
        if isinstance(output, PackedSequence):
            return pad_packed_sequence(output)[0].detach()
        return _time_first(self.module, output.detach())

    def h_n(self) -> Tensor:
        """Return torch's h of every layer after its last step, (L, D, B, H)."""
        final = self.result[1]
        return _by_layer(self.module, final[0] if self.module.mode == "LSTM" else final)


def read_call(module: nn.RNNBase, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Call:
    """Return the call that a forward hook saw."""
    source = args[0] if args else kwargs["input"]
    hx = args[1] if len(args) > 1 else kwargs.get("hx")
    packed = source if isinstance(source, PackedSequence) else None
    if packed is None:
        x = _time_first(module, source.detach())
        lengths = np.array([x.shape[0]] * x.shape[1], np.int64)
    else:
        padded, sizes = pad_packed_sequence(packed)
        x, lengths = padded.detach(), sizes.numpy()
    h0, c0 = _initial_state(module, hx, x)
    return Call(module, x, h0, c0, lengths, packed, result)


def _time_first(module: nn.RNNBase, given: Tensor) -> Tensor:
    if given.dim() == 2:
        return given.unsqueeze(1)
    return given.transpose(0, 1) if module.batch_first else given


def _by_layer(module: nn.RNNBase, state: Tensor) -> Tensor:
    batched = state if state.dim() == 3 else state.unsqueeze(1)
    directions = 2 if module.bidirectional else 1
    return batched.detach().reshape(module.num_layers, directions, *batched.shape[1:])


def _initial_state(module: nn.RNNBase, hx: Any, x: Tensor) -> tuple[Tensor, Tensor | None]:
    is_lstm = module.mode == "LSTM"
    if hx is not None:
        h0, c0 = hx if is_lstm else (hx, None)
        return _by_layer(module, h0), None if c0 is None else _by_layer(module, c0)
    shape = (module.num_layers, 2 if module.bidirectional else 1, x.shape[1])
    zeros = x.new_zeros(*shape, module.hidden_size)
    return zeros[..., : module.proj_size] if module.proj_size else zeros, zeros if is_lstm else None
