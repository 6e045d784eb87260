"""A table of terms as a Qt item model; the text of a cell is computed when it is shown."""

import math
from heapq import nlargest
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.arithmetic.view_model import NumberLink, TableNumber, Term, Terms
from lstm_viz.app.panels.cell.fonts import fixed_font, underlined
from lstm_viz.app.panels.cell.number_texts import decimal, significant
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.plain_text import as_tip

#: The item role of a bar's length as a fraction of the longest, −1…1; None where a cell has no bar.
PART = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_EMPTY = Terms((), ())


class TermModel(QAbstractTableModel):
    """One row per term: its name, its entries, and a bar where any term has one."""

    def __init__(self) -> None:
        super().__init__()
        self.terms, self.theme = _EMPTY, DARK
        self._longest, self._has_bars = 0.0, False

    def set_terms(self, terms: Terms, theme: Theme) -> None:
        """Replace all rows. Values that depend on all terms are computed here once, not for each row."""
        self.beginResetModel()
        self.terms, self.theme = terms, theme
        self._longest, self._has_bars = terms.longest(), terms.has_bars()
        self.endResetModel()

    @guarded
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.terms.terms)

    @guarded
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.terms.headers) + self._has_bars

    @guarded
    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    @guarded
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section else _LEFT
        is_named = role == Qt.ItemDataRole.DisplayRole and section < len(self.terms.headers)
        return self.terms.headers[section] if is_named else None

    @guarded
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        term, column = self.terms.terms[index.row()], index.column()
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(self.theme.raised) if term.marked else None
        if column == 0:
            return _name(term, role)
        if column == len(self.terms.headers):
            return self._part(term) if role == PART else None
        entry = term.entries[column - 1]
        return None if entry is None else self._number(entry, term, role)

    def _part(self, term: Term) -> float | None:
        if term.bar is None:
            return None
        return term.bar / self._longest if self._longest and math.isfinite(term.bar) else 0.0

    def _number(self, entry: TableNumber, term: Term, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return decimal(entry.value, self.terms.digits)
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(significant(entry.value))
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self.theme.text if math.isfinite(entry.value) else self.theme.danger)
            case Qt.ItemDataRole.FontRole:
                font = fixed_font() if entry.link is None else underlined(fixed_font())
                return _bold(font) if term.total or entry.strong else font
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
        return None

    def place_at(self, row: int, column: int) -> NumberLink | None:
        """Return the link of a cell's number, if it has one."""
        if not (0 <= row < self.rowCount() and 0 < column < len(self.terms.headers)):
            return None
        entry = self.terms.terms[row].entries[column - 1]
        return None if entry is None else entry.link

    def text(self, row: int, column: int) -> str:
        """Return a cell's text, "" if it is empty."""
        term = self.terms.terms[row]
        if column == 0:
            return term.name
        entry = term.entries[column - 1] if column < len(self.terms.headers) else None
        return "" if entry is None else decimal(entry.value, self.terms.digits)

    def longest_texts(self, column: int, count: int) -> list[int]:
        """Return the rows of the ``count`` longest texts of a column."""
        return nlargest(count, range(len(self.terms.terms)), key=lambda row: len(self.text(row, column)))


def _name(term: Term, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return term.name
        case Qt.ItemDataRole.ForegroundRole:
            return QColor(term.ink) if term.ink else None
        case Qt.ItemDataRole.FontRole:
            return _bold(QFont()) if term.total else None
    return None


def _bold(base: QFont) -> QFont:
    font = QFont(base)
    font.setBold(True)
    return font
