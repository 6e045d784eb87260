"""Reports exceptions in Qt overrides in the window.

On Python 3.11 an exception that leaves a nested Qt override (`event` → `closeEvent`) is a segmentation
fault, and elsewhere only a traceback on the terminal. `guarded` passes it to ``sys.excepthook``, from where
the window's error panel shows it.
"""

import functools
import sys
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")


def guarded(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Wrap a Qt override: its exceptions are reported, and it returns None then (False for a bool)."""

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
