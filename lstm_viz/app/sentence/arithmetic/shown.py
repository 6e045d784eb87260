"""What the arithmetic panel shows, as frozen data: tables of terms, what they come to, and the proof."""

import math
from dataclasses import dataclass
from typing import Any

from lstm_viz.app.opened import Opened
from lstm_viz.app.state import Look
from lstm_viz.app.tables import Table, tsv_text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link leads: the number that is opened there, and what is selected for it (None: as it is).

    ``column`` is one of the view's, ``step`` a word. ``module`` selects the first word or the last character.
    """

    opened: Opened
    unit: int | None = None
    column: int | None = None
    step: int | None = None
    module: str | None = None
    layer: int | None = None
    direction: int | None = None

    def changes(self, reads_characters: bool) -> dict[str, Any]:
        """Return what changes of `Look`; the columns of the view are characters where it reads them."""
        named = ("unit", "step", "module", "layer", "direction")
        wanted = {name: getattr(self, name) for name in named if getattr(self, name) is not None}
        if self.column is not None:
            wanted["character" if reads_characters else "step"] = self.column
        if self.module is not None:
            wanted["character"] = -1
        if "step" in wanted or "character" in wanted:
            wanted["caret"] = None
        return {"opened": self.opened, **wanted}


def selected(look: Look) -> dict[str, Any]:
    """Return what of ``look`` brings back the number that is open in it."""
    names = ("opened", "unit", "step", "character", "module", "layer", "direction")
    return {"caret": None, **{name: getattr(look, name) for name in names}}


@dataclass(frozen=True, slots=True)
class Entry:
    """A number of a table; a click on it leads to ``link``, if there is one. ``strong`` is what counts."""

    value: float
    link: Place | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A row: its name in the colour ``ink`` ("" is the usual one), and a number or nothing for each column.

    ``bar`` is drawn behind the last; ``total`` rows say what those above come to. ``marked`` is the row that
    was followed here.
    """

    name: str
    entries: tuple[Entry | None, ...]
    ink: str = ""
    bar: float | None = None
    total: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """A table; ``heads`` names the first column and those of the entries. ``digits`` after the point."""

    heads: tuple[str, ...]
    terms: tuple[Term, ...]
    caption: str = ""
    digits: int = 3

    def longest(self) -> float:
        """Return the size of the longest bar. It asks every term: call it once a table."""
        sizes = (abs(term.bar) for term in self.terms if term.bar is not None and math.isfinite(term.bar))
        return max(sizes, default=0.0)

    def has_bars(self) -> bool:
        return any(term.bar is not None for term in self.terms)


@dataclass(frozen=True, slots=True)
class Shown:
    """The arithmetic of the number ``opened``.

    Attributes
    ----------
    title : str
    ink : str
        The colour of the title and of what is set by hand.
    note, replaced, proof : str
        What else counts, what was set by hand in place of the result, and how far the recomputed number is
        from the forward pass; "" is nothing.
    tables : tuple of Terms
    results : tuple of str
        What the terms come to, line by line.
    holds : bool
        Whether the proof is as small as rounding.
    tabs : tuple of (str, Opened)
        The numbers of the same tag, by what they are called.
    """

    opened: Opened
    title: str
    ink: str
    tables: tuple[Terms, ...] = ()
    results: tuple[str, ...] = ()
    note: str = ""
    replaced: str = ""
    proof: str = ""
    holds: bool = True
    tabs: tuple[tuple[str, Opened], ...] = ()


def tsv(shown: Shown) -> str:
    """Return the tables as tab-separated values, their numbers in full."""
    return "\n".join(tsv_text(_table(terms)) for terms in shown.tables)


def _table(terms: Terms) -> Table:
    rows = [
        [term.name, *(None if entry is None else entry.value for entry in term.entries)]
        for term in terms.terms
    ]
    return Table(terms.heads, rows)
