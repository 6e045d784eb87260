"""The table of the ranking: one row per unit, with a bar for the change in the score when it is ablated."""

from collections.abc import Sequence
from itertools import takewhile

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.ablation.labels import unit_text
from lstm_viz.app.panels.ablation.model import CHANGE, GATES, TAG, UNIT, UnitsModel, _Index
from lstm_viz.app.panels.ablation.ranking import Ranking
from lstm_viz.app.panels.ablation.rows import ROW, WITH_NUMBERS, UnitRows, VisibleRows
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.hover import Hover
from lstm_viz.app.widgets.tables import Table, tsv_text

_UNIT_WIDTH, _TAG_WIDTH = 40, 68
#: The width of a gate's column, with numbers and without.
_GATE_WIDTHS = (WITH_NUMBERS, 43)
_LEAST_CHANGE = 150


class UnitsTable(QTableView):
    """Shows a `Ranking`; only the visible rows are painted.

    Signals
    -------
    unit_picked(unit)
        A row was clicked, or Enter was pressed on it.
    menu_requested(unit, place)
        A right click, or the menu key, on a row; ``place`` is in screen coordinates.
    """

    unit_picked = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._model = DARK, UnitsModel()
        self._is_pale = False
        self._tagset: tuple[str, ...] = ()
        self._picked: int | None = None
        self._hover = Hover(self.viewport())
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Units by change when ablated"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(20)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStyleSheet("QHeaderView { padding: 0; }")  # aligns titles with columns
        self.horizontalHeader().setSectionsClickable(False)

    # ------------------------------------------------------------ what is shown

    @property
    def ranking(self) -> Ranking | None:
        return self._model.ranking

    def set_ranking(self, ranking: Ranking | None, tagset: tuple[str, ...]) -> None:
        """Show another ranking, of a model with these tags."""
        self._tagset = tagset
        columns = self._model.columnCount()
        scale = self.ranking.limit if self.ranking else 0.0
        self._model.set_ranking(ranking)
        if self._model.columnCount() != columns:
            self._fit()
        if ranking is not None and ranking.limit != scale:
            self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, CHANGE, CHANGE)
        self._hover.hide()
        self.viewport().update()

    def set_pale(self, pale: bool) -> None:
        """Draw the table pale: it is not about the current subject."""
        if pale != self._is_pale:
            self._is_pale = pale
            self._hover.hide()
            self.viewport().update()

    def set_picked(self, unit: int | None) -> None:
        """Mark the selected unit."""
        if unit != self._picked:
            self._picked = unit
            self.viewport().update()

    def unit_at(self, row: int) -> int | None:
        """Return the unit of a row."""
        ranking = self.ranking
        return int(ranking.units[row]) if ranking and 0 <= row < len(ranking.units) else None

    def table(self) -> Table:
        """Return the ranking as a table, one row per unit."""
        return self._model.table()

    def copy(self) -> None:
        """Copy the table to the clipboard as TSV."""
        if self.ranking is not None:
            QGuiApplication.clipboard().setText(tsv_text(self.table()))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._hover.set_theme(theme)
        self.viewport().update()

    def _fit(self) -> None:
        """Size the columns: bars take what the numbers leave, gates are shown where there is room."""
        if not self._model.columnCount():
            return
        room = self.viewport().width() - _UNIT_WIDTH - _TAG_WIDTH
        gates = range(GATES, self._model.columnCount())
        width = next((w for w in _GATE_WIDTHS if room - len(gates) * w >= _LEAST_CHANGE), 0)
        self.setColumnWidth(UNIT, _UNIT_WIDTH)
        bars, metrics = room - len(gates) * width, self.horizontalHeader().fontMetrics()
        self.setColumnWidth(CHANGE, bars)
        self._model.set_room(lambda text: metrics.horizontalAdvance(text) + 8 <= bars)
        self.setColumnWidth(TAG, _TAG_WIDTH)
        for column in gates:
            self.setColumnHidden(column, not width)
            if width:
                self.setColumnWidth(column, width)

    # ------------------------------------------------------------ Qt

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @guarded
    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        self.viewport().update()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        unit = self.unit_at(self.currentIndex().row())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and unit is not None:
            self.unit_picked.emit(unit)
        elif event.key() in _MOVES:
            super().keyPressEvent(event)
            self._announce_current()
        else:
            event.ignore()

    def _announce_current(self) -> None:
        unit = self.unit_at(self.currentIndex().row())
        if self.ranking is not None and unit is not None and not self._is_pale:
            self.setAccessibleDescription(unit_text(self.ranking, unit))

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        unit = self.unit_at(self.rowAt(event.position().toPoint().y()))
        if unit is not None and event.button() == Qt.MouseButton.LeftButton:
            self.unit_picked.emit(unit)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        unit = self.unit_at(self.rowAt(event.position().toPoint().y()))
        if self.ranking is None or unit is None or self._is_pale:
            self._hover.hide()
        else:
            self._hover.show_at(event.position(), unit_text(self.ranking, unit))

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover.hide()

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = self.currentIndex().row() if by_key else self.rowAt(event.pos().y())
        unit = self.unit_at(row)
        if unit is not None:
            below = QPoint(_UNIT_WIDTH, self.rowViewportPosition(row) + ROW)
            self.menu_requested.emit(
                unit, self.viewport().mapToGlobal(below) if by_key else event.globalPos()
            )

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.ranking is not None:
            rows = self._rows(self.ranking)
            with QPainter(self.viewport()) as painter:
                rows.paint(painter, self._visible_rows())

    def _rows(self, ranking: Ranking) -> UnitRows:
        shown = (k for k in range(self._model.columnCount()) if not self.isColumnHidden(k))
        return UnitRows(
            model=self._model,
            ranking=ranking,
            tagset=self._tagset,
            columns={k: (self.columnViewportPosition(k), self.columnWidth(k)) for k in shown},
            width=self.viewport().width(),
            picked=self._picked,
            current=self.currentIndex().row() if self.hasFocus() else -1,
            is_pale=self._is_pale,
            theme=self._theme,
        )

    def _visible_rows(self) -> VisibleRows:
        rows = range(max(0, self.rowAt(0)), self._model.rowCount())
        places = ((row, self.rowViewportPosition(row)) for row in rows)
        return list(takewhile(lambda place: place[1] < self.viewport().height(), places))


_MOVES = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)
