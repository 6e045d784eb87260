"""Paints the sources plot, one kind of element at a time: changes of font and pen are slow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from lstm_viz.app.panels.decomposition.geometry import elided
from lstm_viz.app.panels.decomposition.view_model import DecompositionViewModel
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.numerals import decimal, limit_text, ratio
from lstm_viz.app.widgets.painting import number_font, text_font
from lstm_viz.app.widgets.pictures import colours
from lstm_viz.app.widgets.scale import paint_ramp
from lstm_viz.ordinals import ordinal

if TYPE_CHECKING:
    from lstm_viz.app.panels.decomposition.sources import Sources

#: The opacity of a stale result.
PALE = 0.3
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_BAR = 0.62  # of a row's height


@dataclass(frozen=True, slots=True, eq=False)
class SourcePainter:
    """One painting of the widget."""

    painter: QPainter
    widget: Sources
    shown: DecompositionViewModel
    theme: Theme

    @property
    def background_key(self) -> tuple[object, ...]:
        """All that the background depends on."""
        shown, widget = self.shown, self.widget
        rows, columns = widget.dense.values.shape
        tags = shown.tags if shown.where == "score" else ()
        return (
            shown.where,
            shown.state,
            shown.decomposition.unit is None,
            tags,
            widget.picked,
            widget.limit,
            rows,
            columns,
        )

    def paint_background(self) -> None:
        """Paint the static part."""
        self._head()
        self._axis()
        self._legend()

    def paint(self) -> None:
        """Paint the numbers, over the output of `paint_background`."""
        painter = self.painter
        self._words()
        self._bars()
        if self.shown.fresh:
            self._numbers()
        self.widget.dense.paint(painter, self.widget.rows.tops, numbers=self._read_rows)
        if self.widget.picked is not None:
            self.widget.dense.paint_column(painter, self.widget.picked)

    @property
    def _read_rows(self) -> frozenset[int]:
        """The rows whose numbers are drawn; none while the result is awaited."""
        rows = self.widget.rows.rows if self.shown.fresh else ()
        return frozenset(k for k, row in enumerate(rows) if not row.to_come)

    def _line(self, row: int, area: QRectF) -> QRectF:
        tops = self.widget.rows.tops
        return QRectF(area.left(), tops[row], area.width(), tops[row + 1] - tops[row])

    @property
    def _small(self) -> int:
        return 11 if self.widget.rows.height < 17 else 12

    # ------------------------------------------------------------ texts and numbers

    def _words(self) -> None:
        painter, rows = self.painter, self.widget.rows.rows
        area = QRectF(0, 0, self.widget.places.label, 1)
        painter.setFont(text_font(self._small))
        for k, row in enumerate(rows):
            quiet = row.is_rest or row.to_come or not row.source
            painter.setPen(QColor(self.theme.muted if quiet else self.theme.text))
            text = elided(self.widget.label(row), self._small, int(area.width()))
            painter.drawText(self._line(k, area), _LEFT, text)

    def _numbers(self) -> None:
        painter, places = self.painter, self.widget.places
        painter.setFont(number_font(self._small))
        painter.setPen(QColor(self.theme.text))
        for k, row in enumerate(self.widget.rows.rows):
            if not row.to_come:
                painter.drawText(self._line(k, places.numbers), _RIGHT, decimal(row.value, 3))
        if places.survival and self.shown.where == "state":
            self._survivals()

    def _survivals(self) -> None:
        self.painter.setPen(QColor(self.theme.muted))
        for k, row in enumerate(self.widget.rows.rows):
            survival = None if row.is_rest or row.to_come else self.shown.survival(row.source)
            if survival is not None:
                text = f"×{ratio(survival)}"
                self.painter.drawText(self._line(k, self.widget.places.survivals), _RIGHT, text)

    def _head(self) -> None:
        """Paint the limits of the bars' scale, and the titles of the other columns."""
        painter, places, limit = self.painter, self.widget.places, self.widget.limit
        painter.setFont(number_font(9))
        painter.setPen(QColor(self.theme.muted))
        over = places.bars.translated(0, -places.bars.top())
        over.setHeight(14)
        painter.drawText(over, _LEFT, f"−{limit_text(limit)}")
        painter.drawText(over, _CENTRE, "0")
        painter.drawText(over, _RIGHT, limit_text(limit))
        if places.survival and self.shown.where == "state" and self.shown.decomposition.unit is not None:
            place = QRectF(places.survivals.left(), 0, places.survivals.width(), 14)
            painter.drawText(place, _RIGHT, f"∏ {self.shown.kept.factor}")
        self._picture_head()

    def _picture_head(self) -> None:
        """Label the columns with units or tags, or only the selected one if they do not fit."""
        painter, dense = self.painter, self.widget.dense
        painter.setFont(number_font(9))
        letter = QFontMetricsF(painter.font()).horizontalAdvance("0")
        picked, every = self.widget.picked, self._longest() * letter + 4 <= dense.width
        for k in range(dense.values.shape[1]) if every else () if picked is None else (picked,):
            painter.setPen(QColor(self.theme.text if k == picked else self.theme.muted))
            half = max(dense.width, len(self._name(k)) * letter + 2) / 2
            x = min(max(dense.centre(k), half), self.widget.width() - half)
            painter.drawText(QRectF(x - half, 0, 2 * half, 11), _CENTRE, self._name(k))

    def _name(self, column: int) -> str:
        return self.shown.tags[column] if self.shown.where == "score" else str(ordinal(column))

    def _longest(self) -> int:
        """Return the length of the longest name."""
        last = self.widget.dense.values.shape[1] - 1
        return (
            max(map(len, self.shown.tags), default=0)
            if self.shown.where == "score"
            else len(str(ordinal(last)))
        )

    # ------------------------------------------------------------ bars

    def _axis(self) -> None:
        painter, bars = self.painter, self.widget.places.bars
        bottom = self.widget.rows.bottom
        painter.setPen(QPen(QColor(self.theme.line), 1))
        for x in (bars.left(), bars.right()):
            painter.drawLine(QPointF(round(x) + 0.5, bars.top()), QPointF(round(x) + 0.5, bottom))
        painter.setPen(QPen(QColor(self.theme.muted), 1))
        x = round(bars.center().x()) + 0.5
        painter.drawLine(QPointF(x, bars.top() - 3), QPointF(x, bottom + 3))

    def _bars(self) -> None:
        bars = self.widget.places.bars
        zero, half = round(bars.center().x()) + 0.5, bars.width() / 2
        for k, row in enumerate(self.widget.rows.rows):
            line = self._line(k, bars)
            thick = max(3.0, min(16.0, line.height() * _BAR))
            top = round(line.center().y() - thick / 2)
            self._bar(row.value, zero, half, QRectF(0, top, 0, round(thick)))

    def _bar(self, value: float, zero: float, half: float, line: QRectF) -> None:
        """Paint a bar from the zero line; one beyond the scale ends in a point."""
        if value != value:  # noqa: PLR0124  # only NaN differs from itself
            self.painter.fillRect(QRectF(zero - 2, line.top(), 4, line.height()), QColor(self.theme.danger))
            return
        share = max(-1.0, min(1.0, value / self.widget.limit))
        colour = QColor(self.theme.plus if share > 0 else self.theme.minus)
        end = zero + share * half
        beyond = abs(value) > self.widget.limit
        tip = min(6.0, half / 4) if beyond else 0.0
        stop = end - tip if share > 0 else end + tip
        width = max(1.0, abs(stop - zero)) if value else 0.0  # a nonzero value is always visible
        left = zero if share > 0 else zero - width
        self.painter.fillRect(QRectF(left, line.top(), width, line.height()), colour)
        if beyond:
            self._point(stop, end, line, colour)

    def _point(self, stop: float, end: float, line: QRectF, colour: QColor) -> None:
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        corners = [QPointF(stop, line.top()), QPointF(end, line.center().y()), QPointF(stop, line.bottom())]
        self.painter.drawPolygon(QPolygonF(corners))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # ------------------------------------------------------------ the legend of the colours

    def _legend(self) -> None:
        painter, dense, limit = self.painter, self.widget.dense, self.widget.limit
        top = dense.rect.bottom() + 6
        painter.setFont(text_font(10))
        painter.setPen(QColor(self.theme.muted))
        place = QRectF(dense.rect.left(), top - 3, dense.rect.width() - 96, 14)
        painter.drawText(place, _LEFT, self.widget.head())
        ramp = QRectF(dense.rect.right() - 90, top, 90, 5)
        paint_ramp(
            painter,
            ramp,
            colours("c", self.theme)[:-1],
            (f"−{limit_text(limit)}", limit_text(limit)),
            self.theme,
        )
