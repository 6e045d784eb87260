"""The controls of the shapes: switches and numbers with torch's names."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from lstm_viz.app.panels.shapes.configuration import Changes, Configuration
from lstm_viz.app.widgets.plain_text import set_tip

_MOST_LAYERS, _MOST_SEQUENCES = 8, 64
_HEIGHT = 24  # with the underscores of the names


class ShapesControls(QWidget):
    """Changes the options of a module and of its call.

    Signals
    -------
    changed(changes)
        The user has changed an option.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._of: Configuration | None = None
        self.batch_first = self._switch("batch_first", self.tr("The first axis is the batch, not the time"))
        self.packed = self._switch("packed", self.tr("The input is a packed sequence"))
        self.bidirectional = self._switch("bidirectional", self.tr("A second direction reads backward"))
        self.num_layers = self._number(1, "num_layers", self.tr("Layers, each reads the one below"))
        self.proj_size = self._number(0, "proj_size", self.tr("Size of a projected h; 0: none (LSTM)"))
        self.batch = self._number(1, "batch", self.tr("Sequences; each further one is a step shorter"))
        self.reset = QPushButton(self.tr("As called"), self)
        set_tip(self.reset, self.tr("Show the shapes of the call"))
        self._lay_out()
        self.reset.clicked.connect(lambda: self.changed.emit(Changes()))

    def _switch(self, name: str, tip: str) -> QCheckBox:
        switch = QCheckBox(name, self)
        switch.setAccessibleName(f"{name}: {tip}")
        set_tip(switch, tip)
        switch.toggled.connect(self._edited)
        return switch

    def _number(self, least: int, name: str, tip: str) -> QSpinBox:
        number = QSpinBox(self)
        number.setMinimum(least)
        number.setAccessibleName(f"{name}: {tip}")
        number.setMinimumHeight(_HEIGHT)
        number.setPrefix(f"{name} ")  # and no label beside it, which would be in figures
        set_tip(number, tip)
        number.valueChanged.connect(self._edited)
        return number

    def _lay_out(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for switch in (self.batch_first, self.packed, self.bidirectional):
            above.addWidget(switch)
        above.addStretch(1)
        above.addWidget(self.reset)
        for number in (self.num_layers, self.proj_size, self.batch):
            below.addWidget(number)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(above)
        column.addLayout(below)

    def show_configuration(self, of: Configuration, called: Configuration) -> None:
        """Show the options of a configuration; it can be reset where it is not that of the call."""
        self._of = None  # so that the signals of the controls are not the user's
        for switch, on in (
            (self.batch_first, of.batch_first),
            (self.packed, of.packed),
            (self.bidirectional, of.num_directions == 2),
        ):
            switch.setChecked(on)
        for number, value, most in (
            (self.num_layers, of.num_layers, _MOST_LAYERS),
            (self.proj_size, of.proj_size, of.hidden_size - 1),
            (self.batch, of.batch, _MOST_SEQUENCES),
        ):
            number.setMaximum(max(most, value))
            number.setValue(value)
        self.proj_size.setEnabled(of.has_projection and of.hidden_size > 1)
        self.reset.setEnabled(of != called)
        self._of = of

    def _edited(self) -> None:
        if self._of is not None:
            self.changed.emit(
                Changes(
                    self.batch_first.isChecked(),
                    self.packed.isChecked(),
                    self.bidirectional.isChecked(),
                    self.num_layers.value(),
                    self.proj_size.value(),
                    self.batch.value(),
                )
            )
