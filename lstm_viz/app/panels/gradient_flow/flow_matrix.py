"""The matrix of the gradient flow: the loss of each word by the hidden state of each word."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.gradient_flow.flow_labels import TITLE, FlowLayout, paint_labels
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.cell_grid import CellGrid, GridGeometry
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import PALE, text_font
from lstm_viz.app.widgets.pictures import Pixels, blend, image_of
from lstm_viz.app.widgets.scale import paint_ramp
from lstm_viz.messages import Floats, GradientFlow
from lstm_viz.ordinals import ordinal

#: The ends of the fixed scale, as powers of ten.
LOW, HIGH = -6, 0
_CELL_FOR_GAPS = 5.0
_SCALE_FOR_NAME, _WIDEST_SCALE = 175.0, 260.0
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def relative(norms: Floats) -> npt.NDArray[np.float64]:
    """Return each row (T, T) relative to its own word: 1 on the diagonal.

    A row whose diagonal is 0 is 0; one whose diagonal is not finite is NaN.
    """
    own = np.diagonal(norms).astype(np.float64)[:, None]
    shares = np.divide(norms, own, out=np.zeros(norms.shape), where=np.isfinite(own) & (own != 0))
    return np.where(np.isfinite(own), shares, np.nan)


def shades(norms: Floats) -> npt.NDArray[np.float64]:
    """Return relative norms on the logarithmic scale: 0 at 10^`LOW` and below, 1 at 10^`HIGH` and above."""
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
    """Draws a `GradientFlow`: a row per loss, a column per hidden state, each row relative to its own word.

    The gradient of a well predicted word is small everywhere: only relative to the norm at its own word can
    it be seen whether it vanishes on its way.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gradient_flow: GradientFlow | None = None
        self._shares = relative(np.zeros((0, 0)))
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
        norms = gradient_flow.norms if gradient_flow else np.zeros((0, 0))
        self._reach, self._shares = reach(norms), relative(norms)
        self._hover.hide()
        self.setAccessibleDescription(self._in_words())
        self.update()

    def reached(self, row: int, column: int) -> bool:
        """Return whether the loss of the row's word depends on the column's h."""
        past, to_come = self._reach
        return row == column or (past if column < row else to_come)

    def layout_of_cells(self) -> FlowLayout:
        words = [shown_text(word) for word in self._gradient_flow.words] if self._gradient_flow else []
        return FlowLayout.fit(words, self.width(), self.height())

    def grid(self) -> GridGeometry:
        return self.layout_of_cells().grid

    def describe(self, row: int, column: int) -> str:
        if self._gradient_flow is None or self._is_pale or not self.reached(row, column):
            return ""
        words = [shown_text(word) for word in self._gradient_flow.words]
        target, norms = self._gradient_flow.targets[row], self._gradient_flow.norms[row]
        if not target:
            return put(self.tr("“%1” has no tag in the corpus, and so no loss"), words[row])
        if norms[row] == 0:
            return put(self.tr("the loss of “%1” is so small that its gradient is 0"), words[row])
        text = self.tr("‖∂ loss(%1) / ∂ h(%2)‖ = %3\n%7 of the norm at its own word, %8")
        text += "\n" + self.tr("words %4 and %5 · target %6")
        share = scientific(float(self._shares[row, column]))
        places = ordinal(row), ordinal(column)
        numbers = (scientific(float(norms[column])), *places, shown_text(target))
        return put(text, words[row], words[column], *numbers, share, scientific(float(norms[row])))

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
        strong = int((shades(self._shares[row]) > 0).sum())
        text = self.tr("The loss of “%1” reaches %2 of %3 words with more than 1e−6 of its own norm.")
        words = self._gradient_flow.words
        return put(text, shown_text(words[row]), strong, len(words))

    def sizeHint(self) -> QSize:
        return QSize(300, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 150)

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gradient_flow is None:
            return
        layout, theme = self.layout_of_cells(), self._theme
        grid = layout.grid
        with QPainter(self) as painter:
            painter.setOpacity(PALE if self._is_pale else 1.0)
            draw_cells(painter, grid.rect, self._picture(self._gradient_flow))
            if grid.width >= _CELL_FOR_GAPS:
                _paint_gaps(painter, grid, theme)
            self._paint_edge(painter, grid, theme)
            painter.setPen(QColor(theme.muted))
            paint_labels(painter, layout, [shown_text(word) for word in self._gradient_flow.words])
            self._paint_titles(painter, layout)
            self._paint_scale(painter, layout, theme)
            self.paint_current(painter, theme)

    def _column_name(self) -> str:
        past, to_come = self._reach
        if past and to_come:
            return self.tr("h of word k")
        return self.tr("h of word k ≤ t") if past else self.tr("h of word k ≥ t")

    def _picture(self, gradient_flow: GradientFlow) -> QImage:
        if self._image is None:
            self._image = image_of(self._pixels(gradient_flow, self._theme))
        return self._image

    def _pixels(self, gradient_flow: GradientFlow, theme: Theme) -> Pixels:
        ramp = _ramp(theme)
        places = np.nan_to_num(shades(self._shares)) * (len(ramp) - 1)
        pixels: Pixels = ramp[places.round().astype(int)]
        without_loss = np.array([not target for target in gradient_flow.targets], bool)
        without_loss |= np.diagonal(gradient_flow.norms) == 0
        reachable = self._reachable(len(gradient_flow.words))
        pixels[without_loss[:, None] & reachable] = QColor(theme.line).rgb()
        broken = ~np.isfinite(gradient_flow.norms) | (np.isnan(self._shares) & reachable)
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

    def _paint_titles(self, painter: QPainter, layout: FlowLayout) -> None:
        """Paint what the rows and the columns are."""
        grid = layout.grid
        painter.setFont(text_font(10))
        room = QRectF(grid.left, grid.rect.bottom() + layout.under, max(grid.rect.width(), 110.0), TITLE)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), f"{self._column_name()} →")
        painter.save()
        painter.rotate(-90)
        tall = max(grid.rect.height(), 100.0)
        painter.drawText(QRectF(-tall, 0, tall, TITLE), _RIGHT, f"← {self.tr('loss of word t')}")
        painter.restore()

    def _paint_scale(self, painter: QPainter, layout: FlowLayout, theme: Theme) -> None:
        """Paint the scale with a number at every second power of ten, or every third."""
        grid = layout.grid
        top = grid.rect.bottom() + layout.under + TITLE + 3
        width = min(_WIDEST_SCALE, self.width() - grid.left - 8)
        if width >= _SCALE_FOR_NAME:
            name = self.tr("relative to k = t")
            painter.setFont(text_font(10))
            painter.drawText(QRectF(grid.left, top - 3 - TITLE, width, TITLE), _RIGHT, name)
        apart = 2 if width >= _SCALE_FOR_NAME else 3
        powers = [f"1e{power}".replace("-", "−") for power in range(LOW, HIGH + 1, apart)]
        labels = (f"≤ {powers[0]}", *powers[1:-1], "≥ 1")
        paint_ramp(painter, QRectF(grid.left, top, width, 6), _ramp(theme), labels, theme)


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
    """Return the colours of the scale: from the panel's over that of h to that of text, for contrast."""
    low, high = blend(theme.panel, theme.quantity["h"], 128), blend(theme.quantity["h"], theme.text, 128)
    return np.concatenate([low, high[1:]])


def _paint_gaps(painter: QPainter, grid: GridGeometry, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.panel), 1))
    rect = grid.rect
    for k in range(1, grid.rows):
        x, y = grid.cell(k, k).left(), grid.cell(k, k).top()
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
