"""The table of log-softmax scores: one row per word, one column per tag; copied as TSV."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.reading_panel import ReadingPanel
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import number_font, plain, text_font
from lstm_viz.app.widgets.panel import Panel
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.app.widgets.tables import Cell, Number, Table, tsv_text
from lstm_viz.messages import Reading

_Index = QModelIndex | QPersistentModelIndex
_WORD_WIDTH, _NUMBER_WIDTH, _NARROWEST = 56, 59, 52
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ScoreModel(QAbstractTableModel):
    """The words and log-softmax scores of a reading as a Qt item model."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._reading: Reading | None = None

    def set_reading(self, reading: Reading) -> None:
        """Show another reading; unchanged columns, and unchanged rows from the top, are kept."""
        old, rows, count = self._reading, self.rowCount(), _rows(reading)
        if old is None or old.model.tags != reading.model.tags or rows > count or not rows:
            self.beginResetModel()
            self._reading = reading
            self.endResetModel()
            return
        if count > rows:
            self.beginInsertRows(QModelIndex(), rows, count - 1)
        self._reading = reading
        if count > rows:
            self.endInsertRows()
        changed = _shared_rows(old, reading)
        if changed < count:
            self.dataChanged.emit(self.index(changed, 0), self.index(count - 1, self.columnCount() - 1))

    @guarded
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return _rows(self._reading) if self._reading and not parent.isValid() else 0

    @guarded
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return len(self._reading.model.tags) + 1 if self._reading and not parent.isValid() else 0

    @guarded
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._reading is None or not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.text(index.row(), index.column())

    def is_best(self, row: int, column: int) -> bool:
        """Return whether a cell has the score of its word's tag."""
        reading = self._reading
        return reading is not None and column > 0 and reading.model.tags[column - 1] == reading.tag(row)

    @guarded
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self._reading is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.tr("word") if section == 0 else self._reading.model.tags[section - 1]

    def table(self) -> Table:
        """Return the table, one row per word, with its true tag where known."""
        assert self._reading is not None
        header = [self.tr("word"), *map(shown_text, self._reading.model.tags)]
        rows: list[list[Cell]] = [self._cells(row) for row in range(self.rowCount())]
        true = [shown_text(word.gold) for word in self._reading.words]
        if any(true):
            header.append(self.tr("true tag"))
            rows = [[*row, tag] for row, tag in zip(rows, true, strict=True)]
        return Table(tuple(header), rows)

    def _cells(self, row: int) -> list[Cell]:
        return [self.text(row, 0), *(Number(self.text(row, c)) for c in range(1, self.columnCount()))]

    def text(self, row: int, column: int) -> str:
        assert self._reading is not None
        if column == 0:
            is_whole = self._reading.model.outputs == "input"
            return self.tr("whole input") if is_whole else shown_text(self._reading.words[row].text)
        return plain(float(self._reading.scores[self._reading.row(row), column - 1]))


def _rows(reading: Reading) -> int:
    """Return the number of rows: one for each word, or one for the input as a whole."""
    is_whole = reading.model.outputs == "input"
    return min(1, len(reading.words)) if is_whole else len(reading.words)


def _shared_rows(old: Reading, new: Reading) -> int:
    """Return how many rows from the top two readings with the same tags have in common."""
    if new.model.outputs == "input":
        return 0
    rows = min(len(old.words), len(new.words))
    differs = (old.scores[:rows] != new.scores[:rows]).any(axis=1)
    differs |= np.array([a.text != b.text for a, b in zip(old.words, new.words, strict=False)], bool)
    return int(differs.argmax()) if differs.any() else rows


