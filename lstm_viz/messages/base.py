"""What every message is made of."""

from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Cell = Literal["LSTM", "GRU", "RNN"]


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of everything that goes over the wire."""
