"""The bar chart of the F1 of each tag, with precision, recall and support."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.tags.confusion_counts import ConfusionCounts
from lstm_viz.app.panels.tags.measures import Measure
from lstm_viz.app.texts import put
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.painting import fitting, number_font, text_font
from lstm_viz.app.widgets.tag_label import names_width, paint_label

Order = Literal["f1", "support", "tag"]
_FEWEST_ROWS = 5
_ROW, _SMALLEST_ROW, _HEAD = 26.0, 16.0, 16.0
_NUMBER, _WORDS = 42.0, 46.0
_NARROW = 380
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def ordered(measures: tuple[Measure, ...], order: Order) -> tuple[Measure, ...]:
    """Return the measures from top to bottom; tags that are neither true nor predicted come last."""
    keys = {
        "f1": lambda m: (not m.support + m.predicted, -m.f1, -m.support),
        "support": lambda m: (not m.support + m.predicted, -m.support, -m.f1),
        "tag": lambda m: (m.tag,),
    }
    return tuple(sorted(measures, key=keys[order]))


@dataclass(frozen=True, slots=True)
class Folded:
    """A row that stands for ``count`` tags between the best and the worst."""

    count: int


Row = Measure | Folded


def folded(measures: tuple[Measure, ...], most: int) -> tuple[Row, ...]:
    """Return at most ``most`` rows of measures by F1: the best, a fold, and the worst; all if they fit.

    Tags that are neither true nor predicted have no F1; they are in the fold.
    """
    if len(measures) <= most or most < _FEWEST_ROWS:
        return measures
    known = [m for m in measures if m.support + m.predicted]
    worst = min((most - 1) // 2, len(known) // 2)
    best = min(most - 1 - worst, len(known) - worst)
    return (*known[:best], Folded(len(measures) - best - worst), *known[len(known) - worst :])


def share_text(share: float, whole: int, digits: int = 2) -> str:
    """Return the text of a share: "–" if it is 0/0."""
    return f"{share:.{digits}f}" if whole else "–"


class MeasureBars(HoverWidget):
    """Draws the measures of `ConfusionCounts`.

    Signals
    -------
    mistake_picked(gold, predicted)
        A tag was clicked; ``predicted`` is the tag it is most often confused with.
    """

    mistake_picked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: ConfusionCounts | None = None
        self._order: Order = "f1"
        self._rows: tuple[Row, ...] = ()
        self._room, self._is_unfolded = 0, False
        self._current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Precision, recall and F1 of each tag"))

    def set_counts(self, counts: ConfusionCounts | None) -> None:
        if counts is None or self._counts is None or counts.tags != self._counts.tags:
            self._is_unfolded = False
        self._counts = counts
        self._sort()

    def set_order(self, order: Order) -> None:
        self._order, self._is_unfolded = order, False
        self._sort()

    def set_room(self, height: int) -> None:
        """Set the height that can be seen without scrolling: by F1, what does not fit is folded."""
        if height != self._room:
            self._room = height
            self._sort()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The measures from top to bottom, and the fold."""
        return self._rows

    def _sort(self) -> None:
        measures = ordered(self._counts.measures, self._order) if self._counts else ()
        folds = self._order == "f1" and not self._is_unfolded and self._room > 0
        self._rows = folded(measures, int((self._room - _HEAD - 4) / _SMALLEST_ROW)) if folds else measures
        self._current = min(self._current, len(self._rows) - 1)
        self.setMinimumHeight(int(_HEAD + _SMALLEST_ROW * len(self._rows)) + 4)
        self.setAccessibleDescription("; ".join(map(self._line, measures)))
        self._hover.hide()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, int(_HEAD + 20 * max(1, len(self._rows))))

    # ------------------------------------------------------------ descriptions

    def describe(self, k: int) -> str:
        """Return the description of the ``k``-th row."""
        counts, measure = self._counts, self._rows[k]
        if counts is None:
            return ""
        if isinstance(measure, Folded):
            return self._line(measure)
        lines = [self._line(measure)]
        found = self.tr("%1 of %2 words correct, %3 predicted")
        for place, number in enumerate((measure.right, measure.support, measure.predicted), start=1):
            found = found.replace(f"%{place}", f"{number:,}")
        lines.append(found)
        if measure.taken_for is not None:
            most = self.tr("most confused with %1 (%2 of %3) · click to see them")
            most = most.replace("%2", f"{measure.mistakes:,}").replace("%3", f"{measure.support:,}")
            lines.append(most.replace("%1", counts.name(measure.taken_for)))
        return "\n".join(lines)

    def _line(self, measure: Row) -> str:
        assert self._counts is not None
        if isinstance(measure, Folded):
            return put(self.tr("%1 more tags between the best and the worst"), f"{measure.count:,}")
        text = self.tr("%1: F1 %2, precision %3, recall %4")
        f1, precision, recall = _texts(measure, 4)
        text = text.replace("%2", f1).replace("%3", precision).replace("%4", recall)
        return text.replace("%1", self._counts.name(measure.tag))

    # ------------------------------------------------------------ painting

    @property
    def _row_height(self) -> float:
        return min(_ROW, (self.height() - _HEAD) / max(1, len(self._rows)))

    def _row(self, k: int) -> QRectF:
        return QRectF(0, _HEAD + k * self._row_height, self.width(), self._row_height)

    def _columns(self) -> list[tuple[str, float]]:
        """Return (name, right edge) of the columns of numbers."""
        right = self.width() - 4.0
        columns = [(self.tr("words"), right)]
        right -= _WORDS
        names = [self.tr("F1")]
        if self.width() >= _NARROW:
            names += [self.tr("recall"), self.tr("prec.")]
        return columns + [(name, right - _NUMBER * k) for k, name in enumerate(names)]

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            columns = self._columns()
            self._paint_head(painter, columns)
            for k in range(len(self._rows)):
                self._paint_row(painter, k, columns)
            if self._current < 0:
                self.paint_focus(painter)

    def _paint_head(self, painter: QPainter, columns: list[tuple[str, float]]) -> None:
        painter.setFont(text_font(10))
        painter.setPen(QColor(self._theme.muted))
        for name, right in columns:
            painter.drawText(QRectF(right - _WORDS, 0, _WORDS, _HEAD - 2), _RIGHT, name)

    def _paint_row(self, painter: QPainter, k: int, columns: list[tuple[str, float]]) -> None:
        theme, row, measure = self._theme, self._row(k), self._rows[k]
        assert self._counts is not None
        if k == self._current and self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(row.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if isinstance(measure, Folded):
            painter.setFont(text_font(10))
            painter.setPen(QColor(theme.muted))
            room, short = row.adjusted(4, 0, -4, 0), put(self.tr("%1 more tags"), f"{measure.count:,}")
            text = fitting(painter, room.width(), f"⋯ {self._line(measure)}", f"⋯ {short}")
            painter.drawText(room, _LEFT, text)
            return
        names = names_width(self._counts.tags, theme, 10, self.width())
        self._paint_name(painter, QRectF(4, row.top(), names, row.height()), measure.tag)
        left, right = 12 + names, columns[-1][1] - _NUMBER
        self._paint_bar(painter, QRectF(left, row.center().y() - 4, right - left, 8), measure, theme)
        painter.setFont(number_font(11))
        f1, precision, recall = _texts(measure, 2)
        for (_, edge), text in zip(columns, (f"{measure.support:,}", f1, recall, precision), strict=False):
            painter.setPen(QColor(theme.text if text is f1 else theme.muted))
            painter.drawText(QRectF(edge - _WORDS, row.top(), _WORDS, row.height()), _RIGHT, text)

    def _paint_name(self, painter: QPainter, room: QRectF, tag: int) -> None:
        """Paint a tag's label; tags that are not in the tagset have plain text instead."""
        assert self._counts is not None
        if tag < len(self._counts.tags):
            paint_label(painter, room, self._counts.tags[tag], self._theme, 10)
            return
        painter.setFont(text_font(10))
        painter.setPen(QColor(self._theme.muted))
        name = self._counts.name(tag)
        fitted = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, _LEFT, fitted)

    def _paint_bar(self, painter: QPainter, rect: QRectF, measure: Measure, theme: Theme) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setBrush(QColor(theme.muted))
        if measure.f1 > 0:
            painter.drawRoundedRect(
                QRectF(rect.left(), rect.top(), rect.width() * measure.f1, rect.height()), 3, 3
            )

    # ------------------------------------------------------------ Qt

    def _at(self, y: float) -> int | None:
        k = int((y - _HEAD) // self._row_height) if self._rows else -1
        return k if 0 <= k < len(self._rows) else None

    def _pick(self, k: int) -> None:
        measure = self._rows[k]
        self._hover.hide()
        if isinstance(measure, Folded):
            self._is_unfolded = True
            self._sort()
        elif measure.taken_for is not None:
            self.mistake_picked.emit(measure.tag, measure.taken_for)

    def describe_at(self, point: QPointF) -> str:
        k = self._at(point.y())
        return "" if k is None else self.describe(k)

    def is_clickable(self, point: QPointF) -> bool:
        k = self._at(point.y())
        row = None if k is None else self._rows[k]
        return isinstance(row, Folded) or (row is not None and row.taken_for is not None)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        k = self._at(event.position().y())
        if k is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = k
            self._pick(k)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._rows:
            by = 1 if event.key() == Qt.Key.Key_Down else -1
            self._current = max(0, min(self._current + by, len(self._rows) - 1))
            text = self.describe(self._current)
            self.setAccessibleDescription(text)
            self._hover.show_at(self._row(self._current).center(), text)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self._pick(self._current)
        else:
            event.ignore()


def _texts(measure: Measure, digits: int) -> tuple[str, str, str]:
    """Return the texts of F1, precision and recall."""
    return (
        share_text(measure.f1, measure.support + measure.predicted, digits),
        share_text(measure.precision, measure.predicted, digits),
        share_text(measure.recall, measure.support, digits),
    )
