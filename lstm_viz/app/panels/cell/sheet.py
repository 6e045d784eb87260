"""The layout of the equations of a step: pure functions of values, width and font.

An `EquationSheet` is independent of the digits: which part is on which line. `number_runs` fills in the
numbers.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from math import ceil, isfinite
from operator import itemgetter

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetrics

from lstm_viz.app.panels.cell.fonts import advance, fixed_like
from lstm_viz.app.panels.cell.formulas import Equation, equations_of, numbers, split, symbols
from lstm_viz.app.panels.cell.values import PENDING, StepValues
from lstm_viz.app.theme import Theme
from lstm_viz.cells import CellKind

_GAP = 16  # between two columns of equations
_BELOW = 5  # an equation
#: The numbers of a line while it is broken: no number is wider.
_WIDEST = defaultdict[str, str](lambda: "0" * 7)


@dataclass(frozen=True, slots=True)
class Piece:
    """A fixed text, or the ``number`` of this name, which belongs to the gate or state ``gate``, if any."""

    text: str
    number: str
    gate: str


@dataclass(frozen=True, slots=True)
class SymbolLine:
    """The symbols of an equation, or a part of them, from ``x`` on, in the colour of ``quantity``."""

    x: float
    baseline: float
    text: str
    quantity: str


@dataclass(frozen=True, slots=True)
class NumberLine:
    """Pieces in a row from ``x`` on."""

    x: float
    baseline: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class EquationSheet:
    """The arrangement of all equations of a cell, independent of their numbers.

    ``symbol_font`` and ``number_font`` are the fonts of the lines. ``height`` is their total height; those of
    the gates are in ``columns`` columns.
    """

    symbols: tuple[SymbolLine, ...]
    numbers: tuple[NumberLine, ...]
    symbol_font: QFont
    number_font: QFont
    height: int
    columns: int


@dataclass(frozen=True, slots=True)
class TextRun:
    """A text in one colour and font at its position.

    ``links`` are the gates and states whose arithmetic a click in a rectangle opens.
    """

    rect: QRectF
    baseline: float
    text: str
    colour: str
    font: QFont
    links: tuple[tuple[str, QRectF], ...] = ()


def sheet(values: StepValues, width: float, base: QFont) -> EquationSheet:
    """Return the arrangement of the equations; ``base`` is the interface's font."""
    return _sheet(_cell(values, base), width)


def symbol_runs(of: EquationSheet, theme: Theme) -> tuple[TextRun, ...]:
    """Return the texts on the sheet that do not depend on numbers."""
    font, (ascent, high) = of.symbol_font, _heights(of.symbol_font)
    return tuple(
        TextRun(
            QRectF(line.x, line.baseline - ascent, advance(font, line.text), high),
            line.baseline,
            line.text,
            theme.ink[line.quantity],
            font,
        )
        for line in of.symbols
    )


def number_runs(of: EquationSheet, values: StepValues, theme: Theme) -> tuple[TextRun, ...]:
    """Return the other texts on the sheet, in reading order: one for all that has one colour in a line."""
    return tuple([run for line in of.numbers for run in _runs(of.number_font, line, values, theme)])


def plain_text(values: StepValues) -> str:
    """Return all equations line by line: each in symbols, and again with numbers."""
    mean = values.unit is None
    how = {"has_sums": values.has_sums, "projects": values.projects}
    template = _template(values.kind, mean, values.backward, values.clamped, **how)
    return template.format_map(values.texts)


# ---------------------------------------------------------------- with numbers


def _runs(font: QFont, line: NumberLine, values: StepValues, theme: Theme) -> list[TextRun]:
    ascent, high = _heights(font)
    x, top, found = line.x, line.baseline - ascent, []
    for colour, parts in groupby(_parts(line, values, theme), itemgetter(0)):
        start, text, links = x, "", []
        for _, written, gate in parts:
            wide = advance(font, written)
            if gate:
                links.append((gate, QRectF(x, top, wide, high)))
            text += written
            x += wide
        rect = QRectF(start, top, x - start, high)
        found.append(TextRun(rect, line.baseline, text, colour, font, tuple(links)))
    return found


def _parts(line: NumberLine, values: StepValues, theme: Theme) -> list[tuple[str, str, str]]:
    """Return (colour, text, gate) of each piece of a line."""
    parts = []
    for piece in line.pieces:
        text = values.texts[piece.number] if piece.number else piece.text
        if text == PENDING:
            parts.append((theme.muted, text, ""))
        else:
            is_finite = isfinite(values.numbers.get(piece.number, 0.0))
            parts.append((theme.text if is_finite else theme.danger, text, piece.gate))
    return parts


# ---------------------------------------------------------------- without numbers


@lru_cache(maxsize=32)
def _template(
    kind: CellKind, mean: bool, backward: bool, clamped: frozenset[str], *, has_sums: bool, projects: bool
) -> str:
    """Return all equations as text, with placeholders for the numbers."""
    lines = []
    for equation in equations_of(kind, projects=projects):
        left = symbols(equation, mean, backward)
        right = numbers(equation, mean, equation.quantity in clamped, has_sums=has_sums)
        lines.append(f"{left}{_between(left)}{right}")
    return "\n".join(lines)


