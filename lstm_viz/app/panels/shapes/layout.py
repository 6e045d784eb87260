"""Where the tensors and parameters are drawn: blocks below each other, two in a row."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF

from lstm_viz.app.panels.shapes import code
from lstm_viz.app.panels.shapes.configuration import Configuration
from lstm_viz.app.panels.shapes.parameters import Parameter, parameters
from lstm_viz.app.panels.shapes.tensors import Entry, Tensor, TensorName, tensors

LINE, HEADER, GUTTER = 17.0, 33.0, 64.0
_GAP, _BETWEEN = 12.0, 18.0
_TALLEST_CELL, _WIDEST_CELL, _TALLEST_GRID = 18.0, 60.0, 150.0
_BAND, _CAPTION = 14.0, 27.0


@dataclass(frozen=True, slots=True)
class Block:
    """A tensor at a place: its header, and its cells in ``grid``."""

    tensor: Tensor
    header: QRectF
    grid: QRectF

    @property
    def cell_width(self) -> float:
        return self.grid.width() / self.tensor.columns

    @property
    def cell_height(self) -> float:
        return self.grid.height() / self.tensor.rows

    def cells(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """Return the rectangle of some neighbouring cells."""
        width, height = self.cell_width, self.cell_height
        left, top = self.grid.left() + column * width, self.grid.top() + row * height
        return QRectF(left, top, columns * width, rows * height)

    def part(self, row: int, column: int, direction: int) -> QRectF:
        """Return the part of a cell that is of a direction."""
        cell, parts = self.cells(row, column), self.tensor.parts
        width = cell.width() / parts
        return QRectF(cell.left() + direction * width, cell.top(), width, cell.height())

    def entry_at(self, point: QPointF) -> Entry | None:
        """Return the number under a point."""
        if not self.grid.contains(point):
            return None
        row, _ = _split((point.y() - self.grid.top()) / self.cell_height, self.tensor.rows)
        column, within = _split((point.x() - self.grid.left()) / self.cell_width, self.tensor.columns)
        depth = self.tensor.depth
        return self.tensor.entry(row, column, min(depth - 1, int(within * depth)))

    def batch_size(self, step: int) -> QRectF:
        """Return the place of an element of ``batch_sizes``, below packed data."""
        return QRectF(self.grid.left() + step * self.cell_width, self.grid.bottom(), self.cell_width, LINE)

    def batch_size_at(self, point: QPointF) -> int | None:
        """Return the step whose element of ``batch_sizes`` is under a point."""
        row = QRectF(self.grid.left(), self.grid.bottom(), self.grid.width(), LINE)
        if self.tensor.name != "packed.data" or not row.contains(point):
            return None
        return _split((point.x() - row.left()) / self.cell_width, self.tensor.columns)[0]


@dataclass(frozen=True, slots=True)
class ParameterBlock:
    """A parameter at a place; its rows run from top to bottom."""

    parameter: Parameter
    caption: QRectF
    rect: QRectF

    def band(self, place: int) -> QRectF:
        """Return the rectangle of a band."""
        height = self.rect.height() / len(self.parameter.bands)
        return QRectF(self.rect.left(), self.rect.top() + place * height, self.rect.width(), height)

    def index_at(self, point: QPointF) -> tuple[int, ...] | None:
        """Return the index of the number under a point."""
        if not self.rect.contains(point):
            return None
        rect, sizes = self.rect, self.parameter.sizes
        shares = (point.y() - rect.top()) / rect.height(), (point.x() - rect.left()) / rect.width()
        return tuple(min(n - 1, int(share * n)) for n, share in zip(sizes, shares, strict=False))


@dataclass(frozen=True)
class Layout:
    """All blocks of a configuration at a width, which may differ from that of the call.

    A cell has its parameters alone.
    """

    of: Configuration
    width: float
    called: Configuration
    is_cell: bool = False

    @cached_property
    def tensors(self) -> dict[TensorName, Tensor]:
        return {} if self.is_cell else tensors(self.of)

    def called_sizes(self, name: TensorName) -> tuple[int, ...] | None:
        """Return the sizes of a tensor in the call where they differ; None where they are the same."""
        called = tensors(self.called).get(name) if self.of != self.called else None
        return called.sizes if called and called.sizes != self.tensors[name].sizes else None

    @cached_property
    def blocks(self) -> dict[TensorName, Block]:
        """The tensors: inputs at the left, outputs at the right, and the states below them."""
        found, top = dict[TensorName, Block](), LINE + 8
        pairs: tuple[tuple[TensorName, TensorName], ...] = (
            ("input", "output"),
            ("packed.data", "packed_output.data"),
        )
        for left, right in pairs:
            if left in self.tensors:
                found |= {left: self._block(left, 0, top), right: self._block(right, 1, top)}
                top = found[left].grid.bottom() + LINE + _GAP
        return found | self._states(self._verdict_top(found) + self._verdict_height + _GAP)

    def _states(self, top: float) -> dict[TensorName, Block]:
        names: tuple[TensorName, ...] = ("h_n", "c_n")
        return {
            name: self._block(name, side, top, GUTTER)
            for side, name in enumerate(names)
            if name in self.tensors
        }

    def _verdict_top(self, blocks: dict[TensorName, Block]) -> float:
        return max((block.grid.bottom() + LINE + 5 for block in blocks.values()), default=LINE + 2)

    @property
    def _verdict_height(self) -> float:
        lines = 0 if self.is_cell or code.is_state(self.of) else self.of.num_directions
        return LINE * (1 + lines) + 2

    @cached_property
    def verdict(self) -> QRectF:
        """The place of the lines on ``output[-1]``; of a cell, of the line on its call."""
        above = {name: block for name, block in self.blocks.items() if not block.tensor.is_state}
        return QRectF(0, self._verdict_top(above), self.width, self._verdict_height)

    def _block(self, name: TensorName, side: int, top: float, gutter: float = 0.0) -> Block:
        tensor, room = self.tensors[name], (self.width - _BETWEEN) / 2
        left = side * (room + _BETWEEN)
        height = min(_TALLEST_CELL * tensor.rows, _TALLEST_GRID)
        width = min(_WIDEST_CELL * tensor.columns, room - gutter)
        header = QRectF(left, top, room, HEADER)
        return Block(tensor, header, QRectF(left + gutter, header.bottom(), width, height))

    @cached_property
    def parameters_header(self) -> QRectF:
        states = [block.grid.bottom() for block in self.blocks.values() if block.tensor.is_state]
        return QRectF(0, max(states, default=self.verdict.bottom()) + _GAP, self.width, LINE)

    @cached_property
    def parameter_blocks(self) -> tuple[ParameterBlock, ...]:
        """The parameters, a row for each layer and direction."""
        return tuple(self._parameter_blocks())

    def _parameter_blocks(self) -> Iterator[ParameterBlock]:
        found, top = parameters(self.of, is_cell=self.is_cell), self.parameters_header.bottom() + 2
        height = max(2, len(self.of.kind.activated)) * _BAND
        for layer, direction in self.of.layers():
            row = [one for one in found if (one.layer, one.direction) == (layer, direction)]
            width = (self.width - GUTTER) / len(row)
            for place, parameter in enumerate(row):
                left = GUTTER + place * width
                caption = QRectF(left, top, width - 6, _CAPTION)
                yield ParameterBlock(parameter, caption, QRectF(left, top + _CAPTION, width - 6, height))
            top += _CAPTION + height + _GAP

    @property
    def parameter_counts(self) -> tuple[int, int]:
        """The number of all parameters, and that of the module that was called."""
        count, called = (
            sum(one.count for one in parameters(of, is_cell=self.is_cell)) for of in (self.of, self.called)
        )
        return count, called

    @property
    def height(self) -> float:
        return self.parameter_blocks[-1].rect.bottom() + 4


def _split(place: float, count: int) -> tuple[int, float]:
    """Return the element of a row at a place in units of elements, and how far in it, from 0 to 1."""
    whole = max(0, min(count - 1, int(place)))
    return whole, max(0.0, min(place - whole, 1.0))
