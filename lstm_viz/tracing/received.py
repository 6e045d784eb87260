"""What a kernel received and gave back, copied before anybody can change it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from lstm_viz.tracing.workspace import Kept, Workspace


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """One call of a kernel, in the shapes that the kernel has.

    Attributes
    ----------
    mode : str
        As `Kernel.mode`.
    data : Tensor
        (T, B, I), (B, T, I) where ``batch_first``, or the data of a packed sequence.
    batch_sizes : Tensor or None
        How many sequences go on at each step, of a packed sequence.
    unsorted : Tensor or None
        Where each of the caller's sequences lies in the kernel's batch, if the caller sorted them.
    state, final : tuples of Tensor (L·D, B, H)
        h, of an LSTM h and c, before the first step and after the last.
    output : Tensor
        h of the last layer, in the form of ``data``.
    weights : tuple of Tensor, or None
        In torch's order. None where oneDNN's workspace has the gates, and lies as others of its size do.
    layers, directions : int
    has_biases, batch_first : bool
    dropout : float
        The probability with which units were dropped between layers; 0 where none were.
    random_state : Tensor or None
        The CPU generator's state before the call, where units were dropped.
    precision : torch.dtype
        In which it was computed: under autocast not that of the tensors.
    on_onednn : bool
        Whether oneDNN computed it.
    kept : list of Workspace or of Kept, or None
        What oneDNN kept of every layer and direction for the backward pass, if it did.
    cells : Tensor (T, B, H) or None
        c after every step, where torch gave it: in a loop over ``nn.LSTMCell``.
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
    kept: Sequence[Workspace | Kept] | None = None
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
        """Return the same without oneDNN's workspaces, which are three times what is read from them."""
        if self.kept is None:
            return self
        return replace(self, kept=[k.copied() if isinstance(k, Workspace) else k for k in self.kept])
