"""Copies of the weights of recorded calls."""

from collections.abc import Sequence

import torch
from torch import Tensor


class WeightCopies:
    """The latest copy of the weights of every module; the steps of a loop share it.

    Neither the address nor the version counter of a tensor reveals every write: those through ``.data`` and
    to inference tensors are not counted. So the numbers themselves are compared.
    """

    def __init__(self) -> None:
        self._latest: dict[str, tuple[Tensor, ...]] = {}

    def of(self, owner: str, weights: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Return a copy of the current weights of the module at the path ``owner``."""
        latest = self._latest.get(owner, ())
        if len(latest) != len(weights) or not all(map(_same, latest, weights)):
            latest = self._latest[owner] = tuple(w.detach().clone() for w in weights)
        return latest


def _same(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.device == b.device and torch.equal(a, b)
