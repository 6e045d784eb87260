"""What a user's functions take and return: inputs with labels, outputs with names."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lstm_viz.text.token import Token


class Given(NamedTuple):
    """An input that was given to the subject: the arguments of the model, the sequence, the labels."""

    inputs: Any
    sequence: int = 0
    labels: tuple[str, ...] = ()


def labelled(found: Any) -> tuple[Any, tuple[str, ...]]:
    """Return what a user's function returned, and the texts that came with it."""
    if isinstance(found, tuple) and len(found) == 2 and _are_texts(found[1]):
        return found[0], tuple(found[1])
    return found, ()


def _are_texts(found: Any) -> bool:
    """Return whether a value is a list of str; an empty tuple may be an argument of the model."""
    is_list = isinstance(found, list) or (isinstance(found, tuple) and bool(found))
    return is_list and all(isinstance(one, str) for one in found)


def located(text: str, labels: Sequence[str]) -> tuple[Token, ...]:
    """Return the columns with their places in the text, as far as the labels are found in it in order."""
    tokens, end = list[Token](), 0
    for label in labels:
        start = text.find(label, end) if label else -1
        end = end if start < 0 else start + len(label)
        tokens.append(Token(label, end if start < 0 else start, end))
    return tuple(tokens)
