"""The matrix of the gradient flow: the loss of each word by the hidden state of each word."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.cell_grid import CellGrid, GridGeometry
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import PALE, number_font, text_font
from lstm_viz.app.widgets.pictures import Pixels, blend, image_of
from lstm_viz.app.widgets.scale import paint_ramp
from lstm_viz.messages import Floats, GradientFlow
from lstm_viz.ordinals import ordinal

#: The ends of the fixed scale, as powers of ten.
LOW, HIGH = -6, 0
_LABELS, _CELL_FOR_WORDS, _CELL_FOR_GAPS = 54.0, 11.0, 5.0
_UPRIGHT, _LARGEST = 28.0, 60.0
_LINE, _SCALE = 16.0, 26.0
_ELIDED = Qt.TextElideMode.ElideRight


def shades(norms: Floats) -> npt.NDArray[np.float64]:
    """Return each norm on the logarithmic scale: 0 at 10^`LOW` and below, 1 at 10^`HIGH` and above."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = (np.log10(np.asarray(norms, np.float64)) - LOW) / (HIGH - LOW)
    return np.clip(scaled, 0.0, 1.0)


def reach(norms: Floats) -> tuple[bool, bool]:
    """Return whether gradients reach h of earlier words, and of later words.

    For a forward direction it is the first, for a backward one the second; below a bidirectional layer, both.
    Without any gradient off the diagonal, forward is assumed.
    """
    past, to_come = bool((np.tril(norms, -1) != 0).any()), bool((np.triu(norms, 1) != 0).any())
    return past or not to_come, to_come


