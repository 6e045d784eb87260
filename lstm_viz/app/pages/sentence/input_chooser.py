"""The chooser of the sequence of a batch, in place of the text, for a model that was given its inputs."""

from itertools import repeat

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.state import State
from lstm_viz.app.texts import counted, shown_text
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.messages import Reading

translate = QCoreApplication.translate


class InputChooser(Chooser):
    """Chooses one of the inputs that the model was given, each with the number of its steps."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        tip = translate("InputChooser", "The sequence that is shown (Page Up, Page Down)")
        super().__init__(translate("InputChooser", "Sequence"), parent, tip=tip)
        self._state = state
        self._names: tuple[str, ...] = ()
        self.setFont(text_font(15))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda k: state.change(text=self._names[k], caret=None))
        state.reading_changed.connect(self._reading_changed)
        self.hide()

    def step_by(self, by: int) -> None:
        """Show the next or the previous sequence."""
        if self._state.selection.text in self._names:
            place = self._names.index(self._state.selection.text) + by
            self._state.change(text=self._names[max(0, min(place, len(self._names) - 1))], caret=None)

    def _reading_changed(self, reading: Reading) -> None:
        model = reading.model
        if model.inputs != self._names:
            self._names = model.inputs
            self.clear()
            for name, length in zip(model.inputs, model.lengths or repeat(0), strict=False):
                self.addItem(_text(name, length), name)
        if self._names:
            self.show_data(self._state.selection.text)


def _text(name: str, length: int) -> str:
    if not length:
        return shown_text(name)
    steps = counted(translate("InputChooser", "%1 step(|s)", None, length), length)
    return f"{shown_text(name)} · {steps}"
