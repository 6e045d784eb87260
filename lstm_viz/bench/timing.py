"""Comparison of two functions in one run: alternated, so that system load affects both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True)
class Goal:
    """The upper or lower bound of a ratio."""

    bound: Literal["≤", "≥"]
    ratio: float

    def __str__(self) -> str:
        return f"{self.bound} {self.ratio:g}"

    def holds(self, ratio: float) -> bool:
        """Return whether ``ratio`` is within the goal."""
        return ratio <= self.ratio if self.bound == "≤" else ratio >= self.ratio


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: the duration of A relative to B.

    Attributes
    ----------
    name : str
        The benchmark and its size.
    what : str
        The two functions, as "A / B".
    ratio, p95 : float
        Median and 95th percentile of A / B over the pairs.
    goal : str
        The goal as text, "" if there is none.
    ok : bool or None
        Whether the median, or with ``by_p95`` the 95th percentile, is within the goal.
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
    """Run A and B alternately, for about ``seconds`` and ``fewest`` to ``most`` pairs, and return the row."""
    duration(a), duration(b)
    once = duration(a) + duration(b)
    pairs = int(min(most, max(fewest, seconds / once)))
    return row(name, what, [(duration(a), duration(b)) for _ in range(pairs)], goal)


def row(
    name: str,
    what: str,
    pairs: Sequence[tuple[float, float]],
    goal: Goal | None = None,
    *,
    by_p95: bool = False,
) -> Row:
    """Return the row of measured pairs (seconds of A, seconds of B); the goal is for the median or p95."""
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


def counted(name: str, what: str, count: float, most: int) -> Row:
    """Return the row of a count, which does not depend on the machine, relative to its goal."""
    ratio, goal = count / most, Goal("≤", 1.0)
    return Row(name, f"{what} / {most:,}", ratio, ratio, str(goal), goal.holds(ratio), ms_a=0.0, ms_b=0.0)


def duration(function: Callable[[], object]) -> float:
    """Return how many seconds a call takes."""
    start = perf_counter()
    function()
    return perf_counter() - start
