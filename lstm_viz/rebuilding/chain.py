"""An embedding, recurrent modules that read one another, and a readout, as one module.

Shapes: T steps, B sequences, I input size, D directions, H units, K outputs.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lstm_viz.opening.notes import Pooling

RecurrentModule = nn.RNNBase | nn.RNNCellBase


class Chain(nn.Module):
    """Modules in the order in which they read one another, under the paths that they had in their model.

    Parameters
    ----------
    modules : sequence of (str, nn.Module)
        Paths and modules, in order.
    batch_first : bool
        Whether B comes before T, as in the recurrent modules.
    pooling : Pooling
        What the readout reads.
    """

    def __init__(
        self,
        modules: Sequence[tuple[str, nn.Module]],
        *,
        batch_first: bool = False,
        pooling: Pooling = "steps",
    ) -> None:
        super().__init__()
        self._in_order = tuple(module for _, module in modules)
        self._time, self._pooling = 1 if batch_first else 0, pooling
        for path, module in sorted(modules, key=lambda one: one[0].count(".")):
            _place(self, path, module)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the outputs (T, B, K), with pooling (B, K); without a readout the hidden states (T, B, D·H).

        Parameters
        ----------
        inputs : int Tensor (T, B), or Tensor (T, B, I) without an embedding
        """
        x = inputs
        for module in self._in_order:
            x = self._run(module, x)
        return x

    def _run(self, module: nn.Module, x: Tensor) -> Tensor:
        if isinstance(module, nn.RNNCellBase):
            return self._loop(module, x)
        output = module(self._pooled(x) if isinstance(module, nn.Linear) else x)
        read: Tensor = output[0] if isinstance(module, nn.RNNBase) else output
        return read

    def _pooled(self, x: Tensor) -> Tensor:
        """Return what the readout reads of the hidden states (T, B, D·H)."""
        if self._pooling == "steps":
            return x
        if self._pooling == "mean":
            return x.mean(self._time)
        if self._pooling == "max":
            return x.amax(self._time)
        last, first = x.select(self._time, -1), x.select(self._time, 0)
        recurrent = self._in_order[-2]
        if self._pooling == "last" or not getattr(recurrent, "bidirectional", False):
            return last
        return torch.cat((last.chunk(2, -1)[0], first.chunk(2, -1)[1]), -1)

    def _loop(self, cell: nn.RNNCellBase, x: Tensor) -> Tensor:
        """Return the hidden states of a cell over all steps."""
        state, states = None, list[Tensor]()
        for step in x.unbind(self._time):
            state = cell(step, state)
            states.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(states, self._time)


def _place(root: nn.Module, path: str, module: nn.Module) -> None:
    """Put a module at its path below another one."""
    above, last = _names(path)
    place = root
    for name in above:
        inner = place._modules.get(name)
        if inner is None:
            inner = nn.Module()
            place.add_module(_free(place, name), inner)
        place = inner
    place.add_module(_free(place, last), module)


def _names(path: str) -> tuple[Sequence[str], str]:
    *above, last = (name or "_" for name in path.split("."))
    return above, last


def _free(place: nn.Module, name: str) -> str:
    """Return a name that no attribute of a module has."""
    while hasattr(place, name):
        name += "_"
    return name
