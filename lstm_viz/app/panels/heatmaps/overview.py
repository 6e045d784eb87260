"""The overview of a sentence that is longer than the window: all words, and the part that is visible."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollBar, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.comparison.chip_texts import ChipRow, ChipText
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, RIGHT_MARGIN
from lstm_viz.app.texts import put
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import number_font
from lstm_viz.app.widgets.pictures import Pixels, image_of
from lstm_viz.app.widgets.tag_style import tag_style

_HEIGHT = 24
_TOP, _BAND, _MARK = 4, 9, 3
_VEIL = 0.55


#: A word in the overview: its tag, "" for none, and its mark: "wrong", "differs" or "".
Tick = tuple[str, str]


def ticks(row: ChipRow) -> tuple[Tick, ...]:
    """Return the ticks of a row of chips."""
    return tuple([_tick(chip, row.tags) for chip in row.chips])


@lru_cache(maxsize=512)  # most words are the same after a keystroke
def _tick(chip: ChipText | None, tags: tuple[str, ...]) -> Tick:
    if chip is None or chip.word is None:
        return "", ""
    wrong = bool(chip.word.gold) and chip.word.gold != chip.word.tag
    mark = "wrong" if wrong else "differs" if chip.differs else ""
    return (chip.word.tag if chip.word.tag in tags else ""), mark


class Overview(QScrollBar):
    """A scroll bar with all words in it: a tick in the colour of each word's tag, a frame around those shown.

    A word that is wrong, or differs from the one it is compared with, has a mark below.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._ticks: tuple[Tick, ...] = ()
        self._column, self._backward = 0, False
        self._grabbed = 0.0
        self._theme: Theme = DARK
        self.setAccessibleName(self.tr("Columns"))
        self.setFixedHeight(_HEIGHT)
        self.setWhatsThis(
            self.tr(
                "All words of the sentence, in the colours of their tags; those in the frame are shown. "
                "Drag the frame to scroll. A mark below a word: its tag is wrong, or differs from that of "
                "the compared reading."
            )
        )

    def set_ticks(self, shown: Sequence[Tick], *, backward: bool) -> None:
        """Show these words."""
        if (tuple(shown), backward) != (self._ticks, self._backward):
            self._ticks, self._backward = tuple(shown), backward
            self.update()

    def set_column(self, column: int) -> None:
        """Set the column of the playhead."""
        if column != self._column:
            self._column = column
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, _HEIGHT)

    # ------------------------------------------------------------ geometry

    @property
    def count(self) -> int:
        """The number of columns."""
        return self.maximum() + self.pageStep()

    @property
    def strip(self) -> QRectF:
        """The rectangle of all words."""
        return QRectF(LABEL_WIDTH, _TOP, self.width() - LABEL_WIDTH - RIGHT_MARGIN, _BAND)

    @property
    def frame(self) -> QRectF:
        """The rectangle around the visible part."""
        each = self.strip.width() / max(1, self.count)
        left = self.strip.left() + self.value() * each
        return QRectF(left, 1, self.pageStep() * each, _HEIGHT - 3)

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._ticks:
            return
        with QPainter(self) as painter:
            self._paint_range(painter)
            self._paint_ticks(painter)
            self._paint_frame(painter)

    def _paint_range(self, painter: QPainter) -> None:
        """Paint which of the steps are visible, in the order of computation."""
        first, last = self.value() + 1, self.value() + self.pageStep()
        if self._backward:
            first, last = self.count + 1 - last, self.count + 1 - first
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(number_font(10))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        text, room = put(self.tr("%1–%2 of %3"), first, last, self.count), LABEL_WIDTH - 8
        if painter.fontMetrics().horizontalAdvance(text) > room:
            text = put(self.tr("%1–%2"), first, last)
        painter.drawText(QRectF(0, 0, room, _TOP + _BAND + 5), align, text)

    def _paint_ticks(self, painter: QPainter) -> None:
        theme, strip = self._theme, self.strip
        fills = [tag_style(tag, theme).fill if tag else theme.line for tag, _ in self._ticks]
        draw_cells(painter, strip, image_of(_pixels(fills)))
        colours = {"wrong": theme.danger, "differs": theme.accent, "": theme.ground}
        marks = [colours[mark] for _, mark in self._ticks]
        below = QRectF(strip.left(), strip.bottom() + 2, strip.width(), _MARK)
        draw_cells(painter, below, image_of(_pixels(marks)))

    def _paint_frame(self, painter: QPainter) -> None:
        """Paint the frame over the visible words and a veil over the others, and the playhead."""
        frame, strip = self.frame, self.strip
        veil = QColor(self._theme.ground)
        veil.setAlphaF(_VEIL)
        painter.fillRect(QRectF(strip.left(), 0, frame.left() - strip.left(), _HEIGHT), veil)
        painter.fillRect(QRectF(frame.right(), 0, strip.right() - frame.right(), _HEIGHT), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.text), 1.5))
        painter.drawRoundedRect(frame, 3, 3)
        each = strip.width() / max(1, self.count)
        middle, width = strip.left() + (self._column + 0.5) * each, max(2.0, min(each, 4.0))
        painter.fillRect(QRectF(middle - width / 2, 1, width, _HEIGHT - 3), QColor(self._theme.text))

    # ------------------------------------------------------------ the mouse

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the frame; beside it, centre it at the mouse first."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, frame = event.position().x(), self.frame
        inside = frame.left() <= x <= frame.right()
        self._grabbed = x - frame.left() if inside else frame.width() / 2
        self._drag_to(x)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(event.position().x())

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do nothing: QScrollBar would end a drag of its own."""

    def _drag_to(self, x: float) -> None:
        each = self.strip.width() / max(1, self.count)
        self.setValue(round((x - self._grabbed - self.strip.left()) / each))


def _pixels(fills: Sequence[str]) -> Pixels:
    """Return one row of colours."""
    return np.array([[QColor(fill).rgb() for fill in fills]], np.uint32)
