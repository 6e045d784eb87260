"""Two readings on the same columns: before and after an edit, or of two sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Literal

import numpy as np
import numpy.typing as npt

from lstm_viz.messages import Floats, Reading, View, Word
from lstm_viz.text.alignment import pairs

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Side = Literal["first", "second"]
SIDES: tuple[Side, Side] = ("first", "second")
#: A column: the index of its word in the first and in the second reading; None where one has no such word.
Slot = tuple[int | None, int | None]
#: The limits of a scale of differences: the first of these that is not below the largest difference is used.
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
#: Smaller differences are rounding.
ROUNDING = 1e-5
#: Two values differ in a heatmap if their difference, with two digits, is not 0.
SHOWN = 0.005
#: Why there is no difference: the columns are characters, or no quantity has as many units in both.
NoDifferenceReason = Literal["", "characters", "sizes"]


@dataclass(frozen=True, eq=False, slots=True)
class AlignedQuantity:
    """A quantity on S slots: ``values`` is (S, H), and ``present`` (S,) is where there are any."""

    values: Floats
    present: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Distances:
    """How far the hidden states of two readings are apart at each of S slots.

    Attributes
    ----------
    values : array (S,)
        Max |Δh| over the units, NaN if any is; 0 where a reading has no such word.
    units : array (S,)
        The unit with the largest.
    present : array (S,)
        Where both readings have a word.
    scale : float
        The limit of a scale that holds all of them.
    """

    values: Floats
    units: Indices
    present: Bools
    scale: float

    @property
    def farthest(self) -> int:
        """The slot with the largest, or with the first NaN."""
        return int(self.values.argmax())

    @property
    def is_rounding(self) -> bool:
        """Whether none is more than rounding; NaN is."""
        return bool((self.values < ROUNDING).all())


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two readings, and which of their words share a column.

    ``edited`` is whether they are of one sentence and model, before (first) and after (second) the
    interventions; else they are compared: A is the first, B the second.
    """

    first: Reading
    second: Reading
    slots: tuple[Slot, ...]
    edited: bool

    # ------------------------------------------------------------ places

    def word(self, side: Side, slot: int) -> Word | None:
        """Return the word of one side in a column."""
        place = self.slots[slot][SIDES.index(side)] if 0 <= slot < len(self.slots) else None
        return None if place is None else self.of(side).words[place]

    def of(self, side: Side) -> Reading:
        return self.first if side == "first" else self.second

    @cached_property
    def columns_of_first(self) -> tuple[int, ...]:
        """The column of each word of the first reading."""
        return tuple(k for k, (a, _) in enumerate(self.slots) if a is not None)

    def slot(self, step: int) -> int:
        """Return the column of a word of the first reading."""
        return self.columns_of_first[step] if 0 <= step < len(self.columns_of_first) else 0

    @cached_property
    def _places(self) -> dict[Side, Indices]:
        """Each slot's column in the view of either side, -1 where there is none."""
        table = np.array([(-1 if a is None else a, -1 if b is None else b) for a, b in self.slots], np.intp)
        return {"first": table[:, 0], "second": table[:, 1]}

    # ------------------------------------------------------------ numbers

    def values(self, side: Side, name: str) -> AlignedQuantity | None:
        """Return a quantity of one side on the slots, None if its cell does not have it."""
        view = self.of(side).view
        values = _quantity(view, name) if view else None
        return None if values is None else _on_slots(values, self._places[side])

    def difference(self, name: str) -> AlignedQuantity | None:
        """Return second − first where both exist; None if their numbers of units differ."""
        if name not in self._differences:
            self._differences[name] = self._subtracted(name)
        return self._differences[name]

    @cached_property
    def _differences(self) -> dict[str, AlignedQuantity | None]:
        """The cache of `difference`: each is used by several panels."""
        return {}

    def scale(self, name: str) -> float:
        """Return the limit of a quantity's difference."""
        return self.scales.get(name, STEPS[0])

    @cached_property
    def scales(self) -> dict[str, float]:
        """The limit of the difference of each quantity: the step that holds its largest one."""
        return {name: _step(self._apart(name)) for name in (*self.shared, "x")}

    @cached_property
    def alike(self) -> bool:
        """Whether no value differs by more than rounding; NaN on one side only is a difference."""
        sheets = [sheet for name in self.shared if (sheet := self.difference(name)) is not None]
        return all((np.abs(sheet.values) < ROUNDING).all() for sheet in sheets)

    def _apart(self, name: str) -> float:
        """Return the largest |Δ| of a quantity, NaN excluded."""
        sheet = self.difference(name)
        if sheet is None or not sheet.values.size:
            return 0.0
        largest = max(float(sheet.values.max()), -float(sheet.values.min()))
        if isfinite(largest):
            return largest
        return float(np.max(np.abs(sheet.values), where=np.isfinite(sheet.values), initial=0.0))

    def _subtracted(self, name: str) -> AlignedQuantity | None:
        a, b = self.values("first", name), self.values("second", name)
        if a is None or b is None or a.values.shape != b.values.shape:
            return None
        present = a.present & b.present
        with np.errstate(invalid="ignore"):  # ∞ − ∞ is NaN, and is shown as such
            values = b.values - a.values
        if not present.all():
            values[~present] = 0
        return AlignedQuantity(values, present)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The quantities of either side, in the order of the first's equations; h is last."""
        mine, others = (self._order(side) for side in SIDES)
        more = tuple(name for name in others if name not in mine)
        return (*mine[:-1], *more, mine[-1])

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """The quantities that have a difference."""
        return tuple(name for name in self.names if self._rows("first", name) == self._rows("second", name))

    @cached_property
    def no_difference_reason(self) -> NoDifferenceReason:
        if not self.by_words:
            return "characters"
        return "" if self.shared else "sizes"

    @cached_property
    def by_words(self) -> bool:
        """Whether the columns are words on both sides: else they are not aligned."""
        views = (self.first.view, self.second.view)
        return all(view is not None and not view.module.own_columns for view in views)

    @cached_property
    def distances(self) -> Distances | None:
        """Max |Δh| over the units, by column; None without a difference."""
        sheet = self.difference("h") if self.by_words and "h" in self.shared else None
        if sheet is None or not sheet.present.any():
            return None
        sizes = np.abs(sheet.values)
        return Distances(sizes.max(axis=1), sizes.argmax(axis=1), sheet.present, self.scale("h"))

    @property
    def largest(self) -> float | None:
        """The largest |Δh| over the common columns: NaN if any is, None without a difference."""
        found = self.distances
        return None if found is None else float(found.values[found.farthest])

    def has_changed(self, name: str) -> Bools | None:
        """Return where (S, H) a quantity differs by at least `SHOWN`; NaN on one side only does too."""
        sheet = self.difference(name)
        return None if sheet is None else ~(np.abs(sheet.values) < SHOWN)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tags of both, the first's before the second's: a tag's index is its colour on either side."""
        return tuple(dict.fromkeys((*self.first.model.tags, *self.second.model.tags)))

    @cached_property
    def flips(self) -> tuple[int, ...]:
        """The columns whose word has another tag in the second reading."""
        a, b = self.first.words, self.second.words
        return tuple(
            k
            for k, (i, j) in enumerate(self.slots)
            if i is not None and j is not None and a[i].tag != b[j].tag
        )

    def _order(self, side: Side) -> tuple[str, ...]:
        view = self.of(side).view
        return view.module.kind.order if view else ("h",)

    def _rows(self, side: Side, name: str) -> int:
        """Return the number of units of a quantity; if missing, 0 or -1, so that the sides never agree."""
        view = self.of(side).view
        values = _quantity(view, name) if view else None
        return -SIDES.index(side) if values is None else int(values.shape[1])


