"""What every message is made of."""

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Cell = Literal["LSTM", "GRU", "RNN"]
#: A number of a question, or a count: exact as a float64 too.
Number = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
#: A place counted from 0, or a size: more than an int32 no sequence, layer or tensor has here.
Index = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
#: The same, or -1 for the last, or for none.
IndexOrLast = Annotated[int, msgspec.Meta(ge=-1, lt=2**31)]


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of everything that goes over the wire."""
