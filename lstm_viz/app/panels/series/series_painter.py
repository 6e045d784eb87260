"""Paints a series on the columns: its name and limits, its lines as curves, its values as a strip of heat."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.panels.series.series import Line, LineKind, Series
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.numerals import level
from lstm_viz.app.widgets.painting import number_font, text_font
from lstm_viz.app.widgets.pictures import Levels, blend, image_of
from lstm_viz.messages import Floats

_LEFT = 14.0
_LEVELS = 255
_HEAT = 7.0
_PADDING = 5.0
_DOT, _WIDTH_FOR_DOTS = 2.4, 12.0
_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def line_pen(kind: LineKind, theme: Theme) -> QPen:
    """Return the pen of a kind of line: true values are dashed, those before an edit dotted."""
    styles = {"target": Qt.PenStyle.DashLine, "before": Qt.PenStyle.DotLine}
    colours = {"input": theme.ink["x"], "prediction": theme.text}
    return QPen(QColor(colours.get(kind, theme.muted)), 1.6, styles.get(kind, Qt.PenStyle.SolidLine))


def paint_dots(painter: QPainter, points: list[QPointF], kind: LineKind, theme: Theme) -> None:
    """Paint the points of a line: filled, or open for true values."""
    pen = QPen(line_pen(kind, theme).color(), 1.3)
    painter.setPen(pen)
    painter.setBrush(QColor(theme.panel) if kind == "target" else pen.color())
    for point in points:
        painter.drawEllipse(point, _DOT, _DOT)


@dataclass(frozen=True, slots=True, eq=False)
class SeriesRow:
    """A series in a row of its own, with a strip of heat where it ``has_heat``."""

    series: Series
    rect: QRectF
    columns: ColumnLayout
    theme: Theme
    has_heat: bool

    @property
    def plot(self) -> QRectF:
        """The rectangle between the limits of the scale."""
        below = _PADDING + (_HEAT + 3 if self.has_heat else 0)
        width = self.rect.width() - LABEL_WIDTH
        return QRectF(LABEL_WIDTH, self.rect.top() + _PADDING, width, self.rect.height() - _PADDING - below)

    def paint_label(self, painter: QPainter) -> None:
        """Paint the name and the limits of the scale."""
        low, high = self.series.ends
        room = LABEL_WIDTH - _LEFT - 6
        painter.setPen(QColor(self.theme.text))
        painter.setFont(text_font(11, bold=True))
        name = QFontMetricsF(painter.font()).elidedText(
            shown_text(self.series.name), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QPointF(_LEFT, self.rect.top() + 15), name)
        painter.setPen(QColor(self.theme.muted))
        painter.setFont(number_font(9))
        painter.drawText(QPointF(_LEFT, self.rect.top() + 28), f"{level(low)} … {level(high)}")

    def paint(self, painter: QPainter, column: int) -> None:
        """Paint the lines, and the numbers at the ``column`` of the playhead."""
        self._paint_zero(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in reversed(self.series.lines):
            self._paint_line(painter, line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.has_heat:
            top = self.rect.bottom() - _PADDING - _HEAT + 1
            paint_heat(painter, (self.series,), QRectF(0, top, 0, _HEAT), self.columns, self.theme)
        self._paint_number(painter, column)

    def _paint_number(self, painter: QPainter, column: int) -> None:
        values = self.series.lines[0].values
        if column < len(values) and self.rect.height() >= 40:
            painter.setPen(QColor(self.theme.text))
            painter.setFont(number_font(10))
            painter.drawText(QPointF(_LEFT, self.rect.top() + 41), level(float(values[column])))

    def _paint_zero(self, painter: QPainter) -> None:
        low, high = self.series.ends
        if low < 0 < high:
            painter.setPen(QPen(QColor(self.theme.line), 1))
            for run in self.columns.runs(self.columns.visible()):
                y, left = self._y(0.0), self.columns.left(run.start)
                painter.drawLine(QPointF(left, y), QPointF(left + len(run) * self.columns.width, y))

    def _paint_line(self, painter: QPainter, line: Line) -> None:
        for points in self.points(line):
            painter.setPen(line_pen(line.kind, self.theme))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(points)
            if self.columns.width >= _WIDTH_FOR_DOTS or len(points) == 1:
                paint_dots(painter, points, line.kind, self.theme)

    def points(self, line: Line) -> Iterator[list[QPointF]]:
        """Yield the points of the visible parts of a line that have a value."""
        for run in self.columns.runs(self.columns.visible()):
            points = list[QPointF]()
            for column in run:
                value = float(line.values[column])
                if np.isfinite(value):
                    points.append(self.point(column, value))
                elif points:
                    yield points
                    points = []
            if points:
                yield points

    def point(self, column: int, value: float) -> QPointF:
        return QPointF(self.columns.left(column) + self.columns.width / 2, self._y(value))

    def _y(self, value: float) -> float:
        low, high = self.series.ends
        share = (value - low) / (high - low) if high > low else 0.5
        return self.plot.bottom() - share * self.plot.height()


def paint_heat(
    painter: QPainter, every: tuple[Series, ...], rect: QRectF, columns: ColumnLayout, theme: Theme
) -> None:
    """Paint the first line of each series as a row of cells, from its least value to its greatest."""
    colours = blend(theme.panel, theme.quantity["x"], _LEVELS)
    shades = np.append(colours, QColor(theme.danger).rgb()).astype(np.uint32)
    image = image_of(shades[np.stack([_levels(one) for one in every])])
    for run in columns.runs(columns.visible()):
        place = QRectF(columns.left(run.start), rect.top(), len(run) * columns.width, rect.height())
        draw_cells(painter, place, image, QRectF(run.start, 0, len(run), len(every)))


def _levels(series: Series) -> Levels:
    """Return the index of the shade of each value; the last one is that of what is not finite."""
    low, high = series.ends
    values: Floats = series.lines[0].values
    scaled = np.nan_to_num((values - low) / (high - low) if high > low else 0 * values)
    return np.where(np.isfinite(values), np.clip(scaled, 0, 1) * (_LEVELS - 1), _LEVELS).astype(np.uint8)
