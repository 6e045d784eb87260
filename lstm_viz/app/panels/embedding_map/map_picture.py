"""The map of the embeddings: a dot for each word, labels and trails for the most frequent ones."""

from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.embedding_map.view_model import MOST_LABELS, MapViewModel, Places, labels
from lstm_viz.app.texts import counted, put, shown_text
from lstm_viz.app.widgets.figure import Background
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.painting import PALE, signed, text_font
from lstm_viz.messages import Floats

_REACH = 9.0
_LONGEST = 24
_TRAIL_OPACITY, _GROUND_OPACITY, _DIM = 0.7, 0.7, 0.4
#: The sizes of dots, in pixels: with a name, and without one where there are few and many words.
_NAMED, _FEW, _MANY, _MANY_WORDS = 5.0, 4.0, 2.0, 2_000


class MapPicture(HoverWidget):
    """Paints a `MapViewModel`; the word under the mouse is marked, with its trail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: MapViewModel | None = None
        self._pale = False
        self._pointed: int | None = None
        self._background = Background()
        self.setAccessibleName(self.tr("Map of the embeddings"))
        self.setWhatsThis(
            self.tr(
                "A dot is the embedding of a word at the selected epoch, on the two principal axes of the "
                "last checkpoint: the directions in which its words differ most. All epochs have the same "
                "axes and scale. A line is the way of a word through the checkpoints, from a ring on."
            )
        )

    def set_shown(self, shown: MapViewModel | None, *, pale: bool = False) -> None:
        """Draw a map, None for nothing; an outdated one pale."""
        if shown is None or self._shown is None or shown.result is not self._shown.result:
            self._pointed = None
            self._hover.hide()
        self._shown, self._pale = shown, pale
        self.setAccessibleDescription(self._accessible_text())
        self.update()

    def _accessible_text(self) -> str:
        if self._shown is None:
            return ""
        count = len(self._shown.result.words)
        return counted(self.tr("%1 word(|s)", None, count), count)

    def sizeHint(self) -> QSize:
        return QSize(300, 230)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 150)

    def _placed(self, shown: MapViewModel, points: Floats) -> Places:
        return shown.placed(points, float(self.width()), float(self.height()))

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None:
            return
        with QPainter(self) as painter:
            of = shown, self._pale, self._theme
            self._background.draw(painter, self, self._theme.panel, of, partial(self._paint, shown))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_pointed(painter, shown)

    def _paint(self, shown: MapViewModel, painter: QPainter) -> None:
        places = self._placed(shown, shown.now)
        named = self._labels(shown, places)
        are_many = len(places) > _MANY_WORDS  # round dots of so many would take a tenth of a second
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not are_many)
        painter.setOpacity(PALE if self._pale else 1.0)
        self._paint_dots(painter, places, _MANY if are_many else _FEW, _DIM)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_trails(painter, shown, named)
        self._paint_dots(painter, places[list(named)], _NAMED, 1.0)
        for word, at in named.items():
            self._paint_label(painter, self._text(shown, word), QPointF(*at))

    def _paint_label(self, painter: QPainter, text: str, at: QPointF) -> None:
        """Paint a label on a ground of its own: there may be dots behind it."""
        painter.setFont(text_font(11))
        metrics = QFontMetricsF(text_font(11))
        ground = QColor(self._theme.panel)
        ground.setAlphaF(_GROUND_OPACITY)
        box = QRectF(
            at.x() - 1, at.y() - metrics.ascent(), metrics.horizontalAdvance(text) + 2, metrics.height()
        )
        painter.fillRect(box, ground)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(at, text)

    def _labels(self, shown: MapViewModel, places: Places) -> dict[int, tuple[float, float]]:
        metrics = QFontMetricsF(text_font(11))
        words = range(min(MOST_LABELS, len(shown.result.words)))
        widths = [metrics.horizontalAdvance(self._text(shown, word)) for word in words]
        return labels(places, widths, metrics.height(), (0.0, 0.0, float(self.width()), float(self.height())))

    def _text(self, shown: MapViewModel, word: int) -> str:
        text = shown_text(shown.result.words[word])
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _paint_trails(
        self, painter: QPainter, shown: MapViewModel, named: dict[int, tuple[float, float]]
    ) -> None:
        painter.save()
        painter.setOpacity(painter.opacity() * _TRAIL_OPACITY)
        for word in named:
            self._paint_trail(painter, shown, word, self._theme.muted)
        painter.restore()

    def _paint_trail(self, painter: QPainter, shown: MapViewModel, word: int, colour: str) -> None:
        trail = [QPointF(x, y) for x, y in self._placed(shown, shown.trail(word)).tolist()]
        if len(trail) < 2:
            return
        painter.setPen(QPen(QColor(colour), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(trail))
        painter.drawEllipse(trail[0], 2.5, 2.5)

    def _paint_dots(self, painter: QPainter, places: Places, size: float, opacity: float) -> None:
        finite = places[np.isfinite(places).all(axis=1)]
        colour = QColor(self._theme.muted)
        colour.setAlphaF(opacity)
        pen = QPen(colour, size)
        if size != _MANY:
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in finite.tolist()]))

    def _paint_pointed(self, painter: QPainter, shown: MapViewModel) -> None:
        """Mark the word under the mouse, and its trail."""
        word = self._pointed
        if word is None or not np.isfinite(shown.now[word]).all():
            return
        self._paint_trail(painter, shown, word, self._theme.accent)
        painter.setBrush(QColor(self._theme.accent))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(*self._placed(shown, shown.now[word]).tolist()), 4.0, 4.0)

    # ------------------------------------------------------------ mouse

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._word_at(event.position()))
        super().mouseMoveEvent(event)

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def _point(self, word: int | None) -> None:
        if word != self._pointed:
            self._pointed = word
            self.update()

    def _word_at(self, point: QPointF) -> int | None:
        if self._shown is None or self._pale:
            return None
        return self._shown.nearest(point.x(), point.y(), self.width(), self.height(), _REACH)

    def describe_at(self, point: QPointF) -> str:
        word, shown = self._word_at(point), self._shown
        if word is None or shown is None:
            return ""
        x, y = shown.now[word].tolist()
        lines = [
            put("“%1”", shown_text(shown.result.words[word])),
            put(self.tr("epoch %1 · axis 1 %2 · axis 2 %3"), shown.shown_epoch, signed(x, 3), signed(y, 3)),
        ]
        if shown.result.counts:
            count = shown.result.counts[word]
            lines.append(counted(self.tr("%1 time(|s) in the training sentences", None, count), count))
        return "\n".join(lines)
