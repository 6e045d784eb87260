"""The axes of a plot, with the positions and texts of their ticks."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lstm_viz.app.guard import guarded
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import fitted_font, number_font, text_font

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_PER_DECADE = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7))


def linear_ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """Return at most ``most`` + 1 round numbers from ``low`` to ``high``, only whole ones if ``whole``."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    gap = _gap((high - low) / max(1, most))
    if whole and gap < 5:
        gap = 5.0 if gap == 2.5 else max(1.0, gap)
    first, last = math.ceil(low / gap - 1e-9), math.floor(high / gap + 1e-9)
    return [k * gap for k in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return the logarithms of round numbers from 10 to the power of ``low`` to that of ``high``."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    span = math.floor(high) - math.floor(low)
    if span > most:
        gap = math.ceil(span / most)
        return [float(k) for k in range(math.ceil(low / gap) * gap, math.floor(high) + 1, gap)]
    found = [0.0]
    for digits in _PER_DECADE:
        finer = [math.log10(d) + k for k in range(math.floor(low), math.floor(high) + 1) for d in digits]
        finer = [place for place in finer if low <= place <= high]
        if len(finer) > most + 1:
            break
        found = finer
        if len(finer) > most / 2:
            return found
    if len(found) >= 3 or high > 300:
        return found
    return [math.log10(value) for value in linear_ticks(10**low, 10**high, most) if value > 0]


def _gap(least: float) -> float:
    """Return the smallest round number that is at least ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return power * next(nice for nice in _NICE if nice * power >= least * (1 - 1e-9))


def tick_text(value: float) -> str:
    """Return the text of a tick label: short, with a true minus and thousands separators."""
    if value and not 1e-4 <= abs(value) < 1e7:
        text = f"{value:.3g}"
    else:
        text = f"{value + 0.0:,.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


_TITLE = 13
#: Wide enough for "0.0001" and "20,000", and the same in all plots, so that they are aligned.
VALUE_WIDTH = 50 + _TITLE
STEP_HEIGHT = 21 + _TITLE
_PIXELS_A_VALUE = 44
_PIXELS_A_STEP = 80
_OVER = 40


class Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis with round numbers; if ``logarithmic``, its coordinates are logarithms to the base 10."""

    def __init__(self, side: str) -> None:
        super().__init__(side, maxTickLength=0)
        self.logarithmic, self.title = False, ""
        self._steps = side == "bottom"
        self.setStyle(
            tickFont=number_font(10),
            tickTextOffset=7,
            tickAlpha=255,
            autoExpandTextSpace=False,
            hideOverlappingLabels=False,
        )
        self.enableAutoSIPrefix(False)
        self.setGrid(False if self._steps else 255)
        if self._steps:
            self.setHeight(STEP_HEIGHT)
        else:
            self.setWidth(VALUE_WIDTH)

    def set_theme(self, theme: Theme) -> None:
        self.setPen(QPen(QColor(theme.line)) if self._steps else QPen(Qt.PenStyle.NoPen))
        self.setTickPen(QPen(QColor(theme.line), 1))  # of a colour, pyqtgraph makes a cosmetic pen
        self.setTextPen(QColor(theme.muted))

    def set_logarithmic(self, logarithmic: bool) -> None:
        if logarithmic != self.logarithmic:
            self.logarithmic = logarithmic
            self.picture = None
            self.update()

    def set_title(self, title: str) -> None:
        if title != self.title:
            self.title = title
            self.picture = None
            self.update()

    # ------------------------------------------------------------ pyqtgraph's overrides

    @guarded
    def drawPicture(self, painter: QPainter, *specs: Any) -> None:  # noqa: N802
        super().drawPicture(painter, *specs)
        rect = self.mapRectFromParent(self.geometry())
        length = rect.width() if self._steps else rect.height()
        painter.setFont(fitted_font(text_font(10), self.title, length))
        painter.setPen(self.textPen())
        if self._steps:
            room = QRectF(rect.left(), rect.bottom() - _TITLE - 2, length, _TITLE)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.title)
            return
        painter.translate(rect.left(), rect.center().y())
        painter.rotate(-90)
        room = QRectF(-length / 2, 0, length, _TITLE)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.title)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        if self.logarithmic:
            return [(1.0, log_ticks(low, high, max(2, int(size / _PIXELS_A_VALUE))))]
        room = _PIXELS_A_STEP if self._steps else _PIXELS_A_VALUE
        fewest = 3 if self._steps else 2  # a number at the very end does not fit
        return [(1.0, linear_ticks(low, high, max(fewest, int(size / room)), self._steps))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        return [tick_text(10**value if self.logarithmic else value) for value in values]

    @guarded
    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the painted rectangle: the first and the last number extend beyond the axis."""
        rect = QRectF(super().boundingRect())
        return rect.adjusted(-_OVER, 0, 0, 0) if self._steps else rect.adjusted(0, -_OVER, 0, _OVER)
