"""The ranking of an `Ablation`: the order of the units, the limits of the bars, and the totals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from lstm_viz.app.panels.attribution.targets import any_resolved, resolved, resolved_share
from lstm_viz.app.widgets.numerals import nice
from lstm_viz.cells import KINDS
from lstm_viz.messages import Ablation, Floats

Order = Literal["change", "unit"]
_MOST = 0.8  # of the total change: the summary says how many units account for it
_INVISIBLE = 0.01  # of all change: what may be missing from a displayed sum
_AS_SHOWN = tuple(symbol for kind in KINDS.values() for symbol in kind.order)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """An `Ablation` as displayed.

    Attributes
    ----------
    own : str
        The tag that the word has; another tag is a flip.
    changes, whole_gates, gates_of_units : array (H,), (G,) and (G, H)
        Those of the result, 0 for those below float32 resolution: no bar, and no rank.
    units : array (H,) of int
        From top to bottom; those below float32 resolution follow in their own order, and those not computed
        yet come last.
    gates : tuple of (str, int)
        The gates in the order of the heatmaps, and the index of each in the result.
    limit, gate_limit : float
        The limits of the bars of units and of gates: 1, 2 or 5 times a power of ten.
    """

    ablation: Ablation
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
        return self.ablation.done >= self.ablation.total

    @property
    def is_resolved(self) -> bool:
        """Whether there is a ranking: a change is resolved, or not all are computed yet."""
        resolution = self.ablation.resolution
        changes = (self.ablation.units, self.ablation.gates_of_units)
        return not self.is_done or any(any_resolved(values, resolution) for values in changes)

    def is_known(self, unit: int) -> bool:
        return bool(self.ablation.tags[unit])

    def change(self, unit: int) -> str:
        """Return the change in the score when a unit is ablated, as text; "…" if not computed yet."""
        return self._text(self.ablation.units[unit], self.limit) if self.is_known(unit) else "…"

    def gate_change(self, place: int, unit: int) -> str:
        """Return the same for the gate at an index of the result."""
        value = self.ablation.gates_of_units[place, unit]
        return self._text(value, self.limit) if self.has(place, unit) else "…"

    def whole_gate_change(self, place: int) -> str:
        """Return the same for the gate in all units."""
        is_known = bool(self.ablation.gate_tags[place])
        return self._text(self.ablation.whole_gates[place], self.gate_limit) if is_known else "…"

    def _text(self, value: float, limit: float) -> str:
        return resolved_share(float(value), limit, self.ablation.resolution)

    def has(self, place: int, unit: int) -> bool:
        """Return whether the change when this gate of this unit is ablated is computed."""
        gates, units = self.ablation.gates_of_units.shape
        return bool(self.ablation.done > units + gates + place * units + unit)

    def flip(self, unit: int) -> str:
        """Return the tag that the word gets when a unit is ablated, "" if it keeps its own."""
        tag = self.ablation.tags[unit]
        return "" if tag == self.own else tag

    def gate_flip(self, place: int) -> str:
        """Return the tag that the word gets when a gate is ablated in all units, "" if it keeps its own."""
        tag = self.ablation.gate_tags[place]
        return "" if tag == self.own else tag


def ranking(ablation: Ablation, own: str, order: Order) -> Ranking:
    """Return the ranking of a result."""
    places = sorted(range(len(ablation.gates)), key=lambda k: _AS_SHOWN.index(ablation.gates[k]))
    arrays = (ablation.units, ablation.whole_gates, ablation.gates_of_units)
    changes, whole_gates, gates_of_units = (resolved(values, ablation.resolution) for values in arrays)
    return Ranking(
        ablation=ablation,
        own=own,
        changes=changes,
        whole_gates=whole_gates,
        gates_of_units=gates_of_units,
        units=_ordered(changes, ablation.tags, order),
        gates=tuple((ablation.gates[k], k) for k in places),
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


def carriers(units: Floats, part: float = _MOST) -> int:
    """Return how many units, the largest first, account for this part of all |changes| or more."""
    sizes = _descending(units)
    total = sizes.sum()
    return int(np.searchsorted(sizes.cumsum(), part * total * (1 - 1e-9)) + 1) if total > 0 else 0


def share(units: Floats, few: int) -> float:
    """Return the part of the sum of all |changes| that the ``few`` largest account for."""
    sizes = _descending(units)
    return float(sizes[:few].sum() / sizes.sum())


def _descending(units: Floats) -> Floats:
    return np.sort(np.nan_to_num(np.abs(units), posinf=0))[::-1]


def is_sum_unresolved(ranking: Ranking) -> bool:
    """Return whether the units below float32 resolution may sum to a visible part of all change."""
    below = np.count_nonzero((ranking.changes == 0) & (ranking.ablation.units != 0))
    total = float(np.nansum(np.abs(ranking.changes)))
    return bool(below * ranking.ablation.resolution > _INVISIBLE * total)


def flips(ranking: Ranking) -> int:
    """Return how many units flip the word's tag when ablated alone."""
    return sum(bool(ranking.flip(unit)) for unit in range(len(ranking.units)))
