"""What the panel shows of an `Ablated`: which unit is on top, where the bars end, what it all adds up to."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from lstm_viz.app.sentence.numerals import nice, share
from lstm_viz.app.theme import ORDER
from lstm_viz.messages import Ablated, Floats

Order = Literal["change", "unit"]
#: The share of all change that a few units are said to make.
SHARE = 0.8
_AS_SHOWN = tuple(name for names in ORDER.values() for name in names)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """An `Ablated` as it is shown.

    Attributes
    ----------
    own : str
        The tag that the word has: the others are where it flips.
    units : array (H,) of int
        From top to bottom; those of which nothing is known yet come last.
    gates : tuple of (str, int)
        The gates in the order of the heatmaps, and where each is in the answer.
    limit, gate_limit : float
        Where the bars of the units end, and those of whole gates: 1, 2 or 5 times a power of ten.
    """

    ablated: Ablated
    own: str
    units: npt.NDArray[np.intp]
    gates: tuple[tuple[str, int], ...]
    limit: float
    gate_limit: float

    @property
    def is_done(self) -> bool:
        return self.ablated.done >= self.ablated.total

    def is_known(self, unit: int) -> bool:
        return bool(self.ablated.tags[unit])

    def change(self, unit: int) -> str:
        """Return the change in the score without a unit, as text; "…" where it is not known yet."""
        return share(float(self.ablated.units[unit]), self.limit) if self.is_known(unit) else "…"

    def gate_change(self, place: int, unit: int) -> str:
        """Return the same for the gate at a place of the answer."""
        return (
            share(float(self.ablated.gates_of_units[place, unit]), self.limit)
            if self.has(place, unit)
            else "…"
        )

    def has(self, place: int, unit: int) -> bool:
        """Tell whether it is known what becomes of the score without this gate of this unit."""
        gates, units = self.ablated.gates_of_units.shape
        return bool(self.ablated.done > units + gates + place * units + unit)

    def flip(self, unit: int) -> str:
        """Return the tag that the word gets without a unit, "" where it keeps its own."""
        tag = self.ablated.tags[unit]
        return "" if tag == self.own else tag

    def gate_flip(self, place: int) -> str:
        """Return the tag that the word gets without a whole gate, "" where it keeps its own."""
        tag = self.ablated.gate_tags[place]
        return "" if tag == self.own else tag


def ranking(ablated: Ablated, own: str, order: Order) -> Ranking:
    """Return how an answer is shown."""
    places = sorted(range(len(ablated.gates)), key=lambda k: _AS_SHOWN.index(ablated.gates[k]))
    return Ranking(
        ablated,
        own,
        _ordered(ablated, order),
        tuple((ablated.gates[k], k) for k in places),
        nice(largest(ablated.units, ablated.gates_of_units)),
        nice(largest(ablated.whole_gates)),
    )


def _ordered(ablated: Ablated, order: Order) -> npt.NDArray[np.intp]:
    units = np.arange(len(ablated.units))
    if order == "unit":
        return units
    known = np.array([bool(tag) for tag in ablated.tags])
    return np.lexsort((units, -np.nan_to_num(np.abs(ablated.units)), ~known))


def largest(*changes: Floats) -> float:
    """Return the largest finite change, whatever its sign; 0 where there is none."""
    return max((float(np.abs(a[np.isfinite(a)]).max(initial=0)) for a in changes), default=0.0)


def carriers(units: Floats, part: float = SHARE) -> int:
    """Return how many units, the largest first, make this part of the sum of all |changes|."""
    sizes = np.sort(np.nan_to_num(np.abs(units), posinf=0))[::-1]
    total = sizes.sum()
    return int(np.searchsorted(sizes.cumsum(), part * total * (1 - 1e-9)) + 1) if total > 0 else 0


def flips(ranking: Ranking) -> int:
    """Return how many units change the word's tag, each by itself."""
    return sum(bool(ranking.flip(unit)) for unit in range(len(ranking.units)))
