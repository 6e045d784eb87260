"""The functions of torch that run recurrent modules, and their arguments."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import torch


@dataclass(frozen=True, slots=True)
class Kernel:
    """A function of torch that runs a recurrent module.

    Attributes
    ----------
    mode : str
        As ``nn.RNNBase.mode``: "LSTM", "GRU", "RNN_TANH" or "RNN_RELU".
    is_cell : bool
        Whether it computes one step, like ``nn.LSTMCell``, and not a sequence.
    """

    mode: str
    is_cell: bool

    def arguments(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by name."""
        names = _CELL if self.is_cell else _PACKED if _is_packed(args, kwargs) else _PADDED
        return dict(zip(names, args, strict=False)) | dict(kwargs)


_PADDED = (
    "input", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional", "batch_first",
)  # fmt: skip
_PACKED = (
    "data",
    "batch_sizes",
    "hx",
    "params",
    "has_biases",
    "num_layers",
    "dropout",
    "train",
    "bidirectional",
)
_CELL = ("input", "hx", "w_ih", "w_hh", "b_ih", "b_hh")


def _is_packed(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Return whether the input is a packed sequence: the second argument is a tensor of integers."""
    if "batch_sizes" in kwargs:
        return True
    second = args[1] if len(args) > 1 else None
    return isinstance(second, torch.Tensor) and not second.is_floating_point()


#: Every kernel by its function. ``torch.nn`` calls them as ``torch._VF.lstm``, which is the same object.
KERNELS: Mapping[Callable[..., Any], Kernel] = MappingProxyType(
    {
        torch.lstm: Kernel("LSTM", is_cell=False),
        torch.gru: Kernel("GRU", is_cell=False),
        torch.rnn_tanh: Kernel("RNN_TANH", is_cell=False),
        torch.rnn_relu: Kernel("RNN_RELU", is_cell=False),
        torch.lstm_cell: Kernel("LSTM", is_cell=True),
        torch.gru_cell: Kernel("GRU", is_cell=True),
        torch.rnn_tanh_cell: Kernel("RNN_TANH", is_cell=True),
        torch.rnn_relu_cell: Kernel("RNN_RELU", is_cell=True),
    }
)


def runs_on_onednn(kernel: Kernel, arguments: Mapping[str, Any]) -> bool:
    """Return whether torch runs a call on oneDNN, as for ``nn.LSTM`` in float32 on the CPU."""
    if kernel.is_cell or kernel.mode != "LSTM" or "batch_sizes" in arguments:
        return False
    x, (h, c) = arguments["input"], arguments["hx"]
    projects = h.shape[-1] != c.shape[-1]
    return (
        not projects
        and x.dtype == torch.float32
        and x.device.type == "cpu"
        and x.numel() > 0
        and torch._C._has_mkldnn
        and torch._C._get_mkldnn_enabled()
        and not torch.is_autocast_enabled("cpu")
    )
