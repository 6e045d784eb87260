"""Two ways against each other in one run: alternated, so that a busy moment hits both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ratio should be: at most, or at least, this much."""

    bound: Literal["≤", "≥"]
    ratio: float

    def __str__(self) -> str:
        return f"{self.bound} {self.ratio:g}"

    def holds(self, ratio: float) -> bool:
        """Return whether ``ratio`` is within the goal."""
        return ratio <= self.ratio if self.bound == "≤" else ratio >= self.ratio


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: how long A takes in times of B.

    Attributes
    ----------
    name : str
        What was measured, and at which size.
    what : str
        The two ways, as "A / B".
    ratio, p95 : float
        Median and 95th percentile of A / B over the pairs.
    goal : str
        The goal in words, "" where there is none.
    ok : bool or None
        Whether the median, or where a line says so p95, is within the goal.
    ms_a, ms_b : float
        Medians in milliseconds.
    """

    name: str
    what: str
    ratio: float
    p95: float
    goal: str
    ok: bool | None
    ms_a: float
    ms_b: float


def compare(
    name: str,
    what: str,
    a: Callable[[], object],
    b: Callable[[], object],
    *,
    goal: Goal | None = None,
    seconds: float = 1.0,
    fewest: int = 5,
    most: int = 300,
) -> Row:
    """Run A and B alternately, for about ``seconds`` and ``fewest`` to ``most`` pairs, and compare them."""
    _seconds(a), _seconds(b)
    once = _seconds(a) + _seconds(b)
    pairs = int(min(most, max(fewest, seconds / once)))
    return row(name, what, [(_seconds(a), _seconds(b)) for _ in range(pairs)], goal)


def row(
    name: str,
    what: str,
    pairs: Sequence[tuple[float, float]],
    goal: Goal | None = None,
    *,
    by_p95: bool = False,
) -> Row:
    """Return the line for measured pairs (seconds of A, seconds of B), judged by the median or by p95."""
    times = np.array(pairs)
    ratios = times[:, 0] / times[:, 1]
    ratio, p95 = float(np.median(ratios)), float(np.percentile(ratios, 95))
    ms_a, ms_b = (float(ms) for ms in np.median(times, axis=0) * 1e3)
    return Row(
        name=name,
        what=what,
        ratio=ratio,
        p95=p95,
        goal="" if goal is None else str(goal),
        ok=None if goal is None else goal.holds(p95 if by_p95 else ratio),
        ms_a=ms_a,
        ms_b=ms_b,
    )


def _seconds(function: Callable[[], object]) -> float:
    start = perf_counter()
    function()
    return perf_counter() - start
