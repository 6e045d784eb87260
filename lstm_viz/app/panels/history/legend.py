"""The legend with the colour scale of the pictures."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.scale import paint_scale


class ScaleLegend(QWidget):
    """Draws the scale of a quantity."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._name = DARK, "c"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colour scale"))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_quantity(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(96, 22)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_scale(painter, QRectF(1, 2, self.width() - 2, 6), self._name, self._theme)
