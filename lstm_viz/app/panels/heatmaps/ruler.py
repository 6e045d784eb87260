"""The numbers of the steps over the words, joined by arrows in the order of computation."""

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.painting import NO_PEN, number_font, text_font
from lstm_viz.ordinals import ordinal

_HEIGHT = 13
_PIXELS = 10
_SPACE = 3.0  # between a number and its arrows
_TIP = QPointF(4, 2.5)


class Ruler(QWidget):
    """Draws the number of each step over its column: from the right where the net runs backward."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._count, self._first, self._backward = ColumnLayout(), 0, 0, False
        self._resets: tuple[int, ...] = ()
        self._column = 0
        self._theme: Theme = DARK
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setWhatsThis(
            self.tr(
                "The steps in the order of computation, which the arrows show: the backward direction of a "
                "bidirectional net begins at the last word. A bar in place of an arrow: the model has reset "
                "the state there."
            )
        )

    def set_columns(
        self,
        columns: ColumnLayout,
        count: int,
        *,
        backward: bool,
        first: int = 0,
        resets: tuple[int, ...] = (),
    ) -> None:
        """Set the ``columns`` of the ``count`` steps, and whether they are computed from the last one on.

        ``first`` is the index of the step of the first column. ``resets`` are the columns before which the
        model has reset the state.
        """
        shown = self._columns, self._count, self._first, self._backward, self._resets
        if (columns, count, first, backward, resets) != shown:
            self._columns, self._count, self._first, self._backward = columns, count, first, backward
            self._resets = resets
            backward_name = self.tr("Steps, from right to left")
            self.setAccessibleName(backward_name if backward else self.tr("Steps, from left to right"))
            self.update()

    def set_column(self, column: int) -> None:
        """Set the column of the playhead."""
        if column != self._column:
            for moved in (self._column, column):
                self.update(self._columns.strip(moved, self.height()))
            self._column = column

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def number(self, column: int) -> int:
        """Return the number of the step of a column."""
        step = self._first + column
        return self._count - step if self._backward else ordinal(step)

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, _HEIGHT)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._count:
            return
        with QPainter(self) as painter:
            self._paint_title(painter)
            self._paint_arrows(painter)
            for column in self._columns.within(event.rect()):
                self._paint_number(painter, column)

    def _paint_title(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(text_font(_PIXELS))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, 0, LABEL_WIDTH - 8, self.height()), align, self.tr("step"))

    def _paint_number(self, painter: QPainter, column: int) -> None:
        here = column == self._column
        painter.setPen(QColor(self._theme.text if here else self._theme.muted))
        painter.setFont(number_font(_PIXELS, bold=here))
        place = QRectF(self._columns.left(column), 0, self._columns.width, self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(self.number(column)))

    def _paint_arrows(self, painter: QPainter) -> None:
        arrows = self.arrows()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        painter.drawLines(arrows)
        painter.setPen(QPen(QColor(self._theme.text), 2))
        painter.drawLines(self.bars())
        painter.setPen(NO_PEN)
        painter.setBrush(QColor(self._theme.muted))
        back = -_TIP.x() if not self._backward else _TIP.x()
        for arrow in arrows:
            tip = arrow.p2()
            sides = [tip + QPointF(back, _TIP.y()), tip + QPointF(back, -_TIP.y())]
            painter.drawPolygon(QPolygonF([tip, *sides]))

    def bars(self) -> list[QLineF]:
        """Return the lines at which the state was reset."""
        visible = self._columns.visible()
        edges = [self._columns.left(column) for column in self._resets if column in visible]
        return [QLineF(x, 1, x, self.height() - 1) for x in edges]

    def arrows(self) -> list[QLineF]:
        """Return the lines from each number to that of the next step."""
        half = QFontMetricsF(number_font(_PIXELS, bold=True)).horizontalAdvance(str(self._count)) / 2 + _SPACE
        centre, middle = self._columns.width / 2, self.height() / 2
        lines = []
        for run in self._columns.runs(self._columns.visible()):
            for column in [column for column in run[:-1] if column + 1 not in self._resets]:
                left = self._columns.left(column) + centre + half
                right = self._columns.left(column + 1) + centre - half
                ends = (right, left) if self._backward else (left, right)
                lines.append(QLineF(ends[0], middle, ends[1], middle))
        return lines
