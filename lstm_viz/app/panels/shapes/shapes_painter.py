"""Paints a `Layout` on any painter: a few rectangles for each sequence or step, none for each cell."""

from collections.abc import Iterator

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from lstm_viz.app.panels.shapes import code
from lstm_viz.app.panels.shapes.layout import GUTTER, LINE, Block, Layout, ParameterBlock
from lstm_viz.app.panels.shapes.texts import (
    ARROWS,
    axes_text,
    cell_line,
    sizes_text,
    state_name,
    states_lines,
    verdict,
    was_text,
)
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.painting import NO_PEN, fitted_font, number_font, text_font

_FOR_LINES, _FOR_TEXT = 6.0, 11.0
_HATCH = 6  # pixels between two lines
_THIN = 2.0  # the least size of a mark
_ON_COLOUR = DARK.ground  # readable on the colour of h in both themes


class ShapesPainter:
    """Paints a layout in the colours of a theme."""

    def __init__(self, painter: QPainter, layout: Layout, theme: Theme) -> None:
        self._painter, self._layout, self._theme = painter, layout, theme
        self._of = layout.of

    def paint(self) -> None:
        layout = self._layout
        title = code.constructor(self._of)
        if layout.is_cell:
            title = f"nn.{self._of.kind.name}Cell({self._of.input_size}, {self._of.hidden_size})"
        self._write(QPointF(0, 12), title, fitted_font(number_font(12), title, layout.width))
        for block in layout.blocks.values():
            self._paint_header(block)
            if block.tensor.is_state:
                self._paint_states(block)
            else:
                self._paint_steps(block)
        self._paint_verdict()
        self._paint_parameters()

    # ------------------------------------------------------------ tensors

    def _paint_header(self, block: Block) -> None:
        tensor, header = block.tensor, block.header
        called = self._layout.called_sizes(tensor.name)
        text = f"{tensor.name} {sizes_text(tensor.sizes)}" + (was_text(sizes_text(called)) if called else "")
        font = fitted_font(number_font(12, bold=True), text, header.width())
        ink = self._theme.accent if called else self._theme.text
        self._write(header.topLeft() + QPointF(0, 12), text, font, ink)
        axes = axes_text(tensor)
        at = header.topLeft() + QPointF(0, 26)
        self._write(at, axes, fitted_font(text_font(11), axes, header.width()), self._theme.muted)

    def _paint_steps(self, block: Block) -> None:
        self._fill(block)
        self._paint_padding(block)
        self._paint_lines(block)
        if "output" in block.tensor.name:
            self._paint_held(block)
        if block.tensor.name == "output":
            self._paint_last(block)
        if block.tensor.name == "packed.data":
            self._paint_batch_sizes(block)

    def _fill(self, block: Block) -> None:
        self._painter.setPen(NO_PEN)
        self._painter.setBrush(QColor(self._theme.raised))
        self._painter.drawRects(list(self._areas(block)))

    def _areas(self, block: Block) -> Iterator[QRectF]:
        """Yield what there is of a tensor: of packed data the rows of each step."""
        if not block.tensor.is_packed:
            yield block.grid
            return
        for step, rows in enumerate(self._of.batch_sizes):
            yield block.cells(0, step, rows)

    def _paint_padding(self, block: Block) -> None:
        """Hatch what is past the end of the sequences."""
        if block.tensor.is_packed or not self._of.is_ragged:
            return
        steps = self._of.steps
        for sequence, length in enumerate(self._of.lengths):
            if length < steps:
                across = block.cells(sequence, length, 1, steps - length)
                down = block.cells(length, sequence, steps - length)
                self._hatch(across if self._of.time_axis else down)

    def _hatch(self, rect: QRectF) -> None:
        """Hatch with lines: of the patterns of a brush a vector format would have images."""
        painter, height = self._painter, rect.height()
        painter.fillRect(rect, QColor(self._theme.panel))
        painter.save()
        painter.setClipRect(rect)
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        lefts = range(int(-height), int(rect.width()) + 1, _HATCH)
        painter.drawLines(
            [QLineF(rect.left() + x, rect.bottom(), rect.left() + x + height, rect.top()) for x in lefts]
        )
        painter.restore()

    def _paint_lines(self, block: Block) -> None:
        """Paint the edges of the cells, and thinner ones between the directions; none where they are tiny."""
        painter, theme, grid = self._painter, self._theme, block.grid
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.muted), 1))
        if block.cell_width >= _FOR_LINES or not block.tensor.is_packed:
            painter.drawRects(list(self._areas(block)))
        inner = list(self._inner_lines(block))
        painter.setClipRect(grid)
        if block.tensor.parts == 2 and block.cell_width >= 2 * _FOR_LINES:
            painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DotLine))
            middles = [
                grid.left() + (column + 0.5) * block.cell_width for column in range(block.tensor.columns)
            ]
            painter.drawLines(
                [QLineF(x, grid.top(), x, self._bottom(block, place)) for place, x in enumerate(middles)]
            )
        painter.setPen(QPen(QColor(theme.muted), 1))
        painter.drawLines(inner)
        painter.setClipping(False)

    def _bottom(self, block: Block, column: int) -> float:
        rows = self._of.batch_sizes[column] if block.tensor.is_packed else block.tensor.rows
        return block.grid.top() + rows * block.cell_height

    def _inner_lines(self, block: Block) -> Iterator[QLineF]:
        grid, tensor = block.grid, block.tensor
        if block.cell_width >= _FOR_LINES:
            for column in range(1, tensor.columns):
                x = grid.left() + column * block.cell_width
                yield QLineF(x, grid.top(), x, self._bottom(block, column - 1))
        if block.cell_height >= _FOR_LINES:
            for row in range(1, tensor.rows):
                y = grid.top() + row * block.cell_height
                yield QLineF(grid.left(), y, self._right(block, row), y)

    def _right(self, block: Block, row: int) -> float:
        if not block.tensor.is_packed:
            return block.grid.right()
        columns = sum(size > row for size in self._of.batch_sizes)
        return block.grid.left() + columns * block.cell_width

    def _paint_held(self, block: Block) -> None:
        """Mark where h_n is in the output: for each sequence and direction one part of one cell."""
        for row, column in self._final_cells(block):
            for direction in block.tensor.held_states(row, column):
                self._paint_state(block.part(row, column, direction), ARROWS[direction], filled=True)

    def _final_cells(self, block: Block) -> Iterator[tuple[int, int]]:
        of, found = self._of, dict[tuple[int, int], None]()
        for sequence in range(of.batch):
            for direction in range(of.num_directions):
                step = of.final_step(direction, sequence)
                if block.tensor.is_packed:
                    cell = (of.ranks[sequence], step)
                else:
                    cell = (sequence, step) if of.time_axis else (step, sequence)
                found[cell] = None
        yield from found

    def _paint_state(self, rect: QRectF, text: str, *, filled: bool) -> None:
        painter, colour = self._painter, QColor(self._theme.quantity["h"])
        if filled:
            shown = QRectF(rect)
            shown.setWidth(max(_THIN, rect.width()))
            shown.setHeight(max(_THIN, rect.height()))
            painter.fillRect(shown.adjusted(1, 1, 0, 0) if rect.width() > _FOR_LINES else shown, colour)
        if rect.height() >= _FOR_TEXT and rect.width() >= _FOR_TEXT:
            self._centre(rect, text, text_font(11), _ON_COLOUR if filled else self._theme.ink["h"])

    def _paint_last(self, block: Block) -> None:
        """Frame ``output[-1]``: the last row, whatever its axis is."""
        row = block.cells(block.tensor.rows - 1, 0, 1, block.tensor.columns)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(self._theme.accent), 2, Qt.PenStyle.DashLine))
        self._painter.drawRect(row.adjusted(-2, -1, 2, 2))
        self._write(row.bottomLeft() + QPointF(0, 14), "output[-1]", number_font(11), self._theme.accent)

    def _paint_batch_sizes(self, block: Block) -> None:
        sizes, font = self._of.batch_sizes, number_font(10)
        if block.cell_width < QFontMetricsF(font).horizontalAdvance(str(sizes[0])) + 2:
            return
        for step, size in enumerate(sizes):
            self._centre(block.batch_size(step), str(size), font, self._theme.muted)

    def _paint_states(self, block: Block) -> None:
        painter, tensor, symbol = self._painter, block.tensor, block.tensor.name[0]
        colour = QColor(self._theme.quantity[symbol])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row, (layer, direction) in enumerate(self._of.layers()):
            is_output = symbol == "h" and layer == self._of.num_layers - 1
            line = block.cells(row, 0, 1, tensor.columns)
            painter.fillRect(line, colour if is_output else QColor(self._theme.raised))
            font = text_font(11)
            middle = line.center().y() + QFontMetricsF(font).capHeight() / 2
            name = state_name(layer, direction, self._of)
            at = QPointF(block.header.left(), middle)
            self._write(at, name, fitted_font(font, name, GUTTER - 6), self._theme.muted)
            if is_output:
                self._paint_arrows(block, row, direction)
        painter.setPen(QPen(colour, 1))
        painter.drawRect(block.grid)
        painter.drawLines(list(self._inner_lines(block)))

    def _paint_arrows(self, block: Block, row: int, direction: int) -> None:
        if block.cell_width < _FOR_TEXT or block.cell_height < _FOR_TEXT:
            return
        for column in range(block.tensor.columns):
            self._centre(block.cells(row, column), ARROWS[direction], text_font(11), _ON_COLOUR)

    def _paint_verdict(self) -> None:
        rect, at = self._layout.verdict, self._layout.verdict.topLeft() + QPointF(0, 13)
        if self._layout.is_cell:
            line = cell_line(self._of)
            self._write(at, line, fitted_font(text_font(12), line, rect.width()))
            return
        self._write(at, verdict(self._of), text_font(13, bold=True))
        for line in states_lines(self._of):
            at += QPointF(0, LINE)
            self._write(at, line, fitted_font(number_font(11), line, rect.width()), self._theme.ink["h"])

    # ------------------------------------------------------------ parameters

    def _paint_parameters(self) -> None:
        header = self._layout.parameters_header
        count, called = self._layout.parameter_counts
        text = f"parameters() {count:,}" + (was_text(f"{called:,}") if called != count else "")
        ink = self._theme.accent if called != count else self._theme.text
        self._write(header.topLeft() + QPointF(0, 12), text, number_font(12, bold=True), ink)
        named = set[tuple[int, int]]()
        for block in self._layout.parameter_blocks:
            place = block.parameter.layer, block.parameter.direction
            if place not in named:
                named.add(place)
                at = QPointF(0, block.rect.top() + 10)
                self._write(at, state_name(*place, self._of), text_font(11), self._theme.muted)
            self._paint_parameter(block)

    def _paint_parameter(self, block: ParameterBlock) -> None:
        parameter, at, width = block.parameter, block.caption.topLeft(), block.caption.width()
        sizes = f"{sizes_text(parameter.sizes)} {parameter.count:,}"
        for text, down in ((parameter.kind, 11), (sizes, 23)):
            ink = self._theme.text if down == 11 else self._theme.muted
            self._write(at + QPointF(0, down), text, fitted_font(number_font(10), text, width), ink)
        for place, band in enumerate(parameter.bands):
            self._paint_band(block.band(place), band.symbol, f"{band.start}:{band.end}")
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(self._theme.line), 1))
        self._painter.drawRect(block.rect)

    def _paint_band(self, rect: QRectF, symbol: str, rows: str) -> None:
        theme = self._theme
        self._painter.fillRect(rect, QColor(theme.raised))
        if symbol:
            stripe = QRectF(rect.left(), rect.top(), 4, rect.height() - 1)
            self._painter.fillRect(stripe, QColor(theme.quantity[symbol]))
        text, font = f"{symbol} {rows}".strip(), number_font(10)
        at = QPointF(rect.left() + 8, rect.center().y() + QFontMetricsF(font).capHeight() / 2)
        self._write(at, text, fitted_font(font, text, rect.width() - 9), theme.ink.get(symbol, theme.text))

    # ------------------------------------------------------------ text

    def _write(self, at: QPointF, text: str, font: QFont, ink: str = "") -> None:
        self._painter.setFont(font)
        self._painter.setPen(QColor(ink or self._theme.text))
        self._painter.drawText(at, text)

    def _centre(self, rect: QRectF, text: str, font: QFont, ink: str) -> None:
        metrics = QFontMetricsF(font)
        x = rect.center().x() - metrics.horizontalAdvance(text) / 2
        self._write(QPointF(x, rect.center().y() + metrics.capHeight() / 2), text, font, ink)
