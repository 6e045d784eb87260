"""What a user's functions take and return: inputs with labels, outputs with names.

Shapes: T columns, F features of a column.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_viz.ordinals import ordinal
from lstm_viz.subjects.axes import Axes
from lstm_viz.text.token import Token
from lstm_viz.tracing.portable import as_array

_MOST_FEATURES = 1024


class Given(NamedTuple):
    """An input that was given to the subject.

    Attributes
    ----------
    inputs
        The arguments of the model.
    sequence : int
        Its index in the batch.
    labels : tuple of str
        Of the columns; none for their numbers, see `numbered`.
    length : int
        The number of its steps; 0 where that is not known.
    """

    inputs: Any
    sequence: int = 0
    labels: tuple[str, ...] = ()
    length: int = 0


def numbered(columns: int) -> tuple[str, ...]:
    """Return the labels of columns that have none of their own: their numbers, as they are counted."""
    return tuple(str(ordinal(column)) for column in range(columns))


def labelled(found: Any) -> tuple[Any, tuple[str, ...]]:
    """Return what a user's function returned, and the texts that came with it."""
    if isinstance(found, tuple) and len(found) == 2 and _are_texts(found[1]):
        return found[0], tuple(found[1])
    return found, ()


def _are_texts(found: Any) -> bool:
    """Return whether a value is a list of str; an empty tuple may be an argument of the model."""
    is_list = isinstance(found, list) or (isinstance(found, tuple) and bool(found))
    return is_list and all(isinstance(one, str) for one in found)


def real_vectors(
    inputs: Any, axes: Axes, read: Sequence[npt.NDArray[Any]], *, batch_first: bool
) -> Tensor | None:
    """Return the real vectors (T, F) of the columns among the arguments of a model; None without any.

    Where the shape fits both orders of the axes it is that of what a recurrent module ``read`` (T, I), else
    ``batch_first`` says which.
    """
    for tensor in _tensors(inputs):
        orders = _of_columns(tensor, axes) if tensor.is_floating_point() else []
        if orders and orders[0].shape[1] <= _MOST_FEATURES:
            known = [order for order in orders if any(_is_same(order, one) for one in read)]
            return (known or [orders[0 if batch_first else -1]])[0].detach()
    return None


def _is_same(order: Tensor, read: npt.NDArray[Any]) -> bool:
    return tuple(order.shape) == read.shape and np.allclose(as_array(order), read, rtol=0, atol=1e-5)


def _of_columns(tensor: Tensor, axes: Axes) -> list[Tensor]:
    """Return what of a tensor are vectors, or single numbers, of the columns."""
    return axes.columns(tensor) or axes.columns(tensor[..., None])


def _tensors(inputs: Any) -> Iterator[Tensor]:
    """Yield the tensors among arguments; a packed sequence is padded, batch first."""
    if isinstance(inputs, PackedSequence):
        yield pad_packed_sequence(inputs, batch_first=True)[0]
    elif isinstance(inputs, Tensor):
        yield inputs
    elif isinstance(inputs, tuple | list | dict):
        for one in inputs.values() if isinstance(inputs, dict) else inputs:
            yield from _tensors(one)


def located(text: str, labels: Sequence[str]) -> tuple[Token, ...]:
    """Return the columns with their places in the text, as far as the labels are found in it in order."""
    tokens, end = list[Token](), 0
    for label in labels:
        start = text.find(label, end) if label else -1
        end = end if start < 0 else start + len(label)
        tokens.append(Token(label, end if start < 0 else start, end))
    return tuple(tokens)
