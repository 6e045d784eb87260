"""Modules without numbers: on torch's "meta" device, where tensors have a shape and no memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

_DRAWING = frozenset(("normal_", "uniform_"))


@contextmanager
def without_numbers() -> Iterator[None]:
    """Create modules whose parameters have shapes only."""
    with torch.device("meta"), _Undrawn():
        yield


class _Undrawn(TorchFunctionMode):
    """Leaves out the random numbers of new parameters.

    On "meta", to draw them imports torch._dynamo and sympy, which takes 2 s and 70 MiB.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func.__name__ in _DRAWING:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))