class ScoreTable(ReadingPanel, Panel):
    """The table; ``copy_button`` copies it, and is placed by the page."""

    stem = "tag-scores"

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._marked = state, -1
        self.setAccessibleName(self.tr("Tag scores of the sentence"))
        self.model = ScoreModel(state)
        self.copy_button = QToolButton(self)
        self.view = _View(state, self.model, self)
        self.view.horizontalHeader().resizeSection(0, _WORD_WIDTH)
        self.view.setAccessibleName(self.tr("Tag scores of the sentence"))
        self.copy_button.setObjectName("link")
        self.copy_button.setAccessibleName(self.tr("Copy"))
        set_tip(self.copy_button, self.tr("Copy the table as tab-separated text"))
        self.copy_button.clicked.connect(self.copy)
        self.view.copied = self.copy
        self.setWhatsThis(
            self.tr(
                "Log-softmax of every tag at every word: log p(tag) = score − log Σ exp(scores). The bold "
                "number is that of the tag which the word gets. Double-click a number for its arithmetic."
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.clicked.connect(lambda index: state.word_to(index.row()))
        self.view.doubleClicked.connect(self._open)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        state.theme_changed.connect(self._theme_changed)
        self._theme_changed(state.theme)

    def _theme_changed(self, theme: Theme) -> None:
        self.copy_button.setIcon(_copy_icon(theme.muted))

    def _open(self, index: QModelIndex) -> None:
        """Open the arithmetic of a score."""
        reading = self._state.reading
        if reading is not None and index.column() > 0:
            self._state.change(opened=OpenedNumber("score", reading.model.tags[index.column() - 1]))

    def copy(self) -> None:
        """Copy the table to the clipboard as TSV, with a hyphen for the minus so that it can be parsed."""
        if self.is_ready:
            QGuiApplication.clipboard().setText(tsv_text(self.table()))

    def table(self) -> Table:
        return self.model.table()

    def _reading_changed(self, reading: Reading) -> None:
        self.model.set_reading(reading)
        self.set_ready(bool(reading.words) and not reading.model.lacks("scores"))
        self._mark()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.step != old.step:
            self._mark()

    def _mark(self) -> None:
        """Mark the row of the step; only a change of it is repainted."""
        row = min(self._state.selection.step, self.model.rowCount() - 1)
        if row >= 0 and not row == self._marked == self.view.currentIndex().row():
            self._marked = row
            self.view.selectRow(row)
            self.view.viewport().update()


def _copy_icon(colour: str) -> QIcon:
    """Return two sheets, one behind the other."""
    pixmap = QPixmap(48, 48)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(3, 3)
        painter.setPen(QPen(QColor(colour), 1.3))
        painter.drawPolyline([QPointF(11, 3), QPointF(3, 3), QPointF(3, 11)])
        painter.drawRoundedRect(QRectF(6, 6, 8, 8), 1, 1)
    pixmap.setDevicePixelRatio(3)
    return QIcon(pixmap)


class _View(QTableView):
    """A read-only table view that is copied as a whole."""

    def __init__(self, state: State, model: ScoreModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._model = state, model
        self.setModel(model)
        self.copied: Callable[[], object] = lambda: None
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setDefaultSectionSize(_NUMBER_WIDTH)
        self.horizontalHeader().setMinimumSectionSize(50)
        self.horizontalHeader().setHighlightSections(False)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
            self.clicked.emit(self.currentIndex())
        else:
            event.ignore()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow the tags' columns as far as needed for a few of them to fit."""
        super().resizeEvent(event)
        room = (self.viewport().width() - _WORD_WIDTH) // max(1, self._model.columnCount() - 1)
        width = room if _NARROWEST <= room < _NUMBER_WIDTH else _NUMBER_WIDTH
        self.horizontalHeader().setDefaultSectionSize(width)
        self.horizontalHeader().resizeSection(0, _WORD_WIDTH)

    @guarded
    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Repaint from the first changed row on; Qt would repaint all."""
        top = self.rowViewportPosition(first.row())
        self.viewport().update(0, top, self.viewport().width(), self.viewport().height() - top)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all cells at once, several times faster than one by one: they change with every key."""
        painter, theme = QPainter(self.viewport()), self._state.theme
        rows = [row for row in self._visible_rows() if row[1] + row[2] > event.rect().top()]
        columns = self._visible_columns()
        for row, y, height in rows:
            if row == self._state.selection.step:
                painter.fillRect(0, y, self.viewport().width(), height, QColor(theme.raised))
        kinds = (
            (text_font(12), theme.text, _LEFT, lambda row, column: column == 0),
            (
                number_font(11),
                theme.muted,
                _RIGHT,
                lambda row, column: column and not self._model.is_best(row, column),
            ),
            (number_font(11, bold=True), theme.text, _RIGHT, self._model.is_best),
        )
        for font, colour, align, holds in kinds:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            for column, x, width in columns:
                for row, y, height in rows:
                    if holds(row, column):
                        text = self._model.text(row, column)
                        if column == 0:
                            text = painter.fontMetrics().elidedText(
                                text, Qt.TextElideMode.ElideRight, width - 6
                            )
                        painter.drawText(x + 3, y, width - 6, height, align, text)

    def _visible_rows(self) -> list[tuple[int, int, int]]:
        """Return (row, y, height) of the visible rows."""
        rows = range(max(0, self.rowAt(0)), self._model.rowCount())
        places = ((row, self.rowViewportPosition(row), self.rowHeight(row)) for row in rows)
        return list(takewhile(lambda place: place[1] < self.viewport().height(), places))

    def _visible_columns(self) -> list[tuple[int, int, int]]:
        """Return (column, x, width) of the visible columns."""
        columns = range(max(0, self.columnAt(0)), self._model.columnCount())
        places = (
            (column, self.columnViewportPosition(column), self.columnWidth(column)) for column in columns
        )
        return list(takewhile(lambda place: place[1] < self.viewport().width(), places))