def edited(reading: Reading) -> Comparison | None:
    """Return the comparison of a reading before and after the interventions, None without any."""
    before = reading.unedited
    if before is None or not reading.words or len(before.words) != len(reading.words):
        return None
    return Comparison(before, reading, tuple((k, k) for k in range(len(reading.words))), edited=True)


def compared(first: Reading, second: Reading) -> Comparison | None:
    """Return the comparison of two readings with their words aligned; None where one has no words."""
    if not first.words or not second.words:
        return None
    slots = aligned([word.text for word in first.words], [word.text for word in second.words])
    return Comparison(first, second, slots, edited=False)


def aligned(first: Sequence[str], second: Sequence[str]) -> tuple[Slot, ...]:
    """Return which words share a column; the common prefix and suffix are matched without a search."""
    shorter = min(len(first), len(second))
    start = next((k for k in range(shorter) if first[k] != second[k]), shorter)
    room = shorter - start
    end = next((k for k in range(room) if first[-1 - k] != second[-1 - k]), room)
    a_end, b_end = len(first) - end, len(second) - end
    between = pairs(first[start:a_end], second[start:b_end])
    return (
        *((k, k) for k in range(start)),
        *((_shifted(a, start), _shifted(b, start)) for a, b in between),
        *((a_end + k, b_end + k) for k in range(end)),
    )


def _shifted(place: int | None, by: int) -> int | None:
    return None if place is None else place + by


def _step(apart: float) -> float:
    """Return the limit of a scale for ``apart``; values beyond the last limit have its last colour."""
    return next((step for step in STEPS if apart <= step + ROUNDING), STEPS[-1])


def _quantity(view: View, name: str) -> Floats | None:
    return view.x if name == "x" else view.quantities.get(name)


def _on_slots(values: Floats, places: Indices) -> AlignedQuantity:
    present = places >= 0
    if len(places) == len(values) and present.all():
        return AlignedQuantity(values, present)
    taken: Floats = values[np.maximum(places, 0)]
    taken[~present] = 0
    return AlignedQuantity(taken, present)
