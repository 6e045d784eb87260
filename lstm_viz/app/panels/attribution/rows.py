"""The attributions of the words: one row per word, three methods side by side."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.ablation.change_painter import paint_flip
from lstm_viz.app.panels.attribution.arcs import PALE
from lstm_viz.app.panels.attribution.labels import method_name
from lstm_viz.app.panels.attribution.targets import BELOW, below_text, resolved_share
from lstm_viz.app.panels.attribution.view_model import METHODS, AttributionViewModel, looks_alike
from lstm_viz.app.selection.selection import AttributionMethod
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.painting import number_font, text_font

ROW = 20
_DENSE_ROW, _FEW = 17, 12
_NUMBER, _TAG, _GAP = 54.0, 68.0, 8.0
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class RowLayout:
    """The columns of the rows in ``width`` pixels: the word, three methods, the other tag."""

    width: float

    @property
    def word(self) -> float:
        return max(60.0, min(130.0, self.width * 0.19))

    @property
    def method_width(self) -> float:
        return (self.width - self.word - _TAG) / len(METHODS)

    def left(self, method: int) -> float:
        return self.word + method * self.method_width

    def bar(self, method: int) -> tuple[float, float]:
        """Return the left and right end of the bars of a method."""
        left = self.left(method) + _GAP
        return left, max(left + 8, left + self.method_width - _GAP - _NUMBER - 4)


class AttributionRows(HoverWidget):
    """One row per word: a bar and a number for each method, and the tag the step gets without the word.

    Signals
    -------
    word_clicked(word)
        A word's row was clicked.
    width_changed(width)
        The columns have moved.
    """

    word_clicked = Signal(int)
    width_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = AttributionViewModel()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Attributions, one row per word"))

    def set_shown(self, shown: AttributionViewModel) -> None:
        grown = len(shown.words) != len(self._shown.words)
        old, self._shown = self._shown, shown
        if looks_alike(shown, old):
            return
        if grown:
            self.setFixedHeight(max(1, self.row_height * len(shown.words)))
        self._hover.hide()
        if shown.attribution is not None and shown.attribution.done:
            self.setAccessibleDescription(". ".join(map(self.describe, range(len(shown.words)))))
        self.update()

    @property
    def row_height(self) -> int:
        return ROW if len(self._shown.words) <= _FEW else _DENSE_ROW

    @property
    def places(self) -> RowLayout:
        return RowLayout(float(self.width()))

    def row(self, word: int) -> QRectF:
        return QRectF(0, word * self.row_height, self.width(), self.row_height)

    def number(self, method: AttributionMethod, word: int) -> str:
        """Return a word's number as text: "…" if it is awaited, "–" if there is none."""
        column = self._shown.columns[method]
        if not column.fresh:
            return "…"
        attribution = self._shown.attribution
        is_removed = attribution is None or not attribution.replacement
        if column.values is None or (method == "occlusion" and word == self._shown.step and is_removed):
            return "–"
        value = float(column.values[word])
        if np.isnan(value) and method == "occlusion" and attribution is not None and not attribution.done:
            return "…"
        return resolved_share(value, self._shown.limit, column.resolution)

    def other_tag(self, word: int) -> str:
        """Return the tag that the step gets without a word, "" if it is the same as with it."""
        tag = self._shown.without(word)
        return "" if tag == self._shown.own else tag

    def describe(self, word: int) -> str:
        """Return a word's attributions as text."""
        numbers = {method: self.number(method, word) for method in METHODS}
        methods = ", ".join(f"{method_name(method)} {number}" for method, number in numbers.items())
        other, text = self.other_tag(word), f"“{shown_text(self._shown.words[word])}”: {methods}"
        if BELOW in numbers.values():
            text = f"{text} ({BELOW}: {below_text()})"
        return f"{text} → {shown_text(other)}" if other else text

    def sizeHint(self) -> QSize:
        return QSize(440, max(1, self.row_height * len(self._shown.words)))

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shown.words:
            return
        first = max(0, event.rect().top() // self.row_height)
        last = min(len(self._shown.words), event.rect().bottom() // self.row_height + 1)
        with QPainter(self) as painter:
            self._paint_background(painter, range(first, last))
            self._paint_words(painter, range(first, last))
            for place, method in enumerate(METHODS):
                self._paint_bars(painter, range(first, last), place, method)
                self._paint_numbers(painter, range(first, last), place, method)
            self._paint_tags(painter, range(first, last))

    def _paint_background(self, painter: QPainter, words: range) -> None:
        """Paint the background of the step's row, and the zero lines."""
        if self._shown.step in words:
            painter.fillRect(self.row(self._shown.step), QColor(self._theme.raised))
        top, height = words.start * self.row_height, len(words) * self.row_height
        for place in range(len(METHODS)):
            left, right = self.places.bar(place)
            painter.fillRect(QRectF(round((left + right) / 2), top, 1, height), QColor(self._theme.line))

    def _paint_words(self, painter: QPainter, words: range) -> None:
        painter.setPen(QColor(self._theme.text))
        room = self.places.word - 12
        for word in words:
            font = text_font(12, bold=word == self._shown.step)
            painter.setFont(font)
            text = QFontMetricsF(font).elidedText(
                shown_text(self._shown.words[word]), Qt.TextElideMode.ElideRight, room
            )
            painter.drawText(self.row(word).adjusted(8, 0, 0, 0), _LEFT, text)

    def _paint_bars(self, painter: QPainter, words: range, place: int, method: AttributionMethod) -> None:
        column, limit = self._shown.columns[method], self._shown.limit
        values = column.resolved
        if values is None:
            return
        left, right = self.places.bar(place)
        middle, half = round((left + right) / 2), (right - left) / 2
        plus, minus = QColor(self._theme.plus), QColor(self._theme.minus)
        painter.setOpacity(1.0 if column.fresh else PALE)
        for word in words:
            value = float(values[word]) if word < len(values) else np.nan
            if np.isfinite(value):
                length = half * min(1.0, abs(value) / limit)
                row = self.row(word)
                start = middle + 1 if value > 0 else middle - length
                bar = QRectF(start, row.top() + 5, length, row.height() - 10)
                painter.fillRect(bar, plus if value > 0 else minus)
        painter.setOpacity(1.0)

    def _paint_numbers(self, painter: QPainter, words: range, place: int, method: AttributionMethod) -> None:
        painter.setFont(number_font(11))
        right = self.places.bar(place)[1]
        fresh = self._shown.columns[method].fresh
        painter.setPen(QColor(self._theme.text if fresh else self._theme.muted))
        for word in words:
            row = self.row(word)
            room = QRectF(right, row.top(), _NUMBER, row.height())
            painter.drawText(room, _RIGHT, self.number(method, word))

    def _paint_tags(self, painter: QPainter, words: range) -> None:
        for word in words:
            tag, row = self.other_tag(word), self.row(word)
            if tag:
                room = row.adjusted(row.width() - _TAG + 4, 0, -2, 0)
                paint_flip(painter, room, tag, self._shown.tagset, self._theme)

    # ------------------------------------------------------------ Qt

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.width_changed.emit(event.size().width())

    def _word_at(self, y: float) -> int | None:
        word = int(y // self.row_height)
        return word if 0 <= word < len(self._shown.words) else None

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        word = self._word_at(event.position().y())
        if word is not None and event.button() == Qt.MouseButton.LeftButton:
            self.word_clicked.emit(word)

    def describe_at(self, point: QPointF) -> str:
        word = self._word_at(point.y())
        return "" if word is None else self.describe(word)

    def is_clickable(self, point: QPointF) -> bool:
        return True
