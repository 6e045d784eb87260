"""The tag scores of the step as bars: log-softmax, and the probability that it is the logarithm of."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.painting import number_font, paint_panel, plain, shown_text, text_font
from lstm_viz.app.state import Look, State
from lstm_viz.messages import Reading

_HEAD = 46
_ROW = 30.0
_SMALLEST_ROW = 15.0
_NAME_WIDTH = 58
_VALUE_WIDTH = 64


class Scores(QWidget):
    """A bar a tag; where the tags do not all fit, the likeliest, and what the rest have together."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setAccessibleName(self.tr("Tag scores"))
        state.reading_changed.connect(self._reading_changed)
        state.look_changed.connect(self._look_changed)
        state.theme_changed.connect(self.update)

    def rows(self) -> list[tuple[str, float]]:
        """Return (tag, log-softmax) from top to bottom, as they are shown."""
        reading = self._state.reading
        if reading is None or not reading.words:
            return []
        step = min(self._state.look.step, len(reading.words) - 1)
        pairs = list(zip(reading.model.tags, (float(s) for s in reading.scores[step]), strict=True))
        room = self._room()
        return pairs if len(pairs) <= room else sorted(pairs, key=lambda pair: -pair[1])[: room - 1]

    def _room(self) -> int:
        return max(2, int((self.height() - _HEAD - 8) / _SMALLEST_ROW))

    def sizeHint(self) -> QSize:
        return QSize(230, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(190, 130)

    def _reading_changed(self, reading: Reading) -> None:
        self._describe()
        self.update()

    def _look_changed(self, new: Look, old: Look) -> None:
        if new.step != old.step:
            self._describe()
            self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(", ".join(f"{tag} {score:.4f}" for tag, score in self.rows()))

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._state.theme
        paint_panel(painter, QRectF(self.rect()), theme)
        painter.setPen(QColor(theme.text))
        painter.setFont(text_font(13, bold=True))
        head = QRectF(14, 9, self.width() - 28, 18)
        rows = self.rows()
        _paint_line(painter, head, self._title())
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(11))
        _paint_line(painter, QRectF(14, 27, self.width() - 28, 14), self._subtitle(rows))
        if rows:
            self._paint_rows(painter, rows)

    def _title(self) -> str:
        reading = self._state.reading
        if reading is None or not reading.words:
            return self.tr("Tag scores")
        word = reading.words[min(self._state.look.step, len(reading.words) - 1)]
        return self.tr("Tag scores · “%1”").replace("%1", shown_text(word.text))

    def _subtitle(self, rows: list[tuple[str, float]]) -> str:
        reading = self._state.reading
        rest = len(reading.model.tags) - len(rows) if reading and rows else 0
        if rest <= 0:
            return self.tr("log-softmax, bar: probability")
        left = max(0.0, 1.0 - sum(float(np.exp(score)) for _, score in rows))
        text = self.tr("%1 others: p %2 · log-softmax")
        return text.replace("%1", str(rest)).replace("%2", f"{left:.4f}")

    def _paint_rows(self, painter: QPainter, rows: list[tuple[str, float]]) -> None:
        reading, theme = self._state.reading, self._state.theme
        assert reading is not None
        height = min(_ROW, (self.height() - _HEAD - 8) / len(rows))
        best = max(range(len(rows)), key=lambda k: rows[k][1])
        small = 11 if height < 18 else 12
        for k, (tag, score) in enumerate(rows):
            colour = QColor(theme.tags[reading.model.tags.index(tag) % len(theme.tags)])
            row = QRectF(14, _HEAD + k * height, self.width() - 28, height)
            painter.setPen(colour)
            painter.setFont(text_font(small, bold=True))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, tag)
            painter.setPen(QColor(theme.text if k == best else theme.muted))
            painter.setFont(number_font(small))
            value = plain(score)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
            self._paint_bar(painter, row, float(np.exp(score)), colour)

    def _paint_bar(self, painter: QPainter, row: QRectF, probability: float, colour: QColor) -> None:
        thickness = min(12.0, row.height() * 0.5)
        width = row.width() - _NAME_WIDTH - _VALUE_WIDTH
        bar = QRectF(row.left() + _NAME_WIDTH, row.center().y() - thickness / 2, width, thickness)
        painter.fillRect(bar, QColor(self._state.theme.raised))
        if np.isfinite(probability):
            bar.setWidth(max(1.0, width * min(1.0, probability)))
            painter.fillRect(bar, colour)


def _paint_line(painter: QPainter, rect: QRectF, text: str) -> None:
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, elided)
