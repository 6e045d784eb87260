"""The panel with the error of a run, and where its numbers diverged first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from lstm_viz.app.panels.control.progress import Phase
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.selection.selection import SelectionChanges
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.labels import direction_name, layer_name, quantity_name, unit_name
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.cells import QUANTITIES
from lstm_viz.ordinals import ordinal
from lstm_viz.runs.folder import Divergence
from lstm_viz.text.tokenized_text import spaced


class FailurePanel(QWidget):
    """Shows the error message of a run; hidden without one."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._divergence: Divergence | None = None
        self._model = ""
        self.message, self.place = PlainLabel(parent=self), PlainLabel(parent=self)
        self.message.setObjectName("error")
        self.show_button = QPushButton(self.tr("Show the sentence"), self)
        set_tip(self.show_button, self.tr("Open it on the Sentence page, at the last checkpoint before"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        for label in (self.message, self.place):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(label)
        layout.addWidget(self.show_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_button.clicked.connect(self._show_sentence)

    def show_run(self, data: RunData | None, phase: Phase) -> None:
        """Show the error of ``data`` in ``phase``."""
        text = self._message(data, phase)
        self._model = data.uri if data else ""
        self._divergence = data.status.divergence if data and data.status and phase == "failed" else None
        damage = "" if data is None or data.error else self._damage(data)
        text = "\n".join(part for part in (text, damage) if part)
        self.message.setText(shown_text(text))
        place = self.describe(self._divergence) if self._divergence else ""
        self.place.setText(place)
        self.place.setVisible(bool(place))
        self.show_button.setVisible(self._divergence is not None and bool(self._divergence.words))
        self.setVisible(bool(text))

    def _message(self, data: RunData | None, phase: Phase) -> str:
        if data is None:
            return ""
        if data.error:
            return data.error
        if phase == "failed" and data.status is not None:
            return data.status.message or self.tr("Failed without a message.")
        if phase == "died":
            text = self.tr("The trainer died after step %1. Resume continues from the last saved state.")
            return text.replace("%1", f"{data.step:,}")
        if phase == "stopped" and data.status is not None:
            return data.status.message
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

    def describe(self, divergence: Divergence) -> str:
        """Return which number was not finite first, and where."""
        parts = [
            self.tr("First non-finite value: %1 (%2)")
            .replace("%1", self._what(divergence))
            .replace("%2", divergence.value)
        ]
        if divergence.unit >= 0:
            parts.append(unit_name(divergence.unit))
        if divergence.layer >= 0:
            parts.append(layer_name(divergence.layer))
        if divergence.direction >= 0:
            parts.append(direction_name(divergence.direction))
        if 0 <= divergence.word < len(divergence.words):
            text = self.tr("at word %1, “%2”").replace("%1", str(ordinal(divergence.word)))
            parts.append(text.replace("%2", shown_text(divergence.words[divergence.word])))
        return ", ".join(parts)

    def _what(self, divergence: Divergence) -> str:
        if divergence.quantity in QUANTITIES:
            return f"{quantity_name(divergence.quantity)} {QUANTITIES[divergence.quantity].symbol}"
        names = {
            "scores": self.tr("the scores"),
            "loss": self.tr("the loss"),
            "gradient": self.tr("the gradient of %1"),
            "weight": self.tr("the weight %1"),
        }
        return names.get(divergence.quantity, divergence.quantity).replace("%1", divergence.module or "?")

    def _show_sentence(self) -> None:
        divergence = self._divergence
        if divergence is None:
            return
        place: SelectionChanges = {
            "step": max(0, divergence.word),
            "module": "",
            "layer": max(0, divergence.layer),
            "direction": max(0, divergence.direction),
            "epoch": None,
        }
        if divergence.unit >= 0 and divergence.layer >= 0:
            place["unit"] = divergence.unit
        self._state.pick_model(self._model)  # which may not be the selected one
        self._state.open_sentence(spaced(divergence.words), **place)
        self._state.show_page("sentence")
