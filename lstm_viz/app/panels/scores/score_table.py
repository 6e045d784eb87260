"""The table of log-softmax scores: one row per word, with its tag and all scores; copied as TSV."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
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
from lstm_viz.app.panels.scores.table_widths import SCORE_WIDTH, TableWidths
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.numerals import level
from lstm_viz.app.widgets.painting import number_font, plain, text_font
from lstm_viz.app.widgets.panel import Panel
from lstm_viz.app.widgets.plain_text import as_tip, set_tip
from lstm_viz.app.widgets.tables import Cell, Number, Table, tsv_text
from lstm_viz.app.widgets.tag_label import fitted_tag, paint_label, widest_label
from lstm_viz.messages import Floats, Reading

_Index = QModelIndex | QPersistentModelIndex
_WORD, _TAG, _SCORE = range(3)
_LEAD = 3  # columns before those of the tags
_LABEL_PIXELS, _HEADER_PIXELS, _HEADER_MARGIN = 10, 11, 4
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ScoreModel(QAbstractTableModel):
    """Word, tag and score of the tag, and all log-softmax scores of a reading as a Qt item model.

    The tags are in the order of the model, or in that of their scores: of the sums of their probabilities.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._reading: Reading | None = None
        self._by_score, self._width = False, SCORE_WIDTH
        self._order: tuple[int, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The titles of the columns of numbers: the tags, or the real values and their targets."""
        reading = self._reading
        if reading is None:
            return ()
        true = reading.model.tags if reading.targets is not None else ()
        return (*reading.model.tags, *(self.tr("%1, target").replace("%1", name) for name in true))

    def set_reading(self, reading: Reading) -> None:
        """Show another reading; unchanged columns, and unchanged rows from the top, are kept."""
        old, rows, count = self._reading, self.rowCount(), _rows(reading)
        if old is None or _columns(old) != _columns(reading) or rows > count or not rows:
            self.beginResetModel()
            self._reading = reading
            self._order = self._ordered()
            self.endResetModel()
            return
        if count > rows:
            self.beginInsertRows(QModelIndex(), rows, count - 1)
        self._reading = reading
        if count > rows:
            self.endInsertRows()
        changed = 0 if self._reorder() else _shared_rows(old, reading)
        if changed < count:
            self.dataChanged.emit(self.index(changed, 0), self.index(count - 1, self.columnCount() - 1))

    @property
    def reading(self) -> Reading | None:
        """The reading that is shown."""
        return self._reading

    def set_columns(self, width: int, *, by_score: bool) -> None:
        """Set the width of the tags' columns, for their titles, and whether they are in order of score."""
        self._width, self._by_score = width, by_score
        if self._reorder():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _reorder(self) -> bool:
        """Order the tags and return whether that has changed any column."""
        old, self._order = self._order, self._ordered()
        if self._order == old:
            return False
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, _LEAD, self.columnCount() - 1)
        return True

    def _ordered(self) -> tuple[int, ...]:
        if self._reading is None:
            return ()
        is_by_score = self._by_score and not self._reading.model.is_real
        return tuple(_by_score(self._reading.scores)) if is_by_score else tuple(range(len(self.names)))

    @guarded
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return _rows(self._reading) if self._reading and not parent.isValid() else 0

    @guarded
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return len(self.names) + _LEAD if self._reading and not parent.isValid() else 0

    @guarded
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._reading is None or not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.text(index.row(), index.column())

    def tag(self, row: int, column: int) -> str:
        """Return the tag that a cell is about, "" in the column of the words."""
        reading = self._reading
        if reading is None or column == _WORD:
            return ""
        tags = reading.model.tags
        return reading.tag(row) if column < _LEAD else tags[self._order[column - _LEAD] % len(tags)]

    def is_best(self, row: int, column: int) -> bool:
        """Return whether a cell has the score of its word's tag."""
        reading = self._reading
        if reading is None or reading.model.is_real:
            return False
        return column > _TAG and self.tag(row, column) == reading.tag(row)

    @guarded
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self._reading is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section > _TAG else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        title = self._title(section)
        titles: dict[int, str] = {
            Qt.ItemDataRole.DisplayRole: title if section < _LEAD else self._short(title),
            Qt.ItemDataRole.ToolTipRole: as_tip(title),
            Qt.ItemDataRole.AccessibleTextRole: title,
        }
        return titles.get(role)

    def _short(self, title: str) -> str:
        return fitted_tag(title, _HEADER_PIXELS, self._width - 2 * _HEADER_MARGIN)

    def _title(self, section: int) -> str:
        assert self._reading is not None
        if section < _LEAD:
            return (self.tr("word"), self.tr("tag"), self.tr("score"))[section]
        return shown_text(self.names[self._order[section - _LEAD]])

    def table(self) -> Table:
        """Return the table, one row per word, with its true tag where known."""
        assert self._reading is not None
        header = [self._title(section) for section in self.shown]
        rows: list[list[Cell]] = [self._cells(row) for row in range(self.rowCount())]
        true = [shown_text(word.gold) for word in self._reading.words]
        if any(true):
            header.append(self.tr("true tag"))
            rows = [[*row, tag] for row, tag in zip(rows, true, strict=True)]
        return Table(tuple(header), rows)

    def _cells(self, row: int) -> list[Cell]:
        texts = [self.text(row, column) for column in self.shown]
        words = sum(column < _SCORE for column in self.shown)
        return [*texts[:words], *map(Number, texts[words:])]

    @property
    def shown(self) -> list[int]:
        """The columns of a table: real values have no tag."""
        is_real = self._reading is not None and self._reading.model.is_real
        return [column for column in range(self.columnCount()) if not is_real or column not in (_TAG, _SCORE)]

    def text(self, row: int, column: int) -> str:
        assert self._reading is not None
        reading, row_tag = self._reading, self._reading.tag(row)
        if column == _WORD:
            is_whole = reading.model.outputs == "input"
            return self.tr("whole input") if is_whole else shown_text(reading.words[row].text)
        if column == _TAG:
            return shown_text(row_tag)
        scores, tags = reading.scores[reading.row(row)], reading.model.tags
        if reading.model.is_real:
            return level(self._value(reading, row, column))
        if column >= _LEAD:
            return plain(float(scores[self._order[column - _LEAD]]))
        return plain(float(scores[tags.index(row_tag)]) if row_tag in tags else np.nan)

    def _value(self, reading: Reading, row: int, column: int) -> float:
        """Return a real value or, in the columns after those, its target."""
        place, values = max(0, column - _LEAD), len(reading.model.tags)
        numbers = reading.scores if place < values or reading.targets is None else reading.targets
        return float(numbers[reading.row(row), place % values])


