"""Calls of a user's own code: its errors are reported with its own traceback, and end nothing else."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from lstm_viz.errors import InvalidError
from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.subjects.errors import InvalidInputError, ModelError

R = TypeVar("R")

_OURS = str(Path(__file__).parents[1])


def call(where: str, function: Callable[[], R]) -> R:
    """Return the result of a user's code; raises `ModelError`, but MemoryError as it is."""
    with reported(where):
        return function()


@contextmanager
def reported(where: str) -> Iterator[None]:
    """Raise an error of a user's code within the block as a `ModelError`.

    ``where`` names the code: "encode", "decode", "forward". A text that an ``encode`` of ours refuses, with
    the reason, is an `InvalidInputError`.
    """
    try:
        yield
    except (ModelError, InvalidInputError):
        raise
    except InvalidError as error:
        raise InvalidInputError("input_refused", reason=error.reason) from None
    except (Exception, SystemExit) as error:  # SystemExit would end the engine
        if isinstance(error, Exception) and is_out_of_memory(error):
            raise
        raised = ModelError("model_raised", where=where, type=type(error).__name__, error=str(error))
        raised.traceback = "".join(
            traceback.format_exception(type(error), error, _from_their_code(error.__traceback__))
        )
        raise raised from None


def _from_their_code(found: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of this program at its start."""
    rest = found
    while rest is not None and rest.tb_frame.f_code.co_filename.startswith(_OURS):
        rest = rest.tb_next
    return found if rest is None else rest