def _between(left: str) -> str:
    return "\n" if "=" in left else " "


@dataclass(frozen=True, slots=True)
class _SheetCell:
    """The values and settings that the arrangement depends on."""

    kind: CellKind
    mean: bool
    backward: bool
    font: QFont
    clamped: frozenset[str] = frozenset()
    has_sums: bool = True
    projects: bool = False

    def symbols(self, equation: Equation) -> str:
        return symbols(equation, self.mean, self.backward)

    def numbers(self, equation: Equation) -> str:
        is_clamped = equation.quantity in self.clamped
        return numbers(equation, self.mean, is_clamped, has_sums=self.has_sums)

    @property
    def number_font(self) -> QFont:
        return fixed_like(self.font)


@dataclass(frozen=True, slots=True)
class _Row:
    """Symbols and pieces on one line; either may be empty."""

    symbols: str
    pieces: tuple[Piece, ...]

    def heights(self, cell: _SheetCell) -> tuple[int, int]:
        """Return ascent and height."""
        fonts = ((cell.font, self.symbols), (cell.number_font, self.pieces))
        ascents, heights = zip(*(_heights(font) for font, of in fonts if of), strict=True)
        return max(ascents), max(heights)


def _cell(values: StepValues, base: QFont) -> _SheetCell:
    mean = values.unit is None
    has_sums, projects = values.has_sums, values.projects
    return _SheetCell(values.kind, mean, values.backward, base, values.clamped, has_sums, projects)


@lru_cache(maxsize=32)
def _sheet(cell: _SheetCell, width: float) -> EquationSheet:
    equations = equations_of(cell.kind, projects=cell.projects)
    gated = [equation for equation in equations if equation.quantity in cell.kind.activated]
    widest = max(advance(cell.font, cell.symbols(equation)) for equation in gated)
    columns = 2 if width >= 2 * widest + _GAP else 1
    rows = [gated[start : start + columns] for start in range(0, len(gated), columns)]
    rows += [[equation] for equation in equations if equation not in gated]
    lines, y = list[SymbolLine | NumberLine](), 0.0
    for row in rows:
        room = width / len(row)
        for column, equation in enumerate(row):
            lines += _stacked(cell, equation, room, column * width / columns, y)
        y += max(_room(cell, equation, room) for equation in row) + _BELOW
    return EquationSheet(
        symbols=tuple(line for line in lines if isinstance(line, SymbolLine)),
        numbers=tuple(line for line in lines if isinstance(line, NumberLine)),
        symbol_font=cell.font,
        number_font=cell.number_font,
        height=ceil(y),
        columns=columns,
    )


def _room(cell: _SheetCell, equation: Equation, room: float) -> float:
    """Return the height of an equation; the same when its number is clamped, so that nothing jumps."""
    usual = replace(cell, clamped=frozenset())
    return max(sum(row.heights(each)[1] for row in _block(each, equation, room)) for each in (cell, usual))


def _block(cell: _SheetCell, equation: Equation, room: float) -> list[_Row]:
    """Return the lines of one equation, broken to fit into ``room``."""
    left, right = cell.symbols(equation), cell.numbers(equation)
    clickable = () if cell.mean else cell.kind.symbols
    above = [_Row(line, ()) for line in _broken(left, cell.font, room)]
    if _between(left) == " ":
        return [*above[:-1], _Row(f"{above[-1].symbols} ", _pieces(right, ()))]
    return above + [_Row("", _pieces(line, clickable)) for line in _broken(right, cell.number_font, room)]


def _pieces(text: str, clickable: tuple[str, ...]) -> tuple[Piece, ...]:
    def piece(text: str, number: str) -> Piece:
        gate = number.removeprefix("pre_")
        return Piece(text, number, gate if gate in clickable else "")

    return tuple(piece(*part) for part in split(text))


def _broken(text: str, font: QFont, room: float) -> list[str]:
    """Break ``text`` at blanks into lines that fit whatever the width of their numbers."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and advance(font, longer.format_map(_WIDEST)) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _stacked(
    cell: _SheetCell, equation: Equation, room: float, x: float, y: float
) -> Iterator[SymbolLine | NumberLine]:
    for row in _block(cell, equation, room):
        ascent, height = row.heights(cell)
        if row.symbols:
            yield SymbolLine(x, y + ascent, row.symbols, equation.quantity)
        if row.pieces:
            yield NumberLine(x + advance(cell.font, row.symbols), y + ascent, row.pieces)
        y += height


@lru_cache(maxsize=16)
def _heights(font: QFont) -> tuple[int, int]:
    """Return ascent and height of a line, in whole points so that text is sharp."""
    metrics = QFontMetrics(font)
    return metrics.ascent(), metrics.height()
