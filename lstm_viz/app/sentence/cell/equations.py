"""The equations of a step, each in symbols and again with its numbers put in."""

import html
import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCursor, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.sentence.cell.cells import EQUATIONS, SCENES
from lstm_viz.app.sentence.cell.figures import significant
from lstm_viz.app.sentence.cell.fonts import fixed_font
from lstm_viz.app.sentence.cell.formulas import Equation, fill, symbols
from lstm_viz.app.sentence.cell.layout import PENDING, written
from lstm_viz.app.sentence.cell.scene import gates
from lstm_viz.app.sentence.cell.values import StepValues, with_sums
from lstm_viz.app.theme import THEMES, Theme
from lstm_viz.messages import Explanation

_GAP = 24  # between two columns of equations


class Equations(QLabel):
    """Writes the equations of a step in one column, or the gates in two where there is room.

    Its text can be selected and copied. A number of a gate is a link.

    Signals
    -------
    gate_clicked(str)
        A number that this gate made was clicked.
    """

    gate_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: StepValues | None = None
        self._theme = THEMES["dark"]
        self._columns = 1
        self._height = 0
        self._arrangement: object = None
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.setMinimumWidth(240)
        self.setAccessibleName(self.tr("Equations of the step"))
        self.linkActivated.connect(self.gate_clicked)
        self.linkHovered.connect(self._tell)

    def set_values(self, values: StepValues | None, explanation: Explanation | None, theme: Theme) -> None:
        """Write these values; pre-activations are "…" while ``explanation`` is about something else."""
        self._values = values and with_sums(values, explanation)
        self._theme = theme
        self._write()

    def _write(self) -> None:
        if self._values is None:
            self.clear()
            return
        wide = widest(self._values, QFontMetricsF(self.font()))
        self._columns = 2 if self.contentsRect().width() >= 2 * wide + _GAP else 1
        text = equations_html(self._values, self._theme, self._columns)
        if text != self.text():
            self.setText(text)
            self._keep_height()

    def _keep_height(self) -> None:
        """Measure the text only when its arrangement changes: other digits take no other height."""
        arrangement = (self._values and self._values.cell, self._columns, self.width(), self.font().key())
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            self._height = super().heightForWidth(self.width())
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        return QSize(480, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self._height)

    def _tell(self, gate: str) -> None:
        if gate and self._values is not None:
            number = significant(self._values.numbers[gate])
            tip = self.tr("%1 = %2: click for its arithmetic").replace("%1", gate).replace("%2", number)
            QToolTip.showText(QCursor.pos(), tip, self)
        else:
            QToolTip.hideText()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write()


def widest(values: StepValues, metrics: QFontMetricsF) -> float:
    """Return the width of the longest gate's equation in symbols."""
    gated = (e for e in EQUATIONS[values.cell] if _is_gate(e, values))
    return max(metrics.horizontalAdvance(symbols(equation, values)) for equation in gated)


def equations_html(values: StepValues, theme: Theme, columns: int) -> str:
    """Return all equations as rich text, those of the gates in ``columns`` columns."""
    equations = EQUATIONS[values.cell]
    gated = [_equation_html(e, values, theme) for e in equations if _is_gate(e, values)]
    others = [_equation_html(e, values, theme) for e in equations if not _is_gate(e, values)]
    rows = [gated[start : start + columns] for start in range(0, len(gated), columns)]
    rows += [[other] for other in others]
    body = "".join(_row(row, columns) for row in rows)
    return f"<table width='100%' cellspacing='0' cellpadding='0'>{body}</table>"


def _row(cells: list[str], columns: int) -> str:
    span = columns // len(cells)
    width = 100 // len(cells)
    return (
        "<tr>"
        + "".join(
            f"<td colspan='{span}' width='{width}%' style='padding-bottom:5px'>{cell}</td>" for cell in cells
        )
        + "</tr>"
    )


def _is_gate(equation: Equation, values: StepValues) -> bool:
    return equation.quantity in gates(SCENES[values.cell])


def _equation_html(equation: Equation, values: StepValues, theme: Theme) -> str:
    ink = theme.ink[equation.quantity]
    left = html.escape(symbols(equation, values))
    right = fill(equation, values, lambda name: _number_html(name, values, theme))
    family = html.escape(fixed_font().family(), quote=True)
    line_break = "<br>" if "=" in left else " "
    return (
        f"<span style='color:{ink}'>{left}</span>{line_break}"
        f"<span style='color:{theme.text}; font-family:\"{family}\"'>= {right}</span>"
    )


def _number_html(name: str, values: StepValues, theme: Theme) -> str:
    gate = name.removeprefix("pre_")
    text = written(values, name)
    colour = theme.muted if text == PENDING else theme.text
    if not math.isfinite(values.numbers.get(name, 0.0)):
        colour = theme.danger
    if text == PENDING or values.unit is None or gate not in gates(SCENES[values.cell]):
        return f"<span style='color:{colour}'>{text}</span>"
    return f"<a href='{gate}' style='color:{colour}'>{text}</a>"
