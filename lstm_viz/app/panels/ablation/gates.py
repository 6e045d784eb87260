"""The effect on a tag's score of ablating a gate in all units: one row per gate."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.ablated import ablation_label
from lstm_viz.app.panels.ablation.change_painter import (
    LEFT,
    PALE,
    RIGHT,
    BarScale,
    paint_bar,
    paint_flip,
    paint_zero,
)
from lstm_viz.app.panels.ablation.labels import gate_text
from lstm_viz.app.panels.ablation.ranking import Ranking
from lstm_viz.app.panels.attribution.targets import any_resolved
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.numerals import limit_text
from lstm_viz.app.widgets.painting import number_font, text_font

_ROW, _HEAD = 19, 17
_NAME, _NUMBER, _TAG = 196, 66, 74


class WholeGates(HoverWidget):
    """Draws the gate ablations of a `Ranking`, in the order of the heatmaps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ranking: Ranking | None = None
        self._tagset: tuple[str, ...] = ()
        self._is_pale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Ablation of whole gates"))

    def set_ranking(self, ranking: Ranking | None, tagset: tuple[str, ...]) -> None:
        rows = self._rows
        self._ranking, self._tagset = ranking, tagset
        if self._rows != rows:
            self.updateGeometry()
        self._hover.hide()
        self.setAccessibleDescription("; ".join(self.describe(k) for k in range(self._rows)))
        self.update()

    def set_pale(self, pale: bool) -> None:
        """Draw the rows pale: they are not about the current subject."""
        if pale != self._is_pale:
            self._is_pale = pale
            self._hover.hide()
            self.update()

    @property
    def _rows(self) -> int:
        return len(self._ranking.gates) if self._ranking else 0

    def describe(self, row: int) -> str:
        """Return a row's values as text."""
        assert self._ranking is not None
        gate, place = self._ranking.gates[row]
        return gate_text(self._ranking, gate, place)

    def sizeHint(self) -> QSize:
        return QSize(300, _HEAD + _ROW * self._rows)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def describe_at(self, point: QPointF) -> str:
        row = int((point.y() - _HEAD) // _ROW)
        return self.describe(row) if 0 <= row < self._rows and not self._is_pale else ""

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ranking is None:
            return
        with QPainter(self) as painter:
            if self._is_pale:
                painter.setOpacity(PALE)
            bars = BarScale(_NAME + 6, self.width() - _NUMBER - _TAG - 4, self._ranking.gate_limit)
            self._paint_head(painter, self._ranking)
            for row in range(self._rows):
                self._paint_row(painter, self._ranking, bars, row)
            if self._rows:
                paint_zero(painter, bars, _HEAD, self.height(), self._theme.muted)

    def _paint_head(self, painter: QPainter, ranking: Ranking) -> None:
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.muted))
        line = QRectF(2, 0, self.width() - _TAG - 8, _HEAD)
        none = self.tr("An RNN has no gates: only units can be ablated.")
        painter.drawText(line, LEFT, self.tr("one gate in all units") if ranking.gates else none)
        if ranking.gates and not self._is_pale:
            painter.drawText(line, RIGHT, self._scale(ranking, line.width() - _NAME))

    def _scale(self, ranking: Ranking, room: float) -> str:
        """Return the limit of the bars and, where ``room`` pixels allow, what they show."""
        if not any_resolved(ranking.whole_gates, 0.0):
            return ""
        metrics, end = QFontMetricsF(text_font(11)), limit_text(ranking.gate_limit)
        whole = self.tr("score change, scale ±%1").replace("%1", end)
        if metrics.horizontalAdvance(whole) <= room:
            return whole
        return self.tr("scale ±%1").replace("%1", end)

    def _paint_row(self, painter: QPainter, ranking: Ranking, bars: BarScale, row: int) -> None:
        theme, y = self._theme, _HEAD + row * _ROW
        gate, place = ranking.gates[row]
        painter.setFont(text_font(11))
        painter.setPen(QColor(theme.ink[gate]))
        painter.drawText(QRectF(2, y, _NAME, _ROW), LEFT, ablation_label(gate))
        value = float(ranking.whole_gates[place])
        paint_bar(painter, bars.rect(value, y + _ROW / 2, 8), value, theme)
        if self._is_pale:
            return
        painter.setFont(number_font(11))
        painter.setPen(QColor(theme.text))
        right = self.width() - _TAG
        painter.drawText(
            QRectF(right - _NUMBER, y, _NUMBER - 6, _ROW), RIGHT, ranking.whole_gate_change(place)
        )
        flip = ranking.gate_flip(place)
        if flip:
            paint_flip(painter, QRectF(right + 4, y, _TAG - 6, _ROW), flip, self._tagset, theme)
