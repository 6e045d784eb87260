"""The target of an edit: a quantity at a word, of a unit; and the edits that clamp one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from msgspec import UNSET, UnsetType
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.panels.reading_panel import lack_text
from lstm_viz.app.state import State
from lstm_viz.cells import Quantity
from lstm_viz.messages import (
    Edit,
    Module,
    Reading,
    ResolvedEdit,
    SetValue,
    SwapState,
    View,
)


def clamped_quantities(
    edits: Sequence[Edit], resolved: Sequence[ResolvedEdit], view: View, column: int, unit: int | None
) -> frozenset[str]:
    """Return the quantities that are clamped at a column; in any unit if ``unit`` is None."""
    if not resolved or view.module.own_columns:
        return frozenset()
    return frozenset(
        name
        for name in view.quantities
        if clamping_edits(edits, resolved, view, name, column=column, unit=unit)
    )


def clamping_edits(
    edits: Sequence[Edit],
    resolved: Sequence[ResolvedEdit],
    view: View,
    name: str,
    *,
    column: int,
    unit: int | None,
) -> tuple[int, ...]:
    """Return the indices of the edits that clamp a quantity at a column; in any unit if ``unit`` is None."""
    pairs = enumerate(zip(edits, resolved, strict=False))
    return tuple(
        k
        for k, (edit, where) in pairs
        if not where.unresolved
        and where.first <= column <= where.last
        and where.module in ("", view.module.path)
        and _is_about(edit, view, name, unit)
    )


def _is_about(edit: Edit, view: View, name: str, unit: int | None) -> bool:
    if not isinstance(edit, SetValue):
        return name in ("c", "h")
    if (edit.quantity, edit.layer, edit.direction) != (name, view.layer, view.direction):
        return False
    return edit.unit is None or unit is None or edit.unit == unit


#: The words for which a value is clamped: this one, from this one on in reading direction, or all.
Reach = Literal["here", "onward", "everywhere"]
REACHES: tuple[Reach, ...] = ("here", "onward", "everywhere")

translate = QCoreApplication.translate
_DIGITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class EditTarget:
    """A quantity at a column and a unit of a view over words; ``unit`` None means all units.

    ``module`` is the path of the view's module as edits have it.
    """

    view: View
    words: tuple[str, ...]
    name: str
    column: int
    unit: int | None
    module: str | UnsetType = UNSET

    @property
    def word(self) -> str:
        return self.words[self.column]

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities that can be clamped."""
        return self.view.module.kind.symbols

    @property
    def quantity(self) -> Quantity:
        """The quantity, with its range and the value to which an ablation clamps it."""
        return self.view.module.kind[self.name]

    @property
    def value(self) -> float:
        """The present value, the mean for all units, rounded as it would be typed."""
        row = self.view.quantities[self.name][self.column].astype(np.float64)
        found = float(row.mean()) if self.unit is None else float(row[min(self.unit, len(row) - 1)])
        low, high = self.quantity.range
        return round(min(max(found, low), high), _DIGITS) if math.isfinite(found) else 0.0

    def with_(self, name: str, unit: int | None) -> "EditTarget":
        """Return the target with another quantity and unit at the same column."""
        return replace(self, name=name, unit=unit)

    def set(self, value: float, reach: Reach = "here") -> SetValue:
        """Return the edit that clamps the value here."""
        first, last = self._span(reach)
        return SetValue(
            quantity=self.name,
            value=value,
            unit=self.unit,
            first=first,
            last=last,
            layer=self.view.layer,
            direction=self.view.direction,
            words=self.words if reach != "everywhere" else (),
            module=self.module,
        )

    def off(self, reach: Reach = "here") -> SetValue:
        """Return the edit that ablates the quantity."""
        return self.set(self.quantity.off, reach)

    def swap(self, text: str, word: int | None, after: str = "") -> SwapState:
        """Return the edit that patches in the state after a word of another sentence (None: its last)."""
        return SwapState(self.column, text, word, self.words, after=after)

    def _span(self, reach: Reach) -> tuple[int | None, int | None]:
        if reach == "everywhere":
            return None, None
        if reach == "here":
            return self.column, self.column
        return (None, self.column) if self.view.direction else (self.column, None)


def place_at(state: State, name: str, column: int, unit: int | None) -> EditTarget | None:
    """Return a target of the current view; None where nothing can be edited: see `why_not`."""
    reading = state.reading
    if reading is None or reading.view is None or why_not(state):
        return None
    view = reading.view
    names = view.module.kind.symbols
    named = name if name in names else names[0]
    words = tuple(word.text for word in reading.words)
    column = max(0, min(column, len(words) - 1))
    return EditTarget(view, words, named, column, unit, reading.edited_path)


def why_not(state: State) -> str:
    """Return why nothing can be edited in the current view, "" if it can."""
    view = state.reading.view if state.reading else None
    if view is None:
        return translate("Edits", "There is no word to clamp a value at.")
    if view.module.own_columns:
        return translate("Edits", "Edits apply to the word-level module, not to the characters.")
    has_weights = state.reading is not None and "weights" in state.reading.model.capabilities
    return "" if has_weights else lack_text(state.reading, "weights")


def word_module(reading: Reading | None) -> Module | None:
    """Return the module of the model that reads words: the one that edits act on."""
    modules = reading.model.modules if reading else ()
    return next((module for module in modules if not module.own_columns), None)


def module_of(edit: Edit, reading: Reading | None) -> Module | None:
    """Return the module that an edit acts on; None if the model has no such module."""
    path = edit.module if isinstance(edit, SetValue) else UNSET
    modules = reading.model.modules if reading else ()
    return word_module(reading) if path is UNSET else next((m for m in modules if m.path == path), None)
