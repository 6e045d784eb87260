"""Modules on torch's "meta" device, where tensors have a shape and no memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

_RANDOM_INIT = frozenset(("normal_", "uniform_"))


@contextmanager
def meta_device() -> Iterator[None]:
    """Create modules on the meta device, whose parameters have shapes only."""
    with torch.device("meta"), _SkipRandomInit():
        yield


class _SkipRandomInit(TorchFunctionMode):
    """Skips the random initialization of new parameters.

    On "meta", random initialization imports torch._dynamo and sympy, which takes 2 s and 70 MiB.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func.__name__ in _RANDOM_INIT:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))