def _columns(reading: Reading) -> tuple[object, ...]:
    """Return what the columns of a reading depend on."""
    return reading.model.tags, reading.model.is_real, reading.targets is None


def _by_score(scores: Floats) -> list[int]:
    """Return the tags by the sum of their probabilities over the words, the largest first."""
    return [int(tag) for tag in np.argsort(-np.exp(scores).sum(axis=0), kind="stable")]


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
    pairs = zip(old.words, new.words, strict=False)
    differs |= np.array([a.text != b.text or a.tag != b.tag for a, b in pairs], bool)
    return int(differs.argmax()) if differs.any() else rows


@lru_cache(maxsize=4096)
def _word_width(word: str) -> int:
    """Return the width of the column that a word needs."""
    return QFontMetrics(text_font(12)).horizontalAdvance(shown_text(word)) + 8


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
        self.view.setAccessibleName(self.tr("Tag scores of the sentence"))
        self.copy_button.setObjectName("link")
        self.copy_button.setAccessibleName(self.tr("Copy"))
        set_tip(self.copy_button, self.tr("Copy the table as tab-separated text"))
        self.copy_button.clicked.connect(self.copy)
        self.view.copied = self.copy
        self.setWhatsThis(
            self.tr(
                "Each word with its tag and the log-softmax of every tag: log p(tag) = score − log Σ "
                "exp(scores). The bold number is that of the tag which the word gets. Where the tags do not "
                "all fit, the most probable in the sentence come first. Double-click a number for its "
                "arithmetic."
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.view.clicked.connect(self._pick)
        self.view.doubleClicked.connect(self._open)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        state.theme_changed.connect(self._theme_changed)
        self._theme_changed(state.theme)

    def _theme_changed(self, theme: Theme) -> None:
        self.copy_button.setIcon(_copy_icon(theme.muted))

    def _pick(self, index: QModelIndex) -> None:
        """Select the word of a score; an open arithmetic moves there."""
        self._state.word_to(index.row())
        if self._state.selection.opened is not None:
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        """Open the arithmetic of a score."""
        reading, tag = self._state.reading, self.model.tag(index.row(), index.column())
        if reading is not None and tag in reading.model.tags:
            self._state.change(opened=OpenedNumber("score", tag))

    def copy(self) -> None:
        """Copy the table to the clipboard as TSV, with a hyphen for the minus so that it can be parsed."""
        if self.is_ready:
            QGuiApplication.clipboard().setText(tsv_text(self.table()))

    def table(self) -> Table:
        return self.model.table()

    def _reading_changed(self, reading: Reading) -> None:
        self.model.set_reading(reading)
        self.view.fit()
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
        self._fitted: tuple[TableWidths, tuple[str, ...], bool] | None = None
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
        self.horizontalHeader().setMinimumSectionSize(30)
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
        super().resizeEvent(event)
        self.fit()
        self.scrollTo(self.currentIndex())  # a scroll bar that comes later would cover a part of the row

    def fit(self) -> None:
        """Set the widths of the columns; the score of the tag has its own where not all tags are visible."""
        reading = self._model.reading
        if reading is None:
            return
        words = max([_word_width(word.text) for word in reading.words], default=0)
        tags, is_real = self._model.names, reading.model.is_real
        label = widest_label(tags, self._state.theme, _LABEL_PIXELS)
        widths = TableWidths.fit(self._room, words, label, len(tags))
        if (widths, tags, is_real) == self._fitted:
            return
        self._fitted = widths, tags, is_real
        self._model.set_columns(widths.number, by_score=not widths.all_fit)
        header = self.horizontalHeader()
        header.setDefaultSectionSize(widths.number)
        header.resizeSection(_WORD, widths.word)
        header.resizeSection(_TAG, widths.tag)
        header.resizeSection(_SCORE, SCORE_WIDTH)
        header.setSectionHidden(_TAG, is_real)
        header.setSectionHidden(_SCORE, widths.all_fit or is_real)

    @property
    def _room(self) -> int:
        """The width beside a vertical scroll bar: the columns are the same with one and without."""
        return self.width() - 2 * self.frameWidth() - self.verticalScrollBar().sizeHint().width()

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
            (text_font(12), theme.text, _LEFT, lambda row, column: column == _WORD),
            (
                number_font(11),
                theme.muted,
                _RIGHT,
                lambda row, column: column > _TAG and not self._model.is_best(row, column),
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
                        if column == _WORD:
                            text = painter.fontMetrics().elidedText(
                                text, Qt.TextElideMode.ElideRight, width - 6
                            )
                        painter.drawText(x + 3, y, width - 6, height, align, text)
        for x, width in [(x, width) for column, x, width in columns if column == _TAG]:
            for row, y, height in rows:
                self._paint_tag(painter, QRectF(x + 3, y, width - 6, height), row)

    def _paint_tag(self, painter: QPainter, room: QRectF, row: int) -> None:
        reading, tag = self._state.reading, self._model.tag(row, _TAG)
        if reading is not None and tag in reading.model.tags:
            paint_label(painter, room, tag, self._state.theme, _LABEL_PIXELS)
        else:
            painter.setPen(QColor(self._state.theme.danger))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, tag)

    def _visible_rows(self) -> list[tuple[int, int, int]]:
        """Return (row, y, height) of the visible rows."""
        rows = range(max(0, self.rowAt(0)), self._model.rowCount())
        places = ((row, self.rowViewportPosition(row), self.rowHeight(row)) for row in rows)
        return list(takewhile(lambda place: place[1] < self.viewport().height(), places))

    def _visible_columns(self) -> list[tuple[int, int, int]]:
        """Return (column, x, width) of the visible columns."""
        hidden = self.isColumnHidden
        first, count = max(0, self.columnAt(0)), self._model.columnCount()
        columns = (column for column in range(first, count) if not hidden(column))
        places = (
            (column, self.columnViewportPosition(column), self.columnWidth(column)) for column in columns
        )
        return list(takewhile(lambda place: place[1] < self.viewport().width(), places))
