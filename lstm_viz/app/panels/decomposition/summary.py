"""The proof under the bars: their sum, its error, and the quantities that are held constant."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from lstm_viz.app.panels.cell.number_texts import subscript
from lstm_viz.app.panels.decomposition.view_model import DecompositionViewModel
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.numerals import power
from lstm_viz.app.widgets.painting import signed, text_font
from lstm_viz.ordinals import ordinal

#: A larger error means that the sum is not the state; the line then has the colour of errors.
TOLERANCE = 1e-5


class DecompositionSummary(QWidget):
    """The terms of a score, the sum, and the quantities held constant: one line each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = ""
        self.terms, self.total, self.note = ElidedLabel(self), ElidedLabel(self), ElidedLabel(self)
        self.terms.setFont(text_font(12))
        self.total.setFont(text_font(12))
        self.note.setFont(text_font(11))
        self.note.setObjectName("muted")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setWhatsThis(
            self.tr(
                "The sum of the contributions, and what the forward pass computed; the error is the "
                "largest difference over all units, or over all tags. Above 1e−5 the line is red."
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(1)
        for label in (self.terms, self.total, self.note):
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(label)
        self.terms.hide()

    def set_shown(self, shown: DecompositionViewModel | None, theme: Theme, *, chained: bool) -> None:
        """Show the sum of a decomposition; ``chained`` if a chain over the tags follows the scores."""
        scored = shown is not None and shown.where == "score"
        self._show_terms(scored)
        if shown is None:
            self.note.show_text("")
        if shown is None or not shown.fresh:
            self.terms.show_text("")
            self.total.show_text("")
            return
        self.terms.show_text(self._terms(shown) if scored else "")
        self.total.show_text(self._score(shown) if scored else self._state(shown))
        self.note.show_text(self._score_note(shown, chained) if scored else self._state_note(shown))
        error = shown.decomposition.score_error if scored else shown.decomposition.error
        self._paint_in(theme.danger if not error <= TOLERANCE else theme.ink[shown.state])

    def _show_terms(self, shown: bool) -> None:
        if shown == self.terms.isHidden():
            self.terms.setVisible(shown)
            self.updateGeometry()

    def _paint_in(self, colour: str) -> None:
        if colour != self._colour:
            self._colour = colour
            for label in (self.terms, self.total):
                label.setStyleSheet(f"color: {colour}")

    def _state(self, shown: DecompositionViewModel) -> str:
        error = shown.decomposition.error
        text = self.tr("sum = %1 = %2 · error %3")
        if not error <= TOLERANCE:
            text = self.tr("sum = %1, which is NOT %2 · error %3")
        return _filled(text, signed(float(shown.values.sum(dtype=float)), 3), shown.symbol, power(error, 0))

    def _state_note(self, shown: DecompositionViewModel) -> str:
        text = self.tr("%1 held fixed; paths through h into them not included")
        return text.replace("%1", ", ".join(shown.gates))

    def _terms(self, shown: DecompositionViewModel) -> str:
        """Return the terms of a logit; the sum itself has a line of its own that always fits."""
        parts = _parts(shown)
        if parts is None:
            return ""
        words, other_direction, bias = parts
        terms = [self.tr("words %1").replace("%1", signed(words, 3))]
        if other_direction is not None:
            other = self.tr("forward %1") if shown.backward else self.tr("backward %1")
            terms.append(other.replace("%1", signed(other_direction, 3)))
        terms.append(self.tr("bias %1").replace("%1", signed(bias, 3)))
        return " + ".join(terms)

    def _score(self, shown: DecompositionViewModel) -> str:
        parts, error = _parts(shown), shown.decomposition.score_error
        if parts is None:
            return self.tr("the scores are NaN, the word has no tag")
        text = self.tr("= logit %1 · error %2")
        if not error <= TOLERANCE:
            text = self.tr("= %1, which is NOT the logit · error %2")
        return _filled(text, signed(sum(part or 0.0 for part in parts), 3), power(error, 0))

    def _score_note(self, shown: DecompositionViewModel, chained: bool) -> str:
        step = subscript(ordinal(shown.view.first + shown.decomposition.column))
        text = self.tr("paths through h into later gates not included")
        if shown.state == "c":
            note = self.tr("o%1 and tanh(c%1)/c%1 held fixed; paths through h into later gates not included")
            text = note.replace("%1", step)
        return text + (self.tr(", nor is the chain over the tags") if chained else "")


def _filled(text: str, *parts: str) -> str:
    for k, part in enumerate(parts, start=1):
        text = text.replace(f"%{k}", part)
    return text


def _parts(shown: DecompositionViewModel) -> tuple[float, float | None, float] | None:
    """Return the contributions of words, other direction (if any) and bias to the tag's logit."""
    decomposition, tag = shown.decomposition, shown.tag
    if tag is None or decomposition.bias is None:
        return None
    other_direction = (
        None if decomposition.other_direction is None else float(decomposition.other_direction[tag])
    )
    return float(shown.values.sum(dtype=float)), other_direction, float(decomposition.bias[tag])
