"""What the panel shows of an `Ablated`: which unit is on top, where the bars end, what it all adds up to."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from lstm_viz.app.sentence.numerals import nice
from lstm_viz.app.sentence.targets import any_resolved, resolved, resolved_share
from lstm_viz.app.theme import ORDER
from lstm_viz.messages import Ablated, Floats

Order = Literal["change", "unit"]
#: The share of all change that a few units are said to make.
SHARE = 0.8
_HARDLY = 0.01  # of all change: what may be missing from a sum that is shown
_AS_SHOWN = tuple(name for names in ORDER.values() for name in names)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """An `Ablated` as it is shown.

    Attributes
    ----------
    own : str
        The tag that the word has: the others are where it flips.
    changes, whole_gates, gates_of_units : array (H,), (G,) and (G, H)
        Those of the answer, 0 for those below float32 resolution: no bar, and no place in the order.
    units : array (H,) of int
        From top to bottom; those below float32 resolution stand in their own order below the others, and
        those of which nothing is known yet come last.
    gates : tuple of (str, int)
        The gates in the order of the heatmaps, and where each is in the answer.
    limit, gate_limit : float
        Where the bars of the units end, and those of whole gates: 1, 2 or 5 times a power of ten.
    """

    ablated: Ablated
    own: str
    changes: Floats
    whole_gates: Floats
    gates_of_units: Floats
    units: npt.NDArray[np.intp]
    gates: tuple[tuple[str, int], ...]
    limit: float
    gate_limit: float

    @property
    def is_done(self) -> bool:
        return self.ablated.done >= self.ablated.total

    @property
    def is_resolved(self) -> bool:
        """Whether there is a ranking: a change is resolved, or not all are known yet."""
        resolution = self.ablated.resolution
        changes = (self.ablated.units, self.ablated.gates_of_units)
        return not self.is_done or any(any_resolved(values, resolution) for values in changes)

    def is_known(self, unit: int) -> bool:
        return bool(self.ablated.tags[unit])

    def change(self, unit: int) -> str:
        """Return the change in the score without a unit, as text; "…" where it is not known yet."""
        return self._text(self.ablated.units[unit], self.limit) if self.is_known(unit) else "…"

    def gate_change(self, place: int, unit: int) -> str:
        """Return the same for the gate at a place of the answer."""
        value = self.ablated.gates_of_units[place, unit]
        return self._text(value, self.limit) if self.has(place, unit) else "…"

    def whole_gate_change(self, place: int) -> str:
        """Return the same for the gate in all units."""
        is_known = bool(self.ablated.gate_tags[place])
        return self._text(self.ablated.whole_gates[place], self.gate_limit) if is_known else "…"

    def _text(self, value: float, limit: float) -> str:
        return resolved_share(float(value), limit, self.ablated.resolution)

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
    arrays = (ablated.units, ablated.whole_gates, ablated.gates_of_units)
    changes, whole_gates, gates_of_units = (resolved(values, ablated.resolution) for values in arrays)
    return Ranking(
        ablated=ablated,
        own=own,
        changes=changes,
        whole_gates=whole_gates,
        gates_of_units=gates_of_units,
        units=_ordered(changes, ablated.tags, order),
        gates=tuple((ablated.gates[k], k) for k in places),
        limit=nice(largest(changes, gates_of_units)),
        gate_limit=nice(largest(whole_gates)),
    )


def _ordered(changes: Floats, tags: tuple[str, ...], order: Order) -> npt.NDArray[np.intp]:
    units = np.arange(len(changes))
    if order == "unit":
        return units
    known = np.array([bool(tag) for tag in tags])
    return np.lexsort((units, -np.nan_to_num(np.abs(changes)), ~known))


def largest(*changes: Floats) -> float:
    """Return the largest finite change, whatever its sign; 0 where there is none."""
    return max((float(np.abs(a[np.isfinite(a)]).max(initial=0)) for a in changes), default=0.0)


def carriers(units: Floats, part: float = SHARE) -> int:
    """Return how many units, the largest first, make this part of the sum of all |changes|."""
    sizes = np.sort(np.nan_to_num(np.abs(units), posinf=0))[::-1]
    total = sizes.sum()
    return int(np.searchsorted(sizes.cumsum(), part * total * (1 - 1e-9)) + 1) if total > 0 else 0


def is_sum_unresolved(ranking: Ranking) -> bool:
    """Return whether the units below float32 resolution may together make a visible part of all change."""
    below = np.count_nonzero((ranking.changes == 0) & (ranking.ablated.units != 0))
    total = float(np.nansum(np.abs(ranking.changes)))
    return bool(below * ranking.ablated.resolution > _HARDLY * total)


def flips(ranking: Ranking) -> int:
    """Return how many units change the word's tag, each by itself."""
    return sum(bool(ranking.flip(unit)) for unit in range(len(ranking.units)))
