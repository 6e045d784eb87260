"""A heatmap of signed numbers at a fixed scale, with digits where the cells are large enough."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from lstm_viz.app.panels.decomposition.rows import groups, pooled
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import number_font, signed
from lstm_viz.app.widgets.pictures import dark_text, levels, picture
from lstm_viz.cells import QUANTITIES
from lstm_viz.messages import Floats

_NAME = "c"  # all signed scales have the same colours; this one's limit is replaced by our own
_FOR_NUMBERS = (31.5, 12.5)
_FOR_GAPS = 6.0


@dataclass(frozen=True)
class Dense:
    """(R, C) numbers in ``rect``, coloured from −``limit`` to ``limit``."""

    values: Floats
    rect: QRectF
    limit: float
    theme: Theme

    @cached_property
    def width(self) -> float:
        """The width of a column."""
        return float(self.rect.width() / max(1, self.values.shape[1]))

    @cached_property
    def height(self) -> float:
        """The height of a row."""
        return float(self.rect.height() / max(1, self.values.shape[0]))

    def _scaled(self, values: Floats) -> Floats:
        return np.asarray(values * (QUANTITIES[_NAME].limit / self.limit))

    @cached_property
    def image(self) -> QImage:
        fit = pooled(self.values, int(self.rect.height()), int(self.rect.width()))
        return picture(self._scaled(fit).T, _NAME, self.theme)

    def column_at(self, row: int, x: float) -> int | None:
        """Return the visible column at ``x``: where several share a pixel, the one furthest from 0."""
        count, pixels = self.values.shape[1], int(self.rect.width())
        if not count or not self.rect.left() <= x < self.rect.right():
            return None
        share = float((x - self.rect.left()) / self.rect.width())
        if count <= pixels:
            return int(min(share * count, count - 1))
        starts = groups(count, pixels)
        k = min(int(share * pixels), pixels - 1)
        seen = np.nan_to_num(np.abs(self.values[row, starts[k] : starts[k + 1]]))
        return int(starts[k]) + int(seen.argmax())

    def row_at(self, y: float) -> int | None:
        if not self.rect.top() <= y < self.rect.bottom() or not len(self.values):
            return None
        return min(int((y - self.rect.top()) / self.height), len(self.values) - 1)

    def centre(self, column: int) -> float:
        return self.rect.left() + (column + 0.5) * self.width

    @property
    def has_numbers(self) -> bool:
        return self.width >= _FOR_NUMBERS[0] and self.height >= _FOR_NUMBERS[1]

    # ------------------------------------------------------------ painting

    def paint(
        self, painter: QPainter, tops: list[int] | None = None, numbers: frozenset[int] = frozenset()
    ) -> None:
        """Paint image and gaps, and the numbers of some rows.

        ``tops`` are the rows' edges where they are on whole pixels.
        """
        if not self.values.size:
            return
        draw_cells(painter, self.rect, self.image)
        edges = tops or [round(self.rect.top() + k * self.height) for k in range(len(self.values) + 1)]
        self._paint_gaps(painter, edges)
        if numbers and self.has_numbers:
            self._paint_numbers(painter, edges, numbers)

    def _paint_gaps(self, painter: QPainter, edges: list[int]) -> None:
        rect, background = self.rect, QColor(self.theme.panel)
        gaps = []
        if self.height >= _FOR_GAPS:
            gaps += [QRectF(rect.left(), y - 0.5, rect.width(), 1) for y in edges[1:-1]]
        if self.width >= _FOR_GAPS:
            count = self.values.shape[1]
            gaps += [
                QRectF(round(rect.left() + k * self.width) - 0.5, rect.top(), 1, rect.height())
                for k in range(1, count)
            ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawRects(gaps)

    def _paint_numbers(self, painter: QPainter, edges: list[int], rows: frozenset[int]) -> None:
        painter.setFont(number_font(min(11, int(self.height - 2), int(self.width / 3.5))))
        dark = dark_text(_NAME, self.theme)[levels(self._scaled(self.values), _NAME)]
        black, white = QColor("#000000"), QColor("#ffffff")
        for row in sorted(rows):
            top, below = edges[row], edges[row + 1]
            for column in range(self.values.shape[1]):
                cell = QRectF(self.rect.left() + column * self.width, top, self.width, below - top)
                painter.setPen(black if dark[row, column] else white)
                text = signed(float(self.values[row, column]))
                painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), text)

    def paint_column(self, painter: QPainter, column: int) -> None:
        """Mark a column: a pointer above it, and a frame where it is wide enough."""
        x, rect = self.centre(column), self.rect
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.text))
        tip = rect.top() - 1
        painter.drawPolygon(QPolygonF([QPointF(x - 4, tip - 5), QPointF(x, tip), QPointF(x + 4, tip - 5)]))
        if self.width >= _FOR_GAPS:
            frame = QRectF(x - self.width / 2, rect.top(), self.width, rect.height())
            _paint_frame(painter, frame, self.theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paint_row(self, painter: QPainter, row: int) -> None:
        """Mark a row: a pointer at its left, and a frame where it is tall enough."""
        y, rect = self.rect.top() + (row + 0.5) * self.height, self.rect
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.text))
        tip = rect.left() - 1
        painter.drawPolygon(QPolygonF([QPointF(tip - 5, y - 4), QPointF(tip, y), QPointF(tip - 5, y + 4)]))
        if self.height >= _FOR_GAPS:
            frame = QRectF(rect.left(), y - self.height / 2, rect.width(), self.height)
            _paint_frame(painter, frame, self.theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_frame(painter: QPainter, frame: QRectF, theme: Theme) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DotLine))
    painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))
