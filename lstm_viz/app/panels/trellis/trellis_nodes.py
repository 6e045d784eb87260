"""The nodes of a trellis as a band: one row per tag, one column per word, and the best path through them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.panels.trellis.trellis_rows import TrellisRows, lanes
from lstm_viz.app.panels.trellis.trellis_steps import Decoding
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import number_font, paint_panel, signed
from lstm_viz.app.widgets.pictures import Pixels, blend, image_of, is_light
from lstm_viz.app.widgets.tag_label import paint_label
from lstm_viz.app.widgets.tag_style import tag_style

#: The height of title and legend above the rows, and of the margin below them, in pixels.
HEADER = 24
FOOTER = 5
#: The limit of the scale, in nats: a tag whose best path is this far behind is as pale as the panel.
LIMIT = 10.0

_LEVELS = 256
_NAME_HEIGHT = 10.0
_ROW_FOR_NUMBERS, _NODE_FOR_NUMBERS = 13.0, 42.0
_ROW_FOR_GAPS = 5.0


@dataclass(frozen=True, eq=False)
class Nodes:
    """A trellis and its geometry; ``rect`` is the whole panel, ``first`` the first visible row."""

    rect: QRectF
    steps: Decoding
    columns: ColumnLayout
    theme: Theme
    first: int = 0

    # ------------------------------------------------------------ geometry

    @cached_property
    def rows(self) -> TrellisRows:
        return TrellisRows.fit(self.steps, self.rect.height() - HEADER - FOOTER, self.first)

    @property
    def row_height(self) -> float:
        return self.rows.height

    @cached_property
    def cells(self) -> QRectF:
        """The rectangle of the visible columns and rows."""
        visible = self.columns.visible()
        width = self.columns.left(visible.stop - 1) + self.columns.width - LABEL_WIDTH if visible else 0.0
        return QRectF(LABEL_WIDTH, self.rect.top() + HEADER, width, self.rows.shown * self.row_height)

    @cached_property
    def node_width(self) -> float:
        return _node_width(self.columns)

    def node(self, column: int, tag: int) -> QRectF:
        """Return the rectangle of a tag of a word: outside the cells where its row is not visible."""
        centre = self.columns.left(column) + self.columns.width / 2
        top = self.cells.top() + int(self.rows.places[tag]) * self.row_height
        return QRectF(centre - self.node_width / 2, top, self.node_width, self.row_height)

    def tag_at(self, y: float) -> int | None:
        """Return the tag whose row is at ``y``, None above and below the rows."""
        row = int((y - self.cells.top()) // self.row_height)
        return int(self.rows.visible[row]) if 0 <= row < self.rows.shown else None

    def step(self, column: int, start: int, tag: int) -> QLineF:
        """Return the line from tag ``start`` of the previous word to ``tag`` of this word."""
        left, right = self.node(column - 1, start), self.node(column, tag)
        return QLineF(left.right(), left.center().y(), right.left(), right.center().y())

    # ------------------------------------------------------------ painting

    @cached_property
    def levels(self) -> npt.NDArray[np.uint8]:
        """The shades, (T, K): from 0, far behind, to 255, the word's best."""
        share = np.clip(1 + self.steps.behind / LIMIT, 0, 1)
        return np.asarray(np.round(share * (_LEVELS - 1)), np.uint8)

    @cached_property
    def image(self) -> QImage:
        """The shades of the visible rows, one pixel a node."""
        tags = self.rows.visible
        ramps = shades(self.theme, self.steps.tags)
        return image_of(ramps[tags[:, None], self.levels.T[tags]])

    def paint_background(self, painter: QPainter) -> None:
        """Paint the static part: the panel and the tags' names."""
        paint_panel(painter, self.rect, self.theme)
        for tag, place in self.names().items():
            paint_label(painter, place, self.steps.tags[tag], self.theme, self.label_pixels)

    @property
    def label_pixels(self) -> int:
        """The size of the labels' font."""
        return 9 if self.rows.hidden else min(12, max(9, int(self.row_height) - 3))

    def names(self) -> dict[int, QRectF]:
        """Return the rectangles of the tags' labels: in lanes for low rows, only some for very low ones."""
        count, each = lanes(self.row_height)
        width, height = (LABEL_WIDTH - 12) / count, min(17.0, self.row_height * count * each)
        places = {}
        for row in range(0, self.rows.shown, each):
            centre = self.cells.top() + (row + 0.5) * self.row_height
            left = 10 + row // each % count * width
            places[int(self.rows.visible[row])] = QRectF(left, centre - height / 2, width - 2, height)
        return places

    def paint(self, painter: QPainter, column: int, shown: range) -> None:
        """Paint the columns ``shown`` over the background; ``column`` is the playhead's."""
        columns, cells = self.columns, self.cells
        painter.setClipRect(cells.adjusted(0, -4, 0, 4), Qt.ClipOperation.IntersectClip)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.panel))
        for run in columns.runs(columns.visible()):
            place = QRectF(columns.left(run.start), cells.top(), len(run) * columns.width, cells.height())
            draw_cells(painter, place, self.image, QRectF(run.start, 0, len(run), self.rows.shown))
        for run in columns.runs(shown):
            painter.drawRects(_gaps(columns, run, cells.top(), self.row_height, self.rows.shown))
        if self.row_height >= _ROW_FOR_NUMBERS and self.node_width >= _NODE_FOR_NUMBERS:
            self._paint_numbers(painter, shown)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_steps_to(painter, column, shown)
        self._paint_path(painter, shown)
        self._paint_differing(painter, shown)

    def _paint_numbers(self, painter: QPainter, shown: range) -> None:
        painter.setFont(number_font(min(12, int(self.row_height) - 3)))
        black, white = QColor("#000000"), QColor("#ffffff")
        light = is_light(shades(self.theme, self.steps.tags))
        for column in shown:
            for tag in self.rows.visible.tolist():
                painter.setPen(black if light[tag, self.levels[column, tag]] else white)
                text = signed(float(self.steps.behind[column, tag])).removeprefix("+")
                painter.drawText(self.node(column, tag), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_steps_to(self, painter: QPainter, column: int, shown: range) -> None:
        """Paint the line by which the best path reaches each tag of the playhead's word."""
        if column < 1 or column >= len(self.steps.words) or not shown.start - 1 <= column <= shown.stop:
            return
        painter.setPen(step_pen(self.theme))
        before = self.steps.before(column)
        tags = self.rows.visible.tolist()
        painter.drawLines([self.step(column, int(before[tag]), tag) for tag in tags])

    def _paint_path(self, painter: QPainter, shown: range) -> None:
        path, last = self.steps.trellis.path, len(self.steps.words)
        painter.setPen(path_pen(self.theme))
        reached = range(max(1, shown.start), min(last, shown.stop + 1))
        painter.drawLines([self.step(column, path[column - 1], path[column]) for column in reached])
        edges = [self._edge(column, path[column]) for column in shown]
        # a fill may be as pale as the frame: a line of background separates them
        for pen in (QPen(QColor(self.theme.panel), 4), path_pen(self.theme)):
            painter.setPen(pen)
            for edge in edges:
                painter.drawRoundedRect(edge, 3, 3)

    def _paint_differing(self, painter: QPainter, shown: range) -> None:
        painter.setPen(alone_pen(self.theme))
        for column in self.steps.differing:
            if column in shown:
                node = self.node(column, int(self.steps.alone[column]))
                painter.drawRoundedRect(node.adjusted(-2.5, -1.5, 2.5, 1.5), 4, 4)

    def _edge(self, column: int, tag: int) -> QRectF:
        """Return the frame of a node: outside a low one, so that its colour remains visible."""
        out = -0.5 if self.row_height >= _NAME_HEIGHT else 1.0
        return self.node(column, tag).adjusted(-out, -out, out, out)


def path_pen(theme: Theme) -> QPen:
    return QPen(QColor(theme.text), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def alone_pen(theme: Theme) -> QPen:
    return QPen(QColor(theme.text), 1.5, Qt.PenStyle.DotLine)


def step_pen(theme: Theme) -> QPen:
    return QPen(QColor(theme.muted), 1)


@lru_cache(maxsize=16)
def shades(theme: Theme, tags: tuple[str, ...]) -> Pixels:
    """Return (K, 256) colours: for each tag from the panel's background to the tag's colour."""
    rows = [blend(theme.panel, tag_style(tag, theme).fill, _LEVELS) for tag in tags]
    stacked: Pixels = np.stack(rows)
    return stacked


def _node_width(columns: ColumnLayout) -> float:
    """Return half the width of a column, so that the lines between words are visible."""
    return min(max(columns.width * 0.5, 12.0), 76.0)


@lru_cache(maxsize=64)
def _gaps(columns: ColumnLayout, shown: range, top: float, row_height: float, rows: int) -> list[QRectF]:
    """Return the strips between the nodes, cached since they are the same after every key."""
    gap, height = columns.width - _node_width(columns), rows * row_height
    start = columns.left(shown.start) - gap / 2
    strips = [QRectF(start + k * columns.width, top, gap, height) for k in range(len(shown) + 1)]
    if row_height >= _ROW_FOR_GAPS:
        left, width = columns.left(shown.start), len(shown) * columns.width
        thick = 1 if row_height < _ROW_FOR_NUMBERS else 2
        strips += [QRectF(left, top + row * row_height - thick / 2, width, thick) for row in range(1, rows)]
    return strips
