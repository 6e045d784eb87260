"""Base classes and common types of the messages."""

from typing import Annotated, Any, Generic, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
#: The number of a request, or a count: exactly representable as a float64.
Number = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
#: An index from 0, or a size: no sequence, layer or tensor exceeds an int32.
Index = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
#: In place of a tag where a score is not a number.
NO_NUMBER = "NaN"
#: An index, or -1 for the last one, or for none.
IndexOrLast = Annotated[int, msgspec.Meta(ge=-1, lt=2**31)]


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base class of all messages."""


class Result(Message, frozen=True):
    """Base class of the results of queries."""

    @property
    def is_partial(self) -> bool:
        """Whether another result of the same request follows, or its failure."""
        return False


R_co = TypeVar("R_co", bound=Result, covariant=True)


class Query(Message, Generic[R_co], frozen=True):
    """Base class of the queries with results of type ``R_co``."""
