"""The layout of the equations of a step: pure functions of values, width and font.

An `EquationSheet` is independent of the digits: which part is on which line. `runs` fills in the numbers.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, isfinite

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetrics

from lstm_viz.app.panels.cell.fonts import advance, fixed_like, underlined
from lstm_viz.app.panels.cell.formulas import Equation, equations_of, fill, numbers, split, symbols
from lstm_viz.app.panels.cell.layout import PENDING, written
from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.app.theme import Theme
from lstm_viz.cells import CellKind

_GAP = 16  # between two columns of equations
_BELOW = 5  # an equation
_WIDEST = "0" * 7  # no number is wider


@dataclass(frozen=True, slots=True)
class Piece:
    """A fixed text, or the ``number`` of this name.

    ``quantity`` gives the colour of the text, "" for the default. ``gate`` is the gate or
    the state that the number belongs to, if any.
    """

    text: str
    number: str
    quantity: str
    gate: str
    font: QFont


@dataclass(frozen=True, slots=True)
class SheetLine:
    """Pieces in a row from ``x`` on, on ``baseline``."""

    x: float
    baseline: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class EquationSheet:
    """The arrangement of all equations of a cell, independent of their numbers.

    ``height`` is their total height; those of the gates are in ``columns`` columns.
    """

    lines: tuple[SheetLine, ...]
    height: int
    columns: int


@dataclass(frozen=True, slots=True)
class TextRun:
    """A text in one colour and font at its position; a click on it opens ``gate``, unless that is ""."""

    rect: QRectF
    baseline: float
    text: str
    colour: str
    font: QFont
    gate: str


def sheet(values: StepValues, width: float, base: QFont) -> EquationSheet:
    """Return the arrangement of the equations; ``base`` is the interface's font."""
    return _sheet(_cell(values, base), width)


def runs(of: EquationSheet, values: StepValues, theme: Theme) -> tuple[TextRun, ...]:
    """Return the texts on the sheet, in reading order."""
    return tuple(run for line in of.lines for run in _runs(line, values, theme))


def plain_text(values: StepValues) -> str:
    """Return all equations line by line: each in symbols, and again with numbers."""
    return "\n".join(_plain(equation, values) for equation in equations_of(values.kind))


# ---------------------------------------------------------------- with numbers


def _runs(line: SheetLine, values: StepValues, theme: Theme) -> list[TextRun]:
    x, found = line.x, []
    for piece in line.pieces:
        text = written(values, piece.number) if piece.number else piece.text
        gate = "" if text == PENDING else piece.gate
        font = underlined(piece.font) if gate else piece.font
        wide, (ascent, high) = advance(piece.font, text), _heights(piece.font)
        rect = QRectF(x, line.baseline - ascent, wide, high)
        found.append(TextRun(rect, line.baseline, text, _colour(piece, text, values, theme), font, gate))
        x += wide
    return found


def _colour(piece: Piece, text: str, values: StepValues, theme: Theme) -> str:
    if piece.quantity:
        return theme.ink[piece.quantity]
    if text == PENDING:
        return theme.muted
    return theme.text if isfinite(values.numbers.get(piece.number, 0.0)) else theme.danger


def _plain(equation: Equation, values: StepValues) -> str:
    mean = values.unit is None
    left = symbols(equation, mean, values.backward)
    clamped = equation.quantity in values.clamped
    right = fill(numbers(equation, mean, clamped), lambda name: written(values, name))
    return f"{left}{_between(left)}{right}"


def _between(left: str) -> str:
    return "\n" if "=" in left else " "


# ---------------------------------------------------------------- without numbers


@dataclass(frozen=True, slots=True)
class _SheetCell:
    """The values and settings that the arrangement depends on."""

    kind: CellKind
    mean: bool
    backward: bool
    font: QFont
    clamped: frozenset[str] = frozenset()

    def symbols(self, equation: Equation) -> str:
        return symbols(equation, self.mean, self.backward)

    def numbers(self, equation: Equation) -> str:
        return numbers(equation, self.mean, equation.quantity in self.clamped)

    @property
    def gates(self) -> tuple[str, ...]:
        return self.kind.activated

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities with an equation, and so an arithmetic: the gates and the states."""
        return self.kind.symbols


def _cell(values: StepValues, base: QFont) -> _SheetCell:
    mean = values.unit is None
    return _SheetCell(values.kind, mean, values.backward, base, values.clamped)


@lru_cache(maxsize=32)
def _sheet(cell: _SheetCell, width: float) -> EquationSheet:
    equations = equations_of(cell.kind)
    gated = [equation for equation in equations if equation.quantity in cell.gates]
    widest = max(advance(cell.font, cell.symbols(equation)) for equation in gated)
    columns = 2 if width >= 2 * widest + _GAP else 1
    rows = [gated[start : start + columns] for start in range(0, len(gated), columns)]
    rows += [[equation] for equation in equations if equation not in gated]
    lines, y = list[SheetLine](), 0.0
    for row in rows:
        blocks = [_block(cell, equation, width / len(row)) for equation in row]
        for column, block in enumerate(blocks):
            lines += _stacked(block, column * width / columns, y)
        y += max(_room(cell, equation, width / len(row)) for equation in row) + _BELOW
    return EquationSheet(tuple(lines), ceil(y), columns)


def _room(cell: _SheetCell, equation: Equation, room: float) -> float:
    """Return the height of an equation; the same when its number is clamped, so that nothing jumps."""
    usual = replace(cell, clamped=frozenset())
    return max(sum(map(_line_height, _block(each, equation, room))) for each in (cell, usual))


def _block(cell: _SheetCell, equation: Equation, room: float) -> list[tuple[Piece, ...]]:
    """Return the lines of one equation, broken to fit into ``room``."""
    left, right, fixed = cell.symbols(equation), cell.numbers(equation), fixed_like(cell.font)
    clickable = () if cell.mean else cell.quantities
    above = [_pieces(line, cell.font, equation.quantity) for line in _broken(left, cell.font, room)]
    if _between(left) == " ":
        blank = Piece(" ", "", "", "", cell.font)
        return [*above[:-1], (*above[-1], blank, *_pieces(right, fixed, ""))]
    return above + [_pieces(line, fixed, "", clickable) for line in _broken(right, fixed, room)]


def _pieces(text: str, font: QFont, quantity: str, clickable: tuple[str, ...] = ()) -> tuple[Piece, ...]:
    def piece(text: str, number: str) -> Piece:
        gate = number.removeprefix("pre_")
        return Piece(text, number, quantity, gate if gate in clickable else "", font)

    return tuple(piece(*part) for part in split(text))


def _broken(text: str, font: QFont, room: float) -> list[str]:
    """Break ``text`` at blanks into lines that fit whatever the width of their numbers."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and advance(font, fill(longer, lambda _: _WIDEST)) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _stacked(block: list[tuple[Piece, ...]], x: float, y: float) -> list[SheetLine]:
    lines = []
    for pieces in block:
        lines.append(SheetLine(x, y + max(_heights(piece.font)[0] for piece in pieces), pieces))
        y += _line_height(pieces)
    return lines


def _line_height(pieces: tuple[Piece, ...]) -> float:
    return max(_heights(piece.font)[1] for piece in pieces)


@lru_cache(maxsize=16)
def _heights(font: QFont) -> tuple[int, int]:
    """Return ascent and height of a line, in whole points so that text is sharp."""
    metrics = QFontMetrics(font)
    return metrics.ascent(), metrics.height()
