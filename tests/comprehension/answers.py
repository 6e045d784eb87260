"""Answers, and by how much each is ahead of the next: a question whose answer is close is no question."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Answer:
    """What a reader should answer.

    Attributes
    ----------
    text : str
        As the picture writes it.
    lead : float
        By how much the right answer is ahead of the next one, as a part of the range of all; 1 where there is
        no other to confuse it with.
    shown : tuple of str
        The texts that the picture must contain: without them the answer is not in it.
    """

    text: str
    lead: float = 1.0
    shown: tuple[str, ...] = ()


def largest(values: Mapping[str, float]) -> Answer:
    """Return the name of the largest value."""
    names = sorted(values, key=lambda name: values[name], reverse=True)
    first, second, last = (values[name] for name in (names[0], names[1], names[-1]))
    return Answer(names[0], (first - second) / (first - last), (names[0],))


def smallest(values: Mapping[str, float]) -> Answer:
    """Return the name of the smallest value."""
    return largest({name: -value for name, value in values.items()})


def strongest(values: Mapping[str, float]) -> Answer:
    """Return the name of the value that is farthest from 0."""
    return largest({name: abs(value) for name, value in values.items()})


def number(value: float, decimals: int, sign: bool = False) -> Answer:
    """Return a number as the window writes it: with a minus sign, not a hyphen.

    Its lead is its distance from where the last decimal changes.
    """
    text = f"{value:{'+' if sign else ''}.{decimals}f}".replace("-", "−")
    scaled = abs(value) * 10**decimals
    return Answer(text, float(abs(scaled - np.floor(scaled) - 0.5)), (text,))


def text(answer: str, *shown: str) -> Answer:
    """Return an answer that is a text; it and ``shown`` are to be seen in the picture."""
    return Answer(answer, 1.0, shown or (answer,))
