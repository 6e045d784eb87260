"""The panel with the error of a run, and where its numbers diverged first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from lstm_viz.app.panels.control.progress import Phase
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.selection.selection import SelectionChanges
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.cells import QUANTITIES
from lstm_viz.runs.folder import Divergence
from lstm_viz.text.cut import spaced


class FailurePanel(QWidget):
    """Shows the error message of a run; hidden without one."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._wrong: Divergence | None = None
        self._model = ""
        self.sentence, self.place = PlainLabel(parent=self), PlainLabel(parent=self)
        self.sentence.setObjectName("problem")
        self.show_button = QPushButton(self.tr("Look at the sentence"), self)
        set_tip(self.show_button, self.tr("Open it on the Sentence page, at the last checkpoint before"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        for label in (self.sentence, self.place):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(label)
        layout.addWidget(self.show_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_button.clicked.connect(self._show_sentence)

    def show_run(self, data: RunData | None, phase: Phase) -> None:
        """Show the error of ``data`` in ``phase``."""
        text = self._sentence(data, phase)
        self._model = data.uri if data else ""
        self._wrong = data.status.wrong if data and data.status and phase == "failed" else None
        damage = "" if data is None or data.error else self._damage(data)
        text = "\n".join(part for part in (text, damage) if part)
        self.sentence.setText(shown_text(text))
        place = self.describe(self._wrong) if self._wrong else ""
        self.place.setText(place)
        self.place.setVisible(bool(place))
        self.show_button.setVisible(self._wrong is not None and bool(self._wrong.words))
        self.setVisible(bool(text))

    def _sentence(self, data: RunData | None, phase: Phase) -> str:
        if data is None:
            return ""
        if data.error:
            return data.error
        if phase == "failed" and data.status is not None:
            return data.status.sentence or self.tr("It failed, and did not say why.")
        if phase == "died":
            text = self.tr(
                "The trainer died after step %1. What it saved is safe: Resume goes on from there."
            )
            return text.replace("%1", f"{data.step:,}")
        if phase == "stopped" and data.status is not None:
            return data.status.sentence
        return ""

    def _damage(self, data: RunData) -> str:
        """Return the error messages about damaged files and skipped lines; "" without any."""
        messages = list(data.damage)
        if data.damaged:
            lines = ", ".join(f"{number:,}" for number in data.damaged_lines)
            lines += " …" if data.damaged > len(data.damaged_lines) else ""
            text = self.tr("Damaged lines of history.jsonl that were left out: %1 (%2)")
            messages.append(text.replace("%1", f"{data.damaged:,}").replace("%2", lines))
        if data.damaged_gates:
            text = self.tr("Damaged lines of gates.jsonl that were left out: %1")
            messages.append(text.replace("%1", f"{data.damaged_gates:,}"))
        return "\n".join(messages)

    def describe(self, wrong: Divergence) -> str:
        """Return which number was not finite first, and where."""
        parts = [self.tr("First wrong: %1 (%2)").replace("%1", self._what(wrong)).replace("%2", wrong.value)]
        if wrong.unit >= 0:
            parts.append(self.tr("unit %1").replace("%1", str(wrong.unit)))
        if wrong.layer >= 0:
            parts.append(self.tr("layer %1").replace("%1", str(wrong.layer + 1)))
        if wrong.direction >= 0:
            parts.append(self.tr("reading backward") if wrong.direction else self.tr("reading forward"))
        if 0 <= wrong.word < len(wrong.words):
            text = self.tr("at word %1, “%2”").replace("%1", str(wrong.word + 1))
            parts.append(text.replace("%2", shown_text(wrong.words[wrong.word])))
        return ", ".join(parts)

    def _what(self, wrong: Divergence) -> str:
        if wrong.quantity in QUANTITIES:
            return f"{quantity_name(wrong.quantity)} {QUANTITIES[wrong.quantity].symbol}"
        names = {
            "scores": self.tr("the scores"),
            "loss": self.tr("the loss"),
            "gradient": self.tr("the gradient of %1"),
            "weight": self.tr("the weight %1"),
        }
        return names.get(wrong.quantity, wrong.quantity).replace("%1", wrong.module or "?")

    def _show_sentence(self) -> None:
        wrong = self._wrong
        if wrong is None:
            return
        place: SelectionChanges = {
            "step": max(0, wrong.word),
            "module": "",
            "layer": max(0, wrong.layer),
            "direction": max(0, wrong.direction),
            "epoch": None,
        }
        if wrong.unit >= 0 and wrong.layer >= 0:
            place["unit"] = wrong.unit
        self._state.pick_model(self._model)  # which may not be the selected one
        self._state.open_sentence(spaced(wrong.words), **place)
        self._state.show_page("sentence")
