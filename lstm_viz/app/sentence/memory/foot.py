"""The proof under the bars: what they add up to, how far that is off, and what is held."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lstm_viz.app.elided import ElidedLabel
from lstm_viz.app.painting import signed, text_font
from lstm_viz.app.sentence.cell.figures import subscript
from lstm_viz.app.sentence.memory.shown import Shown
from lstm_viz.app.theme import Theme

#: Beyond this the sum is not the state, and the line says so in the colour of trouble.
TOLERANCE = 1e-5


class Foot(QWidget):
    """Two lines: the sum, and what is held."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = ""
        self.total, self.held = ElidedLabel(self), ElidedLabel(self)
        self.total.setFont(text_font(12))
        self.held.setFont(text_font(11))
        self.held.setObjectName("muted")
        self.setWhatsThis(
            self.tr(
                "The proof. What the words gave is added up and set against what the net computed; the error "
                "is the largest difference over all units, or over all tags. Beyond 1e−5 the line turns red."
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(1)
        for label in (self.total, self.held):
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(label)

    def set_shown(self, shown: Shown | None, theme: Theme, *, chained: bool) -> None:
        """Say what adds up; ``chained``, that a chain over the tags stands behind the scores."""
        if shown is None:
            self.held.say("")
        if shown is None or not shown.fresh:
            self.total.say("")
            return
        scored = shown.where == "score"
        self.total.say(self._score(shown) if scored else self._state(shown))
        self.held.say(self._score_held(shown, chained) if scored else self._state_held(shown))
        error = shown.memory.score_error if scored else shown.memory.error
        self._paint_in(theme.danger if not error <= TOLERANCE else theme.ink[shown.state])

    def _paint_in(self, colour: str) -> None:
        if colour != self._colour:
            self._colour = colour
            self.total.setStyleSheet(f"color: {colour}")

    def _state(self, shown: Shown) -> str:
        error = shown.memory.error
        text = self.tr("sum = %1 = %2 · error %3")
        if not error <= TOLERANCE:
            text = self.tr("sum = %1, which is NOT %2 · error %3")
        return _filled(text, signed(float(shown.values.sum(dtype=float)), 3), shown.symbol, _power(error))

    def _state_held(self, shown: Shown) -> str:
        gates = "f, i, g" if shown.state == "c" else "z, n"
        text = self.tr("%1 as they were; what words did to them through h is not in it")
        return text.replace("%1", gates)

    def _score(self, shown: Shown) -> str:
        memory, tag = shown.memory, shown.tag
        if tag is None or memory.bias is None:
            return self.tr("the scores are no numbers, the word has no tag")
        words, bias = float(shown.values.sum(dtype=float)), float(memory.bias[tag])
        beside = None if memory.beside is None else float(memory.beside[tag])
        parts = [self.tr("words %1").replace("%1", signed(words, 3))]
        if beside is not None:
            other = self.tr("forward %1") if shown.backward else self.tr("backward %1")
            parts.append(other.replace("%1", signed(beside, 3)))
        parts.append(self.tr("bias %1").replace("%1", signed(bias, 3)))
        text = self.tr("%1 = logit %2 · error %3")
        if not memory.score_error <= TOLERANCE:
            text = self.tr("%1 = %2, which is NOT the logit · error %3")
        whole = signed(words + bias + (beside or 0.0), 3)
        return _filled(text, " + ".join(parts), whole, _power(memory.score_error))

    def _score_held(self, shown: Shown, chained: bool) -> str:
        step = subscript(shown.memory.column + 1)
        text = self.tr("paths through h into later gates are not in it")
        if shown.state == "c":
            held = self.tr("o%1 and tanh(c%1)/c%1 held; paths through h into later gates are not in it")
            text = held.replace("%1", step)
        return text + (self.tr(", nor is the chain over the tags") if chained else "")


def _filled(text: str, *parts: str) -> str:
    for k, part in enumerate(parts, start=1):
        text = text.replace(f"%{k}", part)
    return text


def _power(error: float) -> str:
    return f"{error:.0e}".replace("-", "−") if error == error else "NaN"  # noqa: PLR0124
