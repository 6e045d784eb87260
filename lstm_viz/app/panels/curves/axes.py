"""The axes of a plot."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.curves.ticks import linear_ticks, log_ticks, tick_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import number_font

#: Wide enough for "0.0001" and "20,000", and the same in all plots, so that they are aligned.
VALUE_WIDTH = 50
STEP_HEIGHT = 23
_PIXELS_A_VALUE = 44
_PIXELS_A_STEP = 80
_OVER = 40


class Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis with round numbers; if ``logarithmic``, its coordinates are logarithms to the base 10."""

    def __init__(self, side: str) -> None:
        super().__init__(side, maxTickLength=0)
        self.logarithmic = False
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
        self.setTickPen(QColor(theme.line))
        self.setTextPen(QColor(theme.muted))

    def set_logarithmic(self, logarithmic: bool) -> None:
        if logarithmic != self.logarithmic:
            self.logarithmic = logarithmic
            self.picture = None
            self.update()

    # ------------------------------------------------------------ pyqtgraph's overrides

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        if self.logarithmic:
            return [(1.0, log_ticks(low, high, max(2, int(size / _PIXELS_A_VALUE))))]
        room = _PIXELS_A_STEP if self._steps else _PIXELS_A_VALUE
        fewest = 3 if self._steps else 2  # a number at the very end does not fit
        return [(1.0, linear_ticks(low, high, max(fewest, int(size / room)), self._steps))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        texts = [tick_text(10**value if self.logarithmic else value) for value in values]
        if self._steps and texts:
            texts[0] = self.tr("step %1").replace("%1", texts[0])
        return texts

    @guarded
    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the painted rectangle: the first and the last number extend beyond the axis."""
        rect = QRectF(super().boundingRect())
        return rect.adjusted(-_OVER, 0, 0, 0) if self._steps else rect.adjusted(0, -_OVER, 0, _OVER)
