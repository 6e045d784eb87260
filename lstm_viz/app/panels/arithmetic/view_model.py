"""The view model of the arithmetic panel, as frozen data: tables of terms, their results, and the proof."""

import math
from dataclasses import dataclass
from typing import Literal

from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import Selection, SelectionChanges
from lstm_viz.app.widgets.tables import Table, tsv_text

_LINKED: tuple[Literal["unit", "step", "module", "layer", "direction"], ...] = (
    "unit", "step", "module", "layer", "direction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberLink:
    """The target of a link: the number to open, and the selection that goes with it (None: unchanged).

    ``column`` is a column of the view, ``step`` a word. ``module`` selects the first word or last character.
    """

    opened: OpenedNumber
    unit: int | None = None
    column: int | None = None
    step: int | None = None
    module: str | None = None
    layer: int | None = None
    direction: int | None = None

    def changes(self, reads_characters: bool) -> SelectionChanges:
        """Return the changes of `Selection`; the columns are characters if the view ``reads_characters``."""
        changed: SelectionChanges = {"opened": self.opened}
        for name in _LINKED:
            value = getattr(self, name)
            if value is not None:
                changed[name] = value
        if self.column is not None:
            changed["character" if reads_characters else "step"] = self.column
        if self.module is not None:
            changed["character"] = -1
        if "step" in changed or "character" in changed:
            changed["caret"] = None
        return changed


def selected(selection: Selection) -> SelectionChanges:
    """Return the fields of ``selection`` that restore its open number."""
    return {
        "opened": selection.opened,
        "unit": selection.unit,
        "step": selection.step,
        "character": selection.character,
        "caret": None,
        "module": selection.module,
        "layer": selection.layer,
        "direction": selection.direction,
    }


@dataclass(frozen=True, slots=True)
class TableNumber:
    """A number of a table; a click on it follows ``link``, if any. ``strong`` numbers are emphasized."""

    value: float
    link: NumberLink | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A row: its name in the colour ``ink`` ("": the default), and a number or nothing for each column.

    ``bar`` is drawn behind the last; ``total`` rows sum those above. ``marked`` is the row whose link led
    here.
    """

    name: str
    entries: tuple[TableNumber | None, ...]
    ink: str = ""
    bar: float | None = None
    total: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """A table; ``headers`` names the first column and the entries'. ``digits`` is the number of decimals."""

    headers: tuple[str, ...]
    terms: tuple[Term, ...]
    caption: str = ""
    digits: int = 3

    def longest(self) -> float:
        """Return the size of the longest bar, in time linear in the terms: call it once per table."""
        sizes = (abs(term.bar) for term in self.terms if term.bar is not None and math.isfinite(term.bar))
        return max(sizes, default=0.0)

    def has_bars(self) -> bool:
        return any(term.bar is not None for term in self.terms)


@dataclass(frozen=True, slots=True)
class ArithmeticViewModel:
    """The arithmetic of the number ``opened``.

    Attributes
    ----------
    title : str
    ink : str
        The colour of the title and of clamped values.
    note, replaced, proof : str
        A note, the clamped value that replaces the result, and the difference of the recomputed number from
        the forward pass; "" if there is none.
    tables : tuple of Terms
    results : tuple of str
        The results of the terms, line by line.
    holds : bool
        Whether the difference is no more than rounding.
    tabs : tuple of (str, OpenedNumber)
        The numbers of the same tag, with their names.
    """

    opened: OpenedNumber
    title: str
    ink: str
    tables: tuple[Terms, ...] = ()
    results: tuple[str, ...] = ()
    note: str = ""
    replaced: str = ""
    proof: str = ""
    holds: bool = True
    tabs: tuple[tuple[str, OpenedNumber], ...] = ()


def tsv(shown: ArithmeticViewModel) -> str:
    """Return the tables as tab-separated values, with unrounded numbers."""
    return "\n".join(tsv_text(_table(terms)) for terms in shown.tables)


def joined(shown: ArithmeticViewModel) -> Table:
    """Return the tables as one, with unrounded numbers; the first column is the caption of each.

    Tables with different columns are in long form, a row per number.
    """
    tables = [(terms.caption, _table(terms)) for terms in shown.tables]
    headers = {table.header for _, table in tables}
    if len(headers) == 1:
        rows = [(caption, *row) for caption, table in tables for row in table.rows]
        return Table(("table", *headers.pop()), rows)
    numbers = [
        (caption, row[0], name, value)
        for caption, table in tables
        for row in table.rows
        for name, value in zip(table.header[1:], row[1:], strict=True)
        if value is not None
    ]
    return Table(("table", "row", "column", "value"), numbers)


def _table(terms: Terms) -> Table:
    rows = [
        [term.name, *(None if entry is None else entry.value for entry in term.entries)]
        for term in terms.terms
    ]
    return Table(terms.headers, rows)
