"""The real values of a step as a table: predicted, true or of a compared reading, with the difference."""

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from lstm_viz.app.panels.comparison.compared_tag import scored
from lstm_viz.app.panels.comparison.comparison import Comparison
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.numerals import level
from lstm_viz.app.widgets.painting import number_font, text_font
from lstm_viz.messages import Reading

translate = QCoreApplication.translate

_HEAD, _TALLEST, _LEAST = 18.0, 26.0, 15.0
_NAMES = 0.28  # of the width
_NUMBER = 58.0
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """The name of a value and its numbers, None where there is none."""

    name: str
    numbers: tuple[float | None, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple("–" if number is None else level(number) for number in self.numbers)


@dataclass(frozen=True, slots=True)
class ValueRows:
    """Rows of numbers under the titles of their columns."""

    titles: tuple[str, ...] = ()
    rows: tuple[ValueRow, ...] = ()

    def text(self) -> str:
        """Return all numbers, for screen readers."""
        return ", ".join(
            f"{row.name}: {' · '.join(map(' '.join, zip(self.titles, row.texts, strict=True)))}"
            for row in self.rows
        )

    def places(self, area: QRectF) -> list[QRectF]:
        """Return the rectangles of the rows that fit into an area."""
        height = max(_LEAST, min((area.height() - _HEAD) / max(1, len(self.rows)), _TALLEST))
        fit = min(len(self.rows), max(1, int((area.height() - _HEAD) / height)))
        tops = [round(area.top() + _HEAD + k * height) for k in range(fit + 1)]
        return [QRectF(area.left(), top, area.width(), end - top) for top, end in pairwise(tops)]

    def paint(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        head = QRectF(area.left(), area.top(), area.width(), _HEAD)
        painter.setPen(QColor(theme.muted))
        painter.setFont(text_font(10))
        self._paint_texts(painter, head, self.titles)
        for place, row in zip(self.places(area), self.rows, strict=False):
            painter.setPen(QColor(theme.text))
            painter.setFont(text_font(12))
            name = QRectF(place.left(), place.top(), place.width() * _NAMES, place.height())
            text = shown_text(row.name)
            metrics = painter.fontMetrics()
            painter.drawText(
                name, _LEFT, metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(name.width()))
            )
            painter.setFont(number_font(11))
            self._paint_texts(painter, place, row.texts)

    def _paint_texts(self, painter: QPainter, place: QRectF, texts: tuple[str, ...]) -> None:
        left = place.left() + place.width() * _NAMES
        shown = texts[: max(2, int((place.right() - left) / _NUMBER))]  # the difference, last, may go
        width = (place.right() - left) / max(1, len(shown))
        for k, text in enumerate(shown):
            painter.drawText(QRectF(left + k * width, place.top(), width, place.height()), _RIGHT, text)


def value_rows(reading: Reading, comparison: Comparison | None, step: int) -> ValueRows:
    """Return the real values at a step; of a comparison both, and their difference."""
    if comparison is not None:
        letters = ("A", "B", "B − A")
        return ValueRows(
            letters,
            tuple(
                ValueRow(row.tag, _with_difference(row.first, row.second)) for row in scored(comparison, step)
            ),
        )
    values = map(float, reading.scores[reading.row(step)])
    pairs = zip(reading.model.tags, values, strict=True)
    prediction, target = translate("Values", "prediction"), translate("Values", "target")
    if reading.targets is None:
        return ValueRows((prediction,), tuple(ValueRow(name, (value,)) for name, value in pairs))
    true = map(float, reading.targets[reading.row(step)])
    titles = (target, prediction, translate("Values", "error"))
    return ValueRows(
        titles,
        tuple(
            ValueRow(name, _with_difference(known, value))
            for (name, value), known in zip(pairs, true, strict=True)
        ),
    )


def _with_difference(first: float | None, second: float | None) -> tuple[float | None, ...]:
    """Return two numbers and by how much the second is larger."""
    numbers = [None if number is None or number != number else number for number in (first, second)]  # noqa: PLR0124
    a, b = numbers
    return (a, b, None if a is None or b is None else b - a)
