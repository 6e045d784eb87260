"""The bar at the top: the name, the model and its epoch."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

from lstm_viz.app.state import State
from lstm_viz.messages import ModelName, Problem, Reading


class TopBar(QWidget):
    """What is looked at, before any page."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._epochs: tuple[int, ...] = ()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        brand = QLabel("LSTM Viz", self)
        brand.setObjectName("brand")
        self.model = QComboBox(self)
        self.model.setAccessibleName(self.tr("Model"))
        self.model.setToolTip(self.tr("Model"))
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.model.setMinimumWidth(260)
        self.epoch_name, self.epoch_label = QLabel(self.tr("epoch"), self), QLabel(self)
        self.epoch_name.setObjectName("muted")
        self.epoch = QSlider(Qt.Orientation.Horizontal, self)
        self.epoch.setAccessibleName(self.tr("Epoch"))
        self.epoch.setToolTip(self.tr("How the net read the sentence after so many epochs of training"))
        self.epoch.setFixedWidth(170)
        self.epoch_label.setMinimumWidth(34)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 7, 18, 7)
        layout.setSpacing(10)
        layout.addWidget(brand)
        layout.addStretch(1)
        for widget in (self.model, self.epoch_name, self.epoch, self.epoch_label):
            layout.addWidget(widget)
        self.model.activated.connect(lambda k: state.pick_model(self.model.itemData(k)))
        self.epoch.valueChanged.connect(self._epoch_picked)
        state.models_changed.connect(self._models_changed)
        state.reading_changed.connect(self._reading_changed)
        state.trouble_changed.connect(self._trouble_changed)
        self._models_changed(state.models)
        self._show_epochs(False)

    def _epoch_picked(self, place: int) -> None:
        """Read at another epoch, unless the slider still shows those of a model that was left."""
        reading = self._state.reading
        if reading and reading.model.name == self._state.look.model:
            self._state.change(epoch=self._epochs[place])

    def _trouble_changed(self, problem: Problem | None) -> None:
        if problem is not None:
            self._show_epochs(False)

    def _models_changed(self, models: tuple[ModelName, ...]) -> None:
        with QSignalBlocker(self.model):
            self.model.clear()
            for model in models:
                self.model.addItem(model.title, model.name)
            self.model.setCurrentIndex(self.model.findData(self._state.look.model))

    def _reading_changed(self, reading: Reading) -> None:
        self.model.setCurrentIndex(self.model.findData(reading.model.name))
        self._epochs = reading.model.epochs
        with QSignalBlocker(self.epoch):
            self.epoch.setRange(0, len(self._epochs) - 1)
            self.epoch.setValue(self._epochs.index(reading.epoch))
        self.epoch_label.setText(str(reading.epoch))
        self._show_epochs(len(self._epochs) > 1)

    def _show_epochs(self, shown: bool) -> None:
        for widget in (self.epoch_name, self.epoch, self.epoch_label):
            widget.setVisible(shown)
