"""The ranking as a Qt item model for views and screen readers: one row per unit."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.ablated import off
from lstm_viz.app.panels.ablation.ranking import Ranking
from lstm_viz.app.panels.attribution.targets import target_name, target_text
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.numerals import limit_text
from lstm_viz.app.widgets.tables import Cell, Number, Table
from lstm_viz.ordinals import ordinal

_Index = QModelIndex | QPersistentModelIndex
UNIT, CHANGE, TAG, GATES = range(4)


class UnitsModel(QAbstractTableModel):
    """One row per unit: its number, the change when ablated, the tag the word then gets, and each gate."""

    def __init__(self) -> None:
        super().__init__()
        self.ranking: Ranking | None = None
        self._fits: Callable[[str], bool] = lambda text: True

    def set_room(self, fits: Callable[[str], bool]) -> None:
        """Set whether a text fits over the bars: the title is the longest that does."""
        before, self._fits = self._bars_title(), fits
        if self._bars_title() != before:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, CHANGE, CHANGE)

    def _bars_title(self) -> str:
        return self._scale(self.ranking) if self.ranking is not None else ""

    def set_ranking(self, ranking: Ranking | None) -> None:
        """Show another ranking; the model is reset only if its shape differs."""
        new, old = _shape(ranking), _shape(self.ranking)
        if new != old:
            self.beginResetModel()
            self.ranking = ranking
            self.endResetModel()
            return
        self.ranking = ranking
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    @guarded
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if self.ranking is None or parent.isValid() else len(self.ranking.units)

    @guarded
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if self.ranking is None or parent.isValid() else GATES + len(self.ranking.gates)

    @guarded
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.ranking is None or not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.text(index.row(), index.column())

    @guarded
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self.ranking is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == TAG else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return self._title(section, self.ranking) if role == Qt.ItemDataRole.DisplayRole else None

    def _title(self, section: int, ranking: Ranking) -> str:
        if section >= GATES:
            return off(ranking.gates[section - GATES][0])
        return (self.tr("unit"), self._scale(ranking), self.tr("tag"))[section]

    def _scale(self, ranking: Ranking) -> str:
        """Return what the bars show and their limit, as long as there is room for."""
        if not ranking.is_resolved:
            return self.tr("score change")
        of = self.tr("change of the %2, scale ±%1")
        titles = (
            of.replace("%2", target_name(ranking.ablation.target)),
            self.tr("score change, scale ±%1"),
            self.tr("change, scale ±%1"),
            self.tr("scale ±%1"),
        )
        texts = [title.replace("%1", limit_text(ranking.limit)) for title in titles]
        return next(filter(self._fits, texts), texts[-1])

    def text(self, row: int, column: int) -> str:
        """Return a cell's text."""
        ranking = self.ranking
        assert ranking is not None
        unit = int(ranking.units[row])
        if column == UNIT:
            return str(ordinal(unit))
        if column == CHANGE:
            return ranking.change(unit)
        if column == TAG:
            return f"→ {shown_text(ranking.flip(unit))}" if ranking.flip(unit) else ""
        return ranking.gate_change(ranking.gates[column - GATES][1], unit)

    def table(self) -> Table:
        """Return the ranking as a table, one row per unit.

        The column of the changes is named after the target.
        """
        assert self.ranking is not None
        columns = range(self.columnCount())
        change = self.tr("change of the %1 when ablated").replace("%1", target_text(self.ranking.ablation))
        header = tuple(change if k == CHANGE else self._title(k, self.ranking) for k in columns)
        rows = [[self._cell(row, column) for column in columns] for row in range(self.rowCount())]
        return Table(header, rows)

    def _cell(self, row: int, column: int) -> Cell:
        text = self.text(row, column)
        return text if column == TAG else Number(text)


def _shape(ranking: Ranking | None) -> tuple[int, int]:
    return (0, 0) if ranking is None else (len(ranking.units), len(ranking.gates))
