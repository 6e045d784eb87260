"""The triangle plot: what was written at one word and is retained at another, for one unit."""

from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.cell.number_texts import subscript
from lstm_viz.app.panels.decomposition.decomposition_picture import DecompositionPicture
from lstm_viz.app.panels.decomposition.dense import Dense
from lstm_viz.app.panels.decomposition.geometry import elided, label_width
from lstm_viz.app.panels.decomposition.source_painter import PALE
from lstm_viz.app.panels.decomposition.view_model import DecompositionViewModel
from lstm_viz.app.texts import plural, put, shown_text
from lstm_viz.app.widgets.painting import signed, text_font
from lstm_viz.cells import QUANTITIES
from lstm_viz.ordinals import ordinal

_HEADER, _FOOTER = 16.0, 15.0
_TALLEST, _WIDEST = 32.0, 64.0
_FOR_WORDS, _FOR_COLUMN_WORDS = 11.0, 30.0
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class Triangle(DecompositionPicture):
    """One row per step, one column per source: the rows sum to the unit's states.

    Signals
    -------
    step_picked(column)
        A row was clicked.
    """

    step_picked = Signal(int)

    CACHED = ("dense",)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel_width = 0.0
        self.setAccessibleName(self.tr("Contributions by word and step"))
        self.setWhatsThis(
            self.tr(
                "All steps at once, for the selected unit. A column is the contribution of one word, a "
                "row the state at one step: (∏ f between them) · i · g. Each row adds up to the state at "
                "its step. A column that stays coloured is remembered."
            )
        )

    def set_panel_width(self, width: float) -> None:
        """Give the words the same width as beside the bars."""
        if width != self._panel_width:
            self._panel_width = width
            self.forget()
            self.update()

    @cached_property
    def dense(self) -> Dense:
        """The heatmap as drawn."""
        values = self._shown.decomposition.triangle if self._shown else np.zeros((0, 1), np.float32)
        rows, columns = values.shape
        left = label_width(self._panel_width) + 6
        width = min(self.width() - left - 2, _WIDEST * columns)
        height = min(self.height() - _HEADER - _FOOTER, _TALLEST * max(1, rows))
        rect = QRectF(left, _HEADER, max(8.0, width), max(8.0, round(height)))
        return Dense(values, rect, QUANTITIES[self._shown.state if self._shown else "c"].limit, self._theme)

    def _exists(self, row: int, source: int) -> bool:
        """Return whether a source had been read at a step."""
        if source == 0:
            return True
        return source - 1 >= row if self._shown is not None and self._shown.backward else source - 1 <= row

    # ------------------------------------------------------------ Qt

    def sizeHint(self) -> QSize:
        return QSize(320, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 90)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None or not shown.view.columns:
            return
        with QPainter(self) as painter:
            painter.setOpacity(1.0 if shown.fresh else PALE)
            self._paint_head(painter, shown)
            self.dense.paint(painter)
            self._paint_edge(painter, shown)
            self._paint_words(painter, shown)
            self.dense.paint_row(painter, shown.decomposition.column)

    def _paint_head(self, painter: QPainter, shown: DecompositionViewModel) -> None:
        painter.setFont(text_font(10))
        painter.setPen(QColor(self._theme.muted))
        rect = self.dense.rect
        painter.drawText(QRectF(0, 0, rect.left() - 8, 14), _RIGHT, self.tr("at step ↓"))
        where = self.tr("of word →")
        painter.drawText(QRectF(rect.left(), 0, self.width() - rect.left(), 14), _LEFT, where)

    def _paint_edge(self, painter: QPainter, shown: DecompositionViewModel) -> None:
        """Paint the outline of the sources read: within it a blank cell is almost 0."""
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rect, corners = self.dense.rect, self._stairs(shown)
        if shown.backward:
            painter.drawPolygon(QPolygonF([*corners, rect.bottomRight(), rect.topRight()]))
            painter.drawRect(QRectF(rect.left(), rect.top(), self.dense.width, rect.height()))
        else:
            painter.drawPolygon(QPolygonF([*corners, rect.bottomLeft(), rect.topLeft()]))

    def _stairs(self, shown: DecompositionViewModel) -> list[QPointF]:
        """Return the corners of the boundary of the sources read; a line where steps are below a pixel."""
        dense, rect, rows = self.dense, self.dense.rect, len(self.dense.values)
        first = rect.left() + (1 if shown.backward else 2) * dense.width
        if dense.height < 2:
            bottom = QPointF(rect.right() - (0 if not shown.backward else dense.width), rect.bottom())
            return [QPointF(first, rect.top()), bottom]
        edges = [(first + row * dense.width, rect.top() + row * dense.height) for row in range(rows)]
        return [QPointF(x, y + down) for x, y in edges for down in (0.0, dense.height)]

    def _paint_words(self, painter: QPainter, shown: DecompositionViewModel) -> None:
        dense, column = self.dense, shown.decomposition.column
        every = dense.height >= _FOR_WORDS
        small, room = 11 if dense.height < 17 else 12, int(dense.rect.left() - 12)
        painter.setFont(text_font(small))
        for k, word in enumerate(shown.view.columns):
            if every or k == column:
                painter.setPen(QColor(self._theme.text if k == column else self._theme.muted))
                middle = dense.rect.top() + (k + 0.5) * dense.height
                text = elided(shown_text(word), small, room)
                painter.drawText(QRectF(0, middle - 8, room, 16), _LEFT, text)
        if dense.width >= _FOR_COLUMN_WORDS:
            self._paint_column_words(painter, shown)

    def _paint_column_words(self, painter: QPainter, shown: DecompositionViewModel) -> None:
        dense = self.dense
        painter.setFont(text_font(10))
        painter.setPen(QColor(self._theme.muted))
        for source in range(len(shown.view.columns) + 1):
            text = elided(shown.word(source), 10, int(dense.width - 2))
            place = QRectF(dense.centre(source) - dense.width / 2, dense.rect.bottom() + 1, dense.width, 13)
            painter.drawText(place, _CENTRE, text)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.step_picked.emit(row)

    def is_clickable(self, point: QPointF) -> bool:
        return self._row_at(point) is not None

    def _row_at(self, point: QPointF) -> int | None:
        inside = point.x() < self.dense.rect.right()
        return self.dense.row_at(point.y()) if inside and self._shown and self._shown.fresh else None

    # ------------------------------------------------------------ texts

    def describe_at(self, point: QPointF) -> str:
        """Return the tool tip at a point, "" where nothing had been written."""
        row = self._row_at(point)
        column = None if row is None else self.dense.column_at(row, point.x())
        if self._shown is None or row is None or column is None or not self._exists(row, column):
            return ""
        text = self.tr("%1 of “%2” at “%3”")
        start = self.tr("%1 of %2 at “%3”")
        description = (text if column else start).replace(
            "%1", signed(float(self.dense.values[row, column]), 4)
        )
        view = self._shown.view
        step = subscript(ordinal(view.first + row))
        at = f"{shown_text(view.columns[row])}” ({self._shown.state}{step})"
        return description.replace("%3”", at).replace("%2", self._shown.word(column), 1)

    def accessible_text(self) -> str:
        if self._shown is None or not self._shown.fresh or not self._shown.view.columns:
            return ""
        count = len(self._shown.view.columns)
        text = plural(self.tr("%1 word(|s); the row of “%2” is marked", None, count), count)
        return put(text, count, shown_text(self._shown.view.columns[self._shown.decomposition.column]))
