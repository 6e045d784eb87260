"""The surfaces of multiword tokens, drawn once over their words, with a bracket."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.messages import Word

#: The height of the strip of the surfaces.
SURFACE_HEIGHT = 20


@dataclass(frozen=True, slots=True)
class Surface:
    """A surface over the columns ``first`` to ``last``, both included."""

    text: str
    first: int
    last: int


def surfaces(words: Sequence[Word | None]) -> tuple[Surface, ...]:
    """Return the surfaces over columns with these words, None where a column has none.

    A surface whose words are not adjacent is drawn over each part of them.
    """
    if not [word for word in words if word is not None and word.surface]:
        return ()  # most readings have none, and this is called with every key
    return tuple(_surfaces(words))


def _surfaces(words: Sequence[Word | None]) -> Iterator[Surface]:
    def place(column: int) -> tuple[int, int] | None:
        word = words[column]
        return (word.start, word.end) if word is not None and word.surface else None

    for span, group in groupby(range(len(words)), place):
        columns = list(group)
        word = words[columns[0]]
        if span is not None and word is not None:
            yield Surface(word.surface, columns[0], columns[-1])


def written(words: Sequence[Word]) -> list[str]:
    """Return the surface texts of these words: a multiword token once."""
    spans = groupby(words, lambda word: (word.start, word.end))
    first = (next(group) for _, group in spans)
    return [word.surface or word.text for word in first]


def paint_surface(painter: QPainter, rect: QRectF, surface: Surface, theme: Theme, *, here: bool) -> None:
    """Paint a surface over its words; ``here`` where one of them is under the playhead."""
    colour = QColor(theme.text if here else theme.muted)
    font = text_font(12, bold=here)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(shown_text(surface.text), Qt.TextElideMode.ElideRight, rect.width() - 20)
    width = metrics.horizontalAdvance(text) + 8
    middle, left, right, bottom = rect.center().y(), rect.left() + 2, rect.right() - 2, rect.bottom() - 1
    painter.setPen(QPen(colour, 1))
    for end, towards in ((left, rect.center().x() - width / 2), (right, rect.center().x() + width / 2)):
        painter.drawPolyline([QPointF(end, bottom), QPointF(end, middle), QPointF(towards, middle)])
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