def scientific(value: float) -> str:
    """Return a norm in scientific notation: "3.1e−3"."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


class FlowMatrix(CellGrid):
    """Draws a `GradientFlow`: a row per loss, a column per hidden state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gradient_flow: GradientFlow | None = None
        self._image: QImage | None = None
        self._is_pale = False
        self._reach = True, False
        self.setAccessibleName(self.tr("Gradient flow"))

    def set_gradient_flow(self, gradient_flow: GradientFlow | None, pale: bool = False) -> None:
        """Set the norms; ``pale`` ones are not of the selected epoch."""
        if (
            gradient_flow is None
            or self._gradient_flow is None
            or gradient_flow.words != self._gradient_flow.words
        ):
            self.clear_current()
        self._gradient_flow, self._image, self._is_pale = gradient_flow, None, pale
        self._reach = reach(gradient_flow.norms) if gradient_flow else (True, False)
        self._hover.hide()
        self.setAccessibleDescription(self._in_words())
        self.update()

    def reached(self, row: int, column: int) -> bool:
        """Return whether the loss of the row's word depends on the column's h."""
        past, to_come = self._reach
        return row == column or (past if column < row else to_come)

    def grid(self) -> GridGeometry:
        words = len(self._gradient_flow.words) if self._gradient_flow else 0
        width, height, n = self.width() - 2.0, self.height() - _SCALE, max(1, words)
        upright = min(width - _LABELS, height - _LINE) / n
        turned = min(width - _LABELS, height - _LABELS) / n
        if upright >= _UPRIGHT:
            left, cell = _LABELS, min(upright, _LARGEST)
        elif turned >= _CELL_FOR_WORDS:
            left, cell = _LABELS, min(turned, _UPRIGHT - 0.1)
        else:
            left, cell = 2.0, min(width, height) / n
        return GridGeometry(left, 0.0, max(cell, 0.5), max(cell, 0.5), words, words)

    def describe(self, row: int, column: int) -> str:
        if self._gradient_flow is None or self._is_pale or not self.reached(row, column):
            return ""
        words = [shown_text(word) for word in self._gradient_flow.words]
        if not self._gradient_flow.targets[row]:
            return self.tr("“%1” has no tag in the corpus, and so no loss").replace("%1", words[row])
        norm = scientific(float(self._gradient_flow.norms[row, column]))
        text = self.tr("‖∂ loss(%1) / ∂ h(%2)‖ = %3\nwords %4 and %5 · target %6")
        for k, part in enumerate(
            (norm, str(ordinal(row)), str(ordinal(column)), shown_text(self._gradient_flow.targets[row])),
            start=3,
        ):
            text = text.replace(f"%{k}", part)
        return text.replace("%1", words[row], 1).replace("%2", words[column], 1)

    def _in_words(self) -> str:
        """Return the accessible description: how far back the last word's loss reaches."""
        rows = (
            [row for row, target in enumerate(self._gradient_flow.targets) if target]
            if self._gradient_flow
            else []
        )
        if self._gradient_flow is None or self._is_pale or not rows:
            return ""
        row = rows[-1] if self._reach[0] else rows[0]
        strong = int((shades(self._gradient_flow.norms[row]) > 0).sum())
        text = self.tr("The loss of “%1” reaches %2 of %3 words with more than 1e−6.")
        text = text.replace("%2", str(strong)).replace("%3", str(len(self._gradient_flow.words)))
        return text.replace("%1", shown_text(self._gradient_flow.words[row]))

    def sizeHint(self) -> QSize:
        return QSize(300, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 150)

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gradient_flow is None:
            return
        grid, theme = self.grid(), self._theme
        with QPainter(self) as painter:
            painter.setOpacity(PALE if self._is_pale else 1.0)
            draw_cells(painter, grid.rect, self._picture(self._gradient_flow))
            if grid.width >= _CELL_FOR_GAPS:
                _paint_gaps(painter, grid, theme)
            self._paint_edge(painter, grid, theme)
            if grid.left >= _LABELS:
                self._paint_words(painter, grid, self._gradient_flow, theme)
            self._paint_foot(painter, grid, theme)
            self.paint_current(painter, theme)

    def _column_name(self) -> str:
        past, to_come = self._reach
        if past and to_come:
            return self.tr("word k →")
        return self.tr("word k (past) →") if past else self.tr("word k (to come) →")

    def _picture(self, gradient_flow: GradientFlow) -> QImage:
        if self._image is None:
            self._image = image_of(self._pixels(gradient_flow, self._theme))
        return self._image

    def _pixels(self, gradient_flow: GradientFlow, theme: Theme) -> Pixels:
        ramp = _ramp(theme)
        places = np.nan_to_num(shades(gradient_flow.norms)) * (len(ramp) - 1)
        pixels: Pixels = ramp[places.round().astype(int)]
        without_loss = np.array([not target for target in gradient_flow.targets], bool)
        pixels[without_loss[:, None] & self._reachable(len(gradient_flow.words))] = QColor(theme.line).rgb()
        broken = ~np.isfinite(gradient_flow.norms)
        pixels[broken] = np.uint32(QColor(theme.danger).rgb())
        return pixels

    def _reachable(self, words: int) -> npt.NDArray[np.bool_]:
        past, to_come = self._reach
        lower = np.tri(words, dtype=bool)
        return np.eye(words, dtype=bool) | (past & lower) | (to_come & ~lower)

    def set_theme(self, theme: Theme) -> None:
        self._image = None
        super().set_theme(theme)

    def _paint_edge(self, painter: QPainter, grid: GridGeometry, theme: Theme) -> None:
        """Paint the outline of the reachable cells: within it, the background colour is a tiny gradient."""
        painter.setPen(QPen(QColor(theme.muted), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(_outline(grid, *self._reach))

    def _paint_words(
        self, painter: QPainter, grid: GridGeometry, gradient_flow: GradientFlow, theme: Theme
    ) -> None:
        font = text_font(int(min(11, grid.height - 1)))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        for k, word in enumerate(gradient_flow.words):
            cell = grid.cell(k, 0)
            text = metrics.elidedText(shown_text(word), _ELIDED, _LABELS - 8)
            room = QRectF(0, cell.top(), _LABELS - 6, cell.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
            below = QRectF(grid.cell(0, k).left(), grid.rect.bottom() + 2, grid.width, 14)
            if grid.width >= _UPRIGHT:
                text = metrics.elidedText(shown_text(word), _ELIDED, grid.width - 2)
                painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), text)
            else:
                _paint_turned(painter, below.left(), below.top(), grid.width, text)

    def _paint_foot(self, painter: QPainter, grid: GridGeometry, theme: Theme) -> None:
        """Paint the label of the columns, and the scale."""
        has_words = grid.left >= _LABELS
        words = (_LINE if grid.width >= _UPRIGHT else _LABELS) if has_words else 2
        bottom = grid.rect.bottom() + words
        painter.setFont(text_font(10))
        painter.setPen(QColor(theme.muted))
        where = self._column_name()
        painter.drawText(QRectF(grid.left, bottom, 130, 16), int(Qt.AlignmentFlag.AlignVCenter), where)
        left = max(grid.left + 112, min(grid.rect.right() - 90, self.width() - 96.0))
        scale = QRectF(left, bottom + 5, min(90.0, self.width() - left - 4), 5)
        painter.setFont(number_font(9))
        paint_ramp(painter, scale, _ramp(theme), (f"≤ 1e{LOW}".replace("-", "−"), f"≥ 1e{HIGH}"), theme)


def _outline(grid: GridGeometry, past: bool, to_come: bool) -> QPolygonF:
    if past and to_come:
        return QPolygonF(grid.rect)
    diagonal = [grid.cell(k, k) for k in range(grid.rows)]
    if past:
        stairs = [corner for cell in diagonal for corner in (cell.topLeft(), cell.topRight())]
        return QPolygonF([*stairs, grid.rect.bottomRight(), grid.rect.bottomLeft()])
    stairs = [corner for cell in diagonal for corner in (cell.bottomLeft(), cell.bottomRight())]
    return QPolygonF([*stairs, grid.rect.topRight(), grid.rect.topLeft()])


def _ramp(theme: Theme) -> Pixels:
    return blend(theme.panel, theme.quantity["h"])


def _paint_turned(painter: QPainter, x: float, y: float, width: float, text: str) -> None:
    """Paint a word from bottom to top, with its end at its column."""
    painter.save()
    painter.translate(x, y)
    painter.rotate(-90)
    room = QRectF(-_LABELS, 0, _LABELS - 2, width)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
    painter.restore()


def _paint_gaps(painter: QPainter, grid: GridGeometry, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.panel), 1))
    rect = grid.rect
    for k in range(1, grid.rows):
        x, y = grid.cell(k, k).left(), grid.cell(k, k).top()
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
