"""A copy of the arguments and the result of a kernel call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from lstm_viz.tracing.workspace import Contents, Workspace


@dataclass(frozen=True, slots=True, eq=False)
class RecordedCall:
    """One call of a kernel, in the shapes of the kernel.

    Attributes
    ----------
    mode : str
        As `Kernel.mode`.
    data : Tensor
        (T, B, I), (B, T, I) where ``batch_first``, or the data of a packed sequence.
    batch_sizes : Tensor or None
        Of a packed sequence.
    unsorted : Tensor or None
        The index of each of the caller's sequences in the kernel's batch, if that was sorted.
    state, final : tuples of Tensor (L·D, B, H)
        h, of an LSTM h and c, before the first step and after the last.
    output : Tensor
        h of the last layer, in the form of ``data``.
    weights : tuple of Tensor, or None
        In torch's order. None where oneDNN's workspace has the gates in a known layout.
    layers, directions : int
    has_biases, batch_first : bool
    dropout : float
        The dropout probability between layers.
    random_state : Tensor or None
        The CPU generator's state before the call, where there was dropout.
    precision : torch.dtype
        The precision of the computation, which under autocast is not that of the tensors.
    on_onednn : bool
        Whether oneDNN computed it.
    kept : list of Workspace or of Contents, or None
        The workspaces of every layer and direction that oneDNN kept for the backward pass, if any.
    cells : Tensor (T, B, H) or None
        c after every step, where torch returned it: in a loop over ``nn.LSTMCell``.
    """

    mode: str
    data: Tensor
    batch_sizes: Tensor | None
    unsorted: Tensor | None
    state: tuple[Tensor, ...]
    output: Tensor
    final: tuple[Tensor, ...]
    weights: tuple[Tensor, ...] | None
    layers: int
    directions: int
    has_biases: bool
    precision: torch.dtype
    batch_first: bool = False
    dropout: float = 0.0
    random_state: Tensor | None = None
    on_onednn: bool = False
    kept: Sequence[Workspace | Contents] | None = None
    cells: Tensor | None = None

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """The shape of a quantity: L, D, T, B, H."""
        hidden = self.state[-1].shape[-1]
        if self.batch_sizes is not None:
            steps, batch = len(self.batch_sizes), self.state[0].shape[1]
        else:
            steps = self.data.shape[1 if self.batch_first else 0]
            batch = self.data.shape[0 if self.batch_first else 1]
        return self.layers, self.directions, steps, batch, hidden

    def settled(self) -> Self:
        """Return the call without oneDNN's workspaces, which are three times as large as their contents."""
        if self.kept is None:
            return self
        return replace(self, kept=[k.copied() if isinstance(k, Workspace) else k for k in self.kept])
