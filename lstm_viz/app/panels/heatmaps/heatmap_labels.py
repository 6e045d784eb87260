"""The label to the left of a quantity's heatmap: its name and its scale."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.app.widgets.painting import number_font, paint_panel, text_font
from lstm_viz.app.widgets.pictures import DELTA
from lstm_viz.app.widgets.scale import paint_scale
from lstm_viz.cells import QUANTITIES

_HEIGHT_FOR_SCALE = 62
_HEIGHT_FOR_TWO = 28
_HEIGHT_FOR_PARTS = 104
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class HeatmapLabel:
    """The label of a quantity, or of a difference with the limit ``scale``.

    Where its rows are ``parted``, the names of the parts are to the right of its symbol.
    """

    name: str
    rect: QRectF
    theme: Theme
    scale: float | None = None
    marked: bool = False
    parted: bool = False

    @property
    def difference(self) -> bool:
        return self.scale is not None

    @property
    def title(self) -> str:
        return f"{DELTA} {quantity_name(self.name)}" if self.difference else quantity_name(self.name)

    @property
    def symbol(self) -> str:
        return f"{DELTA if self.difference else ''}{QUANTITIES[self.name].symbol}"

    def paint(self, painter: QPainter) -> None:
        paint_panel(painter, self.rect, self.theme, edge=self.theme.quantity[self.name])
        if self.parted and self.rect.height() < _HEIGHT_FOR_PARTS:
            self._paint_symbol(painter)
        else:
            self._paint_name(painter, self.rect)

    def _paint_symbol(self, painter: QPainter) -> None:
        painter.setPen(QColor(self.theme.text))
        painter.setFont(text_font(14))
        painter.drawText(self.rect.adjusted(14, 0, 0, 0), _MIDDLE, f"{self.symbol}ₜ")

    def _paint_name(self, painter: QPainter, rect: QRectF) -> None:
        one_line = rect.height() < 44
        left, width = rect.left() + (10 if one_line else 14), LABEL_WIDTH - 30
        painter.setPen(QColor(self.theme.ink[self.name]))
        painter.setFont(text_font(11 if one_line else 12, bold=True))
        align = Qt.AlignmentFlag.AlignVCenter if one_line else Qt.AlignmentFlag.AlignTop
        title = f"{self.symbol} {quantity_name(self.name)}" if one_line else self.title
        place = QRectF(left, rect.top() + (0 if one_line else 4), width + 12, rect.height())
        if one_line and (self.marked or self.difference):
            room = LABEL_WIDTH - left - (22 if self.marked else 12)
            title = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(room))
        if one_line and self.difference:
            self._paint_beside_its_scale(painter, place, title)
            return
        painter.drawText(place, align, title)
        if one_line:
            return
        if self.difference and rect.height() < _HEIGHT_FOR_SCALE:
            self._paint_end(
                painter, QRectF(left, rect.top() + 22, width - 20, 16), Qt.AlignmentFlag.AlignRight
            )
        painter.setPen(QColor(self.theme.text))
        painter.setFont(text_font(14))
        line = QRectF(left, rect.top() + 19, width, 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, f"{self.symbol}ₜ")
        if rect.height() >= _HEIGHT_FOR_SCALE:
            shade = self.name if self.scale is None else f"{DELTA}{self.scale:g}"
            paint_scale(painter, QRectF(left, rect.top() + 43, width - 16, 5), shade, self.theme)

    def _paint_beside_its_scale(self, painter: QPainter, place: QRectF, title: str) -> None:
        """Paint the name above the limits of the scale, or where that does not fit the symbol beside them."""
        if place.height() >= _HEIGHT_FOR_TWO:
            middle = place.center().y()
            painter.drawText(QRectF(place.left(), middle - 14, place.width(), 15), _MIDDLE, title)
            under = QRectF(place.left(), middle + 1, place.width(), 12)
            self._paint_end(painter, under, Qt.AlignmentFlag.AlignLeft)
        else:
            painter.drawText(place, _MIDDLE, self.symbol)
            beside = painter.fontMetrics().horizontalAdvance(self.symbol) + 8
            self._paint_end(painter, place.adjusted(beside, 0, 0, 0), Qt.AlignmentFlag.AlignLeft)

    def _paint_end(self, painter: QPainter, place: QRectF, side: Qt.AlignmentFlag) -> None:
        painter.setPen(QColor(self.theme.muted))
        painter.setFont(number_font(10))
        painter.drawText(place, side | _MIDDLE, f"±{self.scale:g}")
