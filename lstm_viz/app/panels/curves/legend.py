"""The legend of a plot: a sample of each line, and its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.curves.named_points import NAMED_SIZE
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.painting import fitted_font, text_font

_STROKE = 16
_GAP = 5
_BETWEEN = 10
_ROW = 16


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """An entry of the legend, in the style of its curve; one with a ``symbol`` names a point."""

    name: str
    colour: str
    width: float = 1.0
    dashed: bool = False
    dots: bool = False
    symbol: str = ""


class CurveLegend(QWidget):
    """Lays out the entries in as many rows as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[LegendEntry, ...] = ()
        self._theme, self._is_posing = DARK, False
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_keys(self, keys: Sequence[LegendEntry], theme: Theme) -> None:
        """Set the entries."""
        if tuple(keys) == self._keys and theme is self._theme:
            return
        self._keys, self._theme = tuple(keys), theme
        self.setAccessibleName(", ".join(key.name for key in keys))
        self.updateGeometry()
        self.update()

    def pose(self, scale: float | None) -> None:
        """Show whole names in a figure; None resets it."""
        self._is_posing = scale is not None

    def sizeHint(self) -> QSize:
        return QSize(160, _ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, _ROW)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return places[-1].bottom() + 1 if places else _ROW

    def _places(self, width: int) -> list[QRect]:
        """Return the rectangle of each entry, row by row."""
        metrics, places = QFontMetrics(text_font(11)), list[QRect]()
        x = y = 0
        for key in self._keys:
            text = metrics.horizontalAdvance(shown_text(key.name)) + 2
            needed = min(width, _STROKE + _GAP + text)
            if x and x + needed > width:
                x, y = 0, y + _ROW
            places.append(QRect(x, y, needed, _ROW))
            x += needed + _BETWEEN
        return places

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for key, place in zip(self._keys, self._places(self.width()), strict=True):
                self._paint_key(painter, key, place)

    def _paint_key(self, painter: QPainter, key: LegendEntry, place: QRect) -> None:
        colour, y = QColor(key.colour), place.center().y() + 0.5
        style = Qt.PenStyle.DashLine if key.dashed else Qt.PenStyle.SolidLine
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, key.width, style))
        if key.symbol:
            _paint_symbol(painter, QPointF(place.left() + _STROKE / 2, y), key)
        else:
            painter.drawLine(QPointF(place.left(), y), QPointF(place.left() + _STROKE, y))
        if key.dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(place.left() + _STROKE / 2, y), 3, 3)
        painter.setPen(QColor(self._theme.muted))
        room, text = place.adjusted(_STROKE + _GAP, 0, 0, 0), shown_text(key.name)
        if self._is_posing:
            painter.setFont(fitted_font(text_font(11), text, room.width()))
        else:
            painter.setFont(text_font(11))
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)


def _paint_symbol(painter: QPainter, centre: QPointF, key: LegendEntry) -> None:
    painter.save()
    painter.translate(centre)
    painter.scale(NAMED_SIZE, NAMED_SIZE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(key.colour))
    painter.drawPath(Symbols[key.symbol])
    painter.restore()
