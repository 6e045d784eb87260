"""An exception in a Qt override must reach a person, not kill the program.

On Python 3.11 an exception that leaves a nested Qt override (`event` → `closeEvent`) is a segmentation
fault, and everywhere else it is a line on a terminal that nobody reads. `guarded` hands it to
``sys.excepthook``, where the window's panel waits.
"""

import functools
import sys
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


def guarded(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Wrap a Qt override: what it raises is reported, and Qt gets None (for a bool: False)."""

    @functools.wraps(method)
    def wrapper(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except Exception:
            sys.excepthook(*sys.exc_info())
            return _nothing(method)

    return wrapper


def _nothing(method: Callable[..., R]) -> R:
    return False if method.__annotations__.get("return") in (bool, "bool") else None  # type: ignore[return-value]
