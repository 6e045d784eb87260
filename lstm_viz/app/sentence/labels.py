"""What stands to the left of a quantity's heatmap: its name and its scale."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from lstm_viz.app.painting import paint_panel, text_font
from lstm_viz.app.pictures import DELTA
from lstm_viz.app.scale import paint_scale
from lstm_viz.app.sentence.columns import LABEL_WIDTH
from lstm_viz.app.theme import QUANTITIES, Theme
from lstm_viz.app.words import quantity_name


@dataclass(frozen=True)
class Label:
    """The panel of a quantity, or of its ``difference``: what no number changes."""

    name: str
    rect: QRectF
    theme: Theme
    difference: bool = False
    marked: bool = False

    @property
    def title(self) -> str:
        return f"{DELTA} {quantity_name(self.name)}" if self.difference else quantity_name(self.name)

    @property
    def symbol(self) -> str:
        return f"{DELTA if self.difference else ''}{QUANTITIES[self.name].symbol}"

    def paint(self, painter: QPainter) -> None:
        paint_panel(painter, self.rect, self.theme, edge=self.theme.quantity[self.name])
        rect = self.rect
        left, width = rect.left() + 14, LABEL_WIDTH - 30
        painter.setPen(QColor(self.theme.ink[self.name]))
        painter.setFont(text_font(12, bold=True))
        one_line = rect.height() < 44
        align = Qt.AlignmentFlag.AlignVCenter if one_line else Qt.AlignmentFlag.AlignTop
        title = f"{self.symbol}  {quantity_name(self.name)}" if one_line else self.title
        place = QRectF(left, rect.top() + (0 if one_line else 7), width + 12, rect.height())
        if one_line and (self.marked or self.difference):
            room = LABEL_WIDTH - left - (32 if self.marked else 12)
            painter.setFont(text_font(11, bold=True))
            title = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(place, align, title)
        if one_line:
            return
        painter.setPen(QColor(self.theme.text))
        painter.setFont(text_font(14))
        line = QRectF(left, rect.top() + 23, width, 20)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, f"{self.symbol}ₜ")
        if rect.height() >= 70:
            shade = f"{DELTA}{self.name}" if self.difference else self.name
            room = width - 14 if self.marked else width
            paint_scale(painter, QRectF(left, rect.top() + 49, room, 5), shade, self.theme)
