"""Exports tables as CSV for files and as TSV for the clipboard.

Words, tags and names are untrusted, and a spreadsheet evaluates a cell that begins like a formula, quoted or
not [1]_. Such text gets a leading apostrophe; numbers, which have a type of their own, do not.

References
----------
.. [1] OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lstm_viz.app.texts import shown_text

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?(e[+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as the window shows it; other text in its place, as for a missing number, stays text."""

    shown: str


Cell = float | int | str | Number | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table; None is an empty cell."""

    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def csv_text(table: Table) -> str:
    """Return the table as comma-separated values: numbers with all their digits, None as an empty cell."""
    return _written(table, ",")


def tsv_text(table: Table) -> str:
    """Return the table as tab-separated values, quoted as in CSV."""
    return _written(table, "\t")


def _written(table: Table, delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([_safe(cell) for cell in row] for row in (table.header, *table.rows))
    return text.getvalue()


def _safe(cell: Cell) -> float | int | str | None:
    """Return the value that is passed to the CSV writer."""
    if isinstance(cell, Number):
        number = cell.shown.replace("−", "-")  # other programs do not parse U+2212
        return number if _NUMBER.fullmatch(number) else _safe(cell.shown)
    if not isinstance(cell, str):
        return cell
    text = f"'{cell}" if _FORMULA.match(cell) else cell
    return (
        shown_text(text).replace("\r\n", "\n").replace("\r", "\n")
    )  # Python's writer does not quote a lone \r
