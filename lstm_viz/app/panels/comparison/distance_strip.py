"""The distance of two compared readings at each word: max |Δh|, a bar and a number per column."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.comparison.comparison import Comparison, Distances
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.labels import unit_name
from lstm_viz.app.widgets.painting import number_font, plain, text_font

_HEIGHT, _LEFT = 18, 14
_WIDTH_FOR_THREE, _DIGIT_WIDTH = 46.0, 7.0
_CENTRE = Qt.AlignmentFlag.AlignCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class DistanceStrip(HoverWidget):
    """Draws where two readings differ most; hidden where they have no common hidden state.

    Signals
    -------
    clicked(column)
        A word was clicked, in a column of the current view.
    """

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self._columns = ColumnLayout()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Difference at each word"))
        self.setWhatsThis(
            self.tr(
                "The largest difference of a hidden state at each word, over all units: max |Δh|. A full bar "
                "is the limit of the scale, which is written at the left; the largest number is bold."
            )
        )

    def set_comparison(self, comparison: Comparison | None, columns: ColumnLayout) -> None:
        """Draw the distances of a comparison on its columns."""
        self._comparison, self._columns = comparison, columns
        self.setVisible(self.distances is not None)
        self.setAccessibleDescription(self._in_words())
        self._hover.hide()
        self.update()

    @property
    def distances(self) -> Distances | None:
        return self._comparison.distances if self._comparison is not None else None

    @property
    def is_needed(self) -> bool:
        return self.distances is not None

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 120, _HEIGHT)

    # ------------------------------------------------------------ texts

    def describe(self, column: int) -> str:
        """Return the distance at a column as text; "" where one reading has no such word."""
        found, comparison = self.distances, self._comparison
        if found is None or comparison is None or not found.present[column]:
            return ""
        word = comparison.word("second", column)
        text = self.tr("max |Δh| %1 in %2 at “%3”")
        text = text.replace("%1", plain(float(found.values[column]), 6))
        text = text.replace("%2", unit_name(int(found.units[column])))
        return text.replace("%3", shown_text(word.text) if word is not None else "")

    def _in_words(self) -> str:
        found = self.distances
        return "" if found is None else self.describe(found.farthest)

    def describe_at(self, point: QPointF) -> str:
        column = self._columns.at(point.x())
        return "" if column is None else self.describe(column)

    def is_clickable(self, point: QPointF) -> bool:
        return bool(self.describe_at(point))

    # ------------------------------------------------------------ Qt

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_clickable(event.position()):
            column = self._columns.at(event.position().x())
            assert column is not None
            assert self._comparison is not None
            self.clicked.emit(self._comparison.slots[column][0])

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        found = self.distances
        if found is None:
            return
        with QPainter(self) as painter:
            self._paint_label(painter, found)
            for column in self._columns.within(event.rect()):
                if found.present[column]:
                    self._paint_column(painter, found, column)

    def _paint_label(self, painter: QPainter, found: Distances) -> None:
        place = QRectF(_LEFT, 0, LABEL_WIDTH - _LEFT - 4, self.height())
        painter.setPen(QColor(self._theme.text))
        painter.setFont(text_font(11, bold=True))
        painter.drawText(place, _MIDDLE, "max |Δh|")
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(number_font(9))
        painter.drawText(place, _MIDDLE | Qt.AlignmentFlag.AlignRight, f"0–{found.scale:g}")

    def _paint_column(self, painter: QPainter, found: Distances, column: int) -> None:
        """Paint a bar on its track, and the number over it."""
        columns, value = self._columns, float(found.values[column])
        gap = min(6.0, columns.width * 0.06)
        track = QRectF(columns.left(column) + gap / 2, 1, columns.width - gap, self.height() - 2)
        painter.fillRect(track, QColor(self._theme.panel))
        share = min(1.0, value / found.scale) if value == value else 0.0  # noqa: PLR0124  # NaN has no bar
        painter.fillRect(
            QRectF(track.left(), track.top(), share * track.width(), track.height()), QColor(self._theme.line)
        )
        painter.setPen(QColor(self._theme.text if value == value else self._theme.danger))  # noqa: PLR0124
        painter.setFont(number_font(11, bold=column == found.farthest and not found.is_rounding))
        painter.drawText(track, _CENTRE, _number(value, columns.width, found.scale))


def _number(value: float, width: float, scale: float) -> str:
    """Return a distance with three digits, or more of a small scale, where they fit, else with fewer."""
    if not value:
        return "0"
    more = max(0, -math.floor(math.log10(scale)) - 1)  # two digits of the scale's own
    most = 3 + min(more, int((width - _WIDTH_FOR_THREE) / _DIGIT_WIDTH))
    return plain(value, most) if width >= _WIDTH_FOR_THREE else plain(value, 2).removeprefix("0")
