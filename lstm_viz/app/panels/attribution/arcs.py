"""Attributions drawn over the columns: arcs from words to the word at the step, and a bar for each word."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from lstm_viz.app.panels.attribution.targets import resolved, resolved_share
from lstm_viz.app.panels.heatmaps.column_layout import ColumnLayout
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import number_font
from lstm_viz.messages import Floats

HEIGHT = 78
_ZERO, _BAR, _NUMBERS, _ARCS = 15.0, 12.0, 28.0, 42.0
_WIDTH_FOR_NUMBERS = 50.0
_FEW, _MOST_ARCS, _MOST_HIDDEN = 5, 12, 3
_FAINTEST = 0.02  # of the largest: weaker arcs are none
_THINNEST, _THICKEST = 0.8, 4.0
PALE = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Attributions (T,) of the words in ``columns``; bars end at ``limit``. Stale ones have no numbers.

    Values smaller than ``resolution`` are below float32 resolution: they have neither bar nor arc.
    """

    values: Floats
    step: int
    limit: float
    columns: ColumnLayout
    theme: Theme
    fresh: bool
    resolution: float = 0.0

    @property
    def resolved(self) -> Floats:
        """The values, 0 for those below float32 resolution."""
        return resolved(self.values, self.resolution)

    def centre(self, word: int) -> float:
        return self.columns.left(word) + self.columns.width / 2

    def strongest(self) -> list[int]:
        """Return the words with a resolved value other than NaN, the largest first."""
        sizes = np.abs(np.nan_to_num(self.resolved, nan=0.0, posinf=0.0, neginf=0.0))
        return [int(k) for k in np.argsort(-sizes, kind="stable") if sizes[k] > 0]

    def numbered(self) -> list[int]:
        """Return the visible words whose number is drawn: all where there is room, else the strongest."""
        if not self.fresh:
            return []
        visible = self.columns.visible()
        if self.columns.width >= _WIDTH_FOR_NUMBERS:
            return [k for k in visible if k < len(self.values)]
        chosen: list[int] = []
        for word in (k for k in self.strongest() if k in visible):
            apart = _WIDTH_FOR_NUMBERS / self.columns.width
            if len(chosen) < _FEW and all(abs(word - other) >= apart for other in chosen):
                chosen.append(word)
        return chosen

    def arcs(self) -> list[int]:
        """Return the words that have an arc, the strongest last: it is painted over the others.

        Of the words scrolled out of view only the strongest few have one, which ends at the border.
        """
        strong = self.strongest()
        if not strong or not 0 <= self.step < len(self.values):
            return []
        least, visible = _FAINTEST * abs(float(self.values[strong[0]])), self.columns.visible()
        others = [k for k in strong if k != self.step and abs(float(self.values[k])) >= least]
        hidden = [k for k in others if k not in visible][:_MOST_HIDDEN]
        seen = [k for k in others if k in visible][:_MOST_ARCS]
        return [k for k in others if k in seen or k in hidden][::-1]

    # ------------------------------------------------------------ painting

    def paint(self, painter: QPainter, room: QRectF) -> None:
        """Paint into ``room``; an arc to a word scrolled out of view ends at its border."""
        painter.save()
        painter.setClipRect(room)
        painter.setOpacity(1.0 if self.fresh else PALE)
        self._paint_marks(painter)
        self._paint_arcs(painter)
        self._paint_numbers(painter)
        painter.restore()

    def _colour(self, value: float) -> QColor:
        return QColor(self.theme.plus if value > 0 else self.theme.minus)

    def _paint_marks(self, painter: QPainter) -> None:
        columns, width = self.columns, min(22.0, self.columns.width * 0.5)
        values = self.resolved
        painter.setPen(Qt.PenStyle.NoPen)
        for word in columns.visible():
            centre = self.centre(word)
            painter.fillRect(QRectF(centre - width / 2, _ZERO, width, 1), QColor(self.theme.muted))
            value = float(values[word]) if word < len(values) else np.nan
            if np.isfinite(value):
                height = _BAR * min(1.0, abs(value) / self.limit)
                top = _ZERO - height if value > 0 else _ZERO + 1
                painter.fillRect(QRectF(centre - width / 2, top, width, height), self._colour(value))

    def _paint_numbers(self, painter: QPainter) -> None:
        painter.setFont(number_font(10))
        painter.setPen(QColor(self.theme.text))
        for word in self.numbered():
            value, centre = float(self.values[word]), self.centre(word)
            number = resolved_share(value, self.limit, self.resolution)
            text = "–" if word == self.step and np.isnan(value) else number
            painter.drawText(QRectF(centre - 30, _NUMBERS, 60, 13), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_arcs(self, painter: QPainter) -> None:
        words = self.arcs()
        if not words:
            return
        largest = abs(float(self.values[words[-1]]))
        longest = max(abs(word - self.step) for word in words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for word in words:
            value = float(self.values[word])
            part = abs(value) / largest
            colour = self._colour(value)
            colour.setAlphaF(0.1 + 0.9 * part)
            style = Qt.PenStyle.SolidLine if value > 0 else Qt.PenStyle.DashLine
            pen = QPen(colour, _THINNEST + (_THICKEST - _THINNEST) * part, style)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawPath(self._path(word, abs(word - self.step) / longest))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _path(self, word: int, distance: float) -> QPainterPath:
        """Return the arc between a word and the step; a longer one is deeper."""
        start, end = self.centre(word), self.centre(self.step)
        deep = _ARCS + (HEIGHT - 6 - _ARCS) * (0.35 + 0.65 * distance) * 4 / 3
        path = QPainterPath(QPointF(start, _ARCS))
        path.cubicTo(QPointF(start, deep), QPointF(end, deep), QPointF(end, _ARCS))
        return path
