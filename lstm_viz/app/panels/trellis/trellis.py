"""The Viterbi trellis of a linear-chain decoder, on the columns of the words."""

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.panels.trellis.trellis_nodes import (
    FOOTER,
    HEADER,
    LIMIT,
    Nodes,
    alone_pen,
    path_pen,
    step_pen,
)
from lstm_viz.app.panels.trellis.trellis_steps import Decoding
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import Background, draw_cells
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.painting import plain, text_font
from lstm_viz.app.widgets.pictures import blend, image_of
from lstm_viz.app.widgets.tag_label import label_width
from lstm_viz.messages import Reading

translate = QCoreApplication.translate

_SIGN = QRectF(0, -5, 20, 10)  # around the centre of the line
_SPACE = 5.0
_BETWEEN = 16.0
_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def paint_legend(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint title and legend into ``rect``; entries that do not fit at its right are omitted."""
    painter.setPen(QColor(theme.text))
    painter.setFont(text_font(12, bold=True))
    painter.drawText(rect.adjusted(14, 0, 0, 0), _MIDDLE, translate("Trellis", "Viterbi"))
    painter.setFont(text_font(11))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    room = rect.adjusted(LABEL_WIDTH, 0, -8, 0)
    for paint_sign, text in (
        (_paint_ramp, translate("Trellis", "δ − max δ: −%1 … 0").replace("%1", f"{LIMIT:g}")),
        (_paint_chosen, translate("Trellis", "best path")),
        (_paint_alone, translate("Trellis", "best emission score")),
        (_paint_step, translate("Trellis", "best path to each tag")),
    ):
        width = painter.fontMetrics().horizontalAdvance(text)
        needed = _SIGN.width() + _SPACE + width
        if needed > room.width():
            return
        paint_sign(painter, _SIGN.translated(room.left(), room.center().y()), theme)
        painter.setPen(QColor(theme.muted))
        painter.drawText(room.adjusted(_SIGN.width() + _SPACE, 0, 0, 0), _MIDDLE, text)
        room = room.adjusted(needed + _BETWEEN, 0, 0, 0)


def _paint_ramp(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    draw_cells(painter, sign, image_of(blend(theme.panel, theme.muted)[None]))
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawRect(sign)


def _paint_chosen(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    painter.setPen(path_pen(theme))
    painter.drawRoundedRect(sign, 3, 3)


def _paint_alone(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    painter.setPen(alone_pen(theme))
    painter.drawRoundedRect(sign, 3, 3)


def _paint_step(painter: QPainter, sign: QRectF, theme: Theme) -> None:
    painter.setPen(step_pen(theme))
    painter.drawLine(QLineF(sign.left(), sign.center().y(), sign.right(), sign.center().y()))


_SMALLEST = 96
_SHARE = 0.38  # of the height of heatmaps and trellis together
_ROW, _FEW, _ROW_OF_FEW = 16, 4, 26
_BAR_WIDTH = 10
_WHEEL = 3  # rows per notch


class TrellisView(HoverWidget):
    """Draws the decoding of a sentence; hidden where each tag is chosen independently.

    Where the tags are too many for the height, their rows are scrolled, to that of the best path at the
    playhead.

    A node is shaded by Viterbi's δ, the score of the best path up to it, and not by its marginal: δ is what
    the algorithm compares, and shows that the path may leave a word's best tag for later words. The marginal
    is in the tool tip.

    Signals
    -------
    column_clicked(column)
        A column was clicked.
    tag_clicked(tag)
        A tag of the playhead's column was clicked: its arithmetic is requested.
    """

    column_clicked = Signal(int)
    tag_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: Decoding | None = None
        self._columns, self._column = ColumnLayout(), 0
        self._nodes: Nodes | None = None
        self._room = 0
        self._background = Background()
        self.scroll_bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.scroll_bar.setAccessibleName(self.tr("Rows of the trellis"))
        self.scroll_bar.valueChanged.connect(self._scroll)
        self.scroll_bar.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("Trellis of the tags"))
        self.hide()

    # ------------------------------------------------------------ data

    def set_reading(self, reading: Reading | None, columns: ColumnLayout) -> None:
        """Draw the decoding of the reading's tags on ``columns``; hide without a chain."""
        steps, old = Decoding.of(reading), self._steps
        self._steps = steps
        self.setVisible(steps is not None)
        if steps is None:
            self._nodes = None
            return
        unchanged = steps.shared(old) - 1 if columns == self._columns else 0  # a line leaves the last
        if old is None or old.tags != steps.tags:
            self.updateGeometry()
        self._columns, before = columns, self._nodes
        self._arrange()
        self._show_path()
        if before is not None and not self._has_rows_of(before):
            unchanged = 0
        self._hover.hide()
        self._describe()
        self.update(columns.strip(unchanged, self.height(), onward=True) if unchanged > 0 else self.rect())

    def set_column(self, column: int) -> None:
        """Set the column of the playhead."""
        if column != self._column:
            self.update(self._around(self._column))
            self.update(self._around(column))
            self._column = column
            self._show_path()
            self._describe()

    def set_room(self, height: int) -> None:
        """Take a share of the ``height`` of heatmaps and trellis."""
        if height != self._room:
            self._room = height
            self.updateGeometry()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._arrange()

    @property
    def nodes(self) -> Nodes | None:
        return self._nodes

    def _arrange(self) -> None:
        if self._steps is None:
            return
        first = self.scroll_bar.value()
        self._nodes = Nodes(QRectF(self.rect()), self._steps, self._columns, self._theme, first)
        rows, bar = self._nodes.rows, self.scroll_bar
        bar.blockSignals(True)
        bar.setRange(0, rows.hidden)
        bar.setPageStep(rows.shown)
        bar.setValue(rows.first)
        bar.blockSignals(False)
        bar.setGeometry(self.width() - _BAR_WIDTH - 1, HEADER, _BAR_WIDTH, self.height() - HEADER - FOOTER)
        bar.setVisible(rows.hidden > 0)

    def _scroll(self) -> None:
        self._arrange()
        self._hover.hide()
        self.update()

    def _show_path(self) -> None:
        """Scroll to the tag of the best path at the playhead."""
        if self._steps is not None and self._nodes is not None and self._column < len(self._steps.words):
            tag = self._steps.trellis.path[self._column]
            self.scroll_bar.setValue(self._nodes.rows.showing(tag).first)

    def _has_rows_of(self, nodes: Nodes) -> bool:
        """Return whether the rows have the same tags as those of other nodes."""
        return self._nodes is not None and np.array_equal(self._nodes.rows.visible, nodes.rows.visible)

    def _around(self, column: int) -> QRect:
        """Return the rectangle painted by the playhead at ``column``: its frame and the lines to its word."""
        strip = self._columns.strip
        return strip(column - 1, self.height()).united(strip(column, self.height()))

    # ------------------------------------------------------------ Qt

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._nodes is None:
            return
        with QPainter(self) as painter:
            of = self._theme.name, self._nodes.steps.tags, self._nodes.rows.visible.tobytes()
            self._background.draw(painter, self, self._theme.ground, of, self._paint_background)
            self._nodes.paint(painter, self._column, self._columns.within(event.rect()))
            if self._column in self._columns.visible():
                painter.setClipping(False)
                self._paint_playhead(painter)

    def _paint_background(self, painter: QPainter) -> None:
        """Paint panel, legend and names."""
        if self._nodes is not None:
            self._nodes.paint_background(painter)
            paint_legend(painter, QRectF(0, 0, self.width(), HEADER), self._theme)

    def _paint_playhead(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._theme.text), 2))
        left, top = self._columns.left(self._column), HEADER - 3
        painter.drawRoundedRect(QRectF(left, top, self._columns.width, self.height() - top - 1), 4, 4)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self._columns.at(event.position().x())
        if column is None or event.button() != Qt.MouseButton.LeftButton:
            return
        tag = self._tag_at(event.position().y())
        if column == self._column and tag:
            self.tag_clicked.emit(tag)
        else:
            self.column_clicked.emit(column)

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the rows where they do not all fit, else leave the wheel to the columns."""
        notches = event.angleDelta().y() / 120
        if self.scroll_bar.maximum() and notches:
            self.scroll_bar.setValue(round(self.scroll_bar.value() - notches * _WHEEL))
        else:
            event.ignore()

    def _tag_at(self, y: float) -> str:
        tag = self._nodes.tag_at(y) if self._nodes else None
        return "" if tag is None or self._steps is None else self._steps.tags[tag]

    def describe_at(self, point: QPointF) -> str:
        column = self._columns.at(point.x())
        tag = self._nodes.tag_at(point.y()) if self._nodes else None
        if tag is None:
            return ""
        return self._name_hint(tag) if column is None else self.describe(column, tag)

    def _name_hint(self, tag: int) -> str:
        """Return the name of a tag if its label does not have room for it."""
        if self._steps is None or self._nodes is None:
            return ""
        name = self._steps.tags[tag]
        place = self._nodes.names().get(tag, QRectF())
        whole = label_width(name, self._theme, self._nodes.label_pixels) <= place.width()
        return "" if whole else shown_text(name)

    def sizeHint(self) -> QSize:
        rows = len(self._steps.tags) if self._steps else 3
        height = HEADER + FOOTER + rows * (_ROW if rows > _FEW else _ROW_OF_FEW)
        return QSize(700, max(_SMALLEST, min(height, int(self._room * _SHARE))))

    def minimumSizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 120, _SMALLEST)

    # ------------------------------------------------------------ texts

    def describe(self, column: int, tag: int) -> str:
        """Return all values of the algorithm for a tag at a word."""
        steps = self._steps
        if steps is None:
            return ""
        trellis, last = steps.trellis, len(steps.words) - 1
        lines = [
            f"“{shown_text(steps.words[column])}” · {steps.tags[tag]}",
            put(self.tr("emission score  %1"), plain(float(steps.scores[column, tag]))),
            self._came(steps, column, tag),
            put(self.tr("best path to here  δ = %1"), plain(float(trellis.best[column, tag]))),
            put(self.tr("max δ − δ  %1"), plain(float(-steps.behind[column, tag]))),
        ]
        if column == last:
            lines.append(put(self.tr("end score  %1"), plain(float(trellis.end[tag]))))
        marginal = plain(float(trellis.marginals[column, tag]))
        lines.append(put(self.tr("probability over all paths  %1"), marginal))
        return "\n".join(lines)

    def _came(self, steps: Decoding, column: int, tag: int) -> str:
        if column == 0:
            return put(self.tr("start score  %1"), plain(float(steps.trellis.start[tag])))
        start = int(steps.before(column)[tag])
        gain = plain(float(steps.trellis.transitions[start, tag]))
        return put(self.tr("predecessor %2, transition  %1"), gain, steps.tags[start])

    def _describe(self) -> None:
        self.setAccessibleDescription(self._accessible_text())

    def _accessible_text(self) -> str:
        """Return the path over the visible words, for screen readers."""
        steps = self._steps
        if steps is None:
            return ""
        path, seen = steps.trellis.path, self._columns.visible()
        words = (f"{shown_text(steps.words[t])} {steps.tags[path[t]]}" for t in seen)
        text = put(self.tr("Best path: %1."), ", ".join(words))
        differing = (t for t in steps.differing if t in seen)
        others = ", ".join(f"{shown_text(steps.words[t])} {steps.tags[steps.alone[t]]}" for t in differing)
        if others:
            text += " " + put(self.tr("Without the chain: %1."), others)
        if self._column in seen:
            text += " " + self.describe(self._column, path[self._column]).replace("\n", ", ")
        return text
