"""The content of the heatmaps: the values of a quantity or a comparison, and which are unchanged."""

from dataclasses import dataclass, field

import numpy as np

from lstm_viz.app.panels.comparison.comparison import AlignedQuantity, Bools, Comparison, Side
from lstm_viz.app.panels.comparison.marks import NONE, Marks
from lstm_viz.app.selection.selection import ComparisonView
from lstm_viz.messages import Floats, View

_LETTER: dict[Side, str] = {"first": "A", "second": "B"}


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """Values (T, H) of a quantity, or their difference.

    ``present`` (T,) is which columns have any (None: all), ``mark`` which of a comparison they are of,
    ``scale`` the limit of a difference (None: it is none), ``clamped`` whether clamped cells are marked here,
    ``changed`` (T, H) which cells are marked as changed by the edits (None: none).
    """

    values: Floats
    present: Bools | None = None
    mark: str = ""
    scale: float | None = None
    clamped: bool = True
    changed: Bools | None = None


@dataclass(frozen=True, eq=False)
class HeatmapsViewModel:
    """The content of the heatmaps: a view, or ``comparison_view`` of a ``comparison``, aligned by words."""

    view: View | None = None
    comparison: Comparison | None = None
    comparison_view: ComparisonView = "difference"
    marks: Marks = field(default_factory=lambda: NONE)

    @property
    def mode(self) -> ComparisonView:
        """What of the comparison is shown: without a difference, both."""
        return (
            "both"
            if self.comparison_view == "difference"
            and self.comparison
            and self.comparison.no_difference_reason
            else self.comparison_view
        )

    def names(self) -> tuple[str, ...]:
        """Return the quantities to show, from top to bottom, without the step's input."""
        comparison = self.comparison
        if self.view is None:
            return ()
        if comparison is None:
            return self.view.module.kind.order
        if self.mode == "difference":
            return comparison.shared
        if self.mode == "both":
            return comparison.names
        return tuple(name for name in comparison.names if comparison.values(self.mode, name) is not None)

    def layers(self, name: str, alone: bool) -> tuple[Layer, ...]:
        """Return the layers of a quantity, from top to bottom; ``alone``, both and their difference."""
        comparison = self.comparison
        if comparison is None:
            return () if self.view is None else (Layer(_values(self.view, name)),)
        if self.mode == "difference":
            return _difference(comparison, name)
        if self.mode != "both":
            return _one(comparison, self.mode, name, mark="")
        both = (*_one(comparison, "first", name), *_one(comparison, "second", name))
        return (*both, *_difference(comparison, name)) if alone else both


def _values(view: View, name: str) -> Floats:
    return view.x if name == "x" else view.quantities[name]


def _one(comparison: Comparison, side: Side, name: str, mark: str | None = None) -> tuple[Layer, ...]:
    sheet = comparison.values(side, name)
    clamped = comparison.edited == (side == "second")
    changed = comparison.has_changed(name) if comparison.edited and clamped else None
    return _layer(sheet, _LETTER[side] if mark is None else mark, clamped=clamped, changed=changed)


def _difference(comparison: Comparison, name: str) -> tuple[Layer, ...]:
    return _layer(comparison.difference(name), "Δ", scale=comparison.scale(name))


def _layer(
    sheet: AlignedQuantity | None,
    mark: str,
    *,
    scale: float | None = None,
    clamped: bool = True,
    changed: Bools | None = None,
) -> tuple[Layer, ...]:
    if sheet is None:
        return ()
    present = None if sheet.present.all() else sheet.present
    return (Layer(sheet.values, present, mark, scale, clamped, changed),)


def unchanged_columns(old: HeatmapsViewModel, new: HeatmapsViewModel) -> int:
    """Return how many columns from the left have the same values in both."""
    if (old.comparison_view, old.marks) != (new.comparison_view, new.marks) or (old.comparison is None) != (
        new.comparison is None
    ):
        return 0
    if old.comparison is None or new.comparison is None:
        return _shared(old.view, new.view)
    if old.comparison.edited != new.comparison.edited or old.comparison.names != new.comparison.names:
        return 0
    subtracted = new.comparison_view in ("difference", "both")
    if subtracted and old.comparison.scales != new.comparison.scales:
        return 0
    a = _shared(old.comparison.first.view, new.comparison.first.view)
    b = _shared(old.comparison.second.view, new.comparison.second.view)
    slots = zip(old.comparison.slots, new.comparison.slots, strict=False)
    alike = 0
    for before, after in slots:
        if before != after or (after[0] or 0) >= a or (after[1] or 0) >= b:
            return alike
        alike += 1
    return alike


def _shared(old: View | None, new: View | None) -> int:
    """Return how many columns from the left two views of the same layer and direction have in common."""
    if old is None or new is None:
        return 0
    if (old.module, old.layer, old.direction) != (new.module, new.layer, new.direction):
        return 0
    steps = min(len(old.columns), len(new.columns))
    pairs = [(old.x, new.x), *((old.quantities[name], new.quantities[name]) for name in new.quantities)]
    differs = np.logical_or.reduce([(a[:steps] != b[:steps]).any(axis=1) for a, b in pairs])
    return int(differs.argmax()) if differs.any() else steps
