"""The bar at the top: the name, the pages, the model and its epoch."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSlider, QWidget

from lstm_viz.app.pages.registry import PAGES, PageEntry, entry_of
from lstm_viz.app.panels.comparison.model_chooser import ModelChooser
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.widgets.buttons import Tab
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.app.widgets.spoken import say_value
from lstm_viz.messages import Failure, Reading

_TAB_PADDING = 44


class TopBar(QWidget):
    """The bar with the selections that all pages share: page, model and epoch."""

    def __init__(self, state: State, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs
        self._epochs: tuple[int, ...] = ()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        brand = PlainLabel("LSTM Viz", self)
        brand.setObjectName("brand")
        self.tabs = {entry.name: self._tab(entry) for entry in PAGES}
        self.model = ModelChooser(self.tr("Model"), self)
        self.model.setMinimumWidth(270)
        self.model.setMaximumWidth(340)
        self.epoch_name, self.epoch_label = PlainLabel(self.tr("epoch"), self), PlainLabel(parent=self)
        self.epoch_name.setObjectName("muted")
        self.epoch = QSlider(Qt.Orientation.Horizontal, self)
        set_tip(self.epoch, self.tr("The checkpoint: epochs of training"))
        self.epoch.setFixedWidth(170)
        self.epoch_label.setMinimumWidth(34)
        self._lay_out(brand)
        self._connect()
        self._fill_models()
        self._training_changed(state.training, state.training)
        self._show_epochs(False)

    def _tab(self, entry: PageEntry) -> Tab:
        tab = Tab(entry.title(), self, _TAB_PADDING)
        tab.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tab.fit(entry.title())
        set_tip(tab, entry.tip())
        tab.clicked.connect(lambda: self._state.show_page(entry.name))
        return tab

    def _lay_out(self, brand: PlainLabel) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 4, 18, 4)
        layout.setSpacing(10)
        layout.addWidget(brand)
        layout.addSpacing(26)
        for tab in self.tabs.values():
            layout.addWidget(tab)
        layout.addStretch(1)
        layout.addWidget(self.model, 1)
        for widget in (self.epoch_name, self.epoch, self.epoch_label):
            layout.addWidget(widget)

    def _connect(self) -> None:
        state, tabs = self._state, QButtonGroup(self)
        for tab in self.tabs.values():
            tabs.addButton(tab)
        self.model.activated.connect(lambda k: state.pick_model(self.model.itemData(k)))
        self.epoch.valueChanged.connect(self._epoch_picked)
        state.models_changed.connect(self._fill_models)
        state.reading_changed.connect(self._reading_changed)
        state.error_changed.connect(self._error_changed)
        state.selection_changed.connect(self._selection_changed)
        state.training_changed.connect(self._training_changed)
        self._runs.entries_changed.connect(self._fill_models)
        self._runs.current_changed.connect(self._current_changed)
        self._runs.grown.connect(self._grown)

    # ------------------------------------------------------------ user actions

    def _epoch_picked(self, place: int) -> None:
        """Select an epoch, unless the slider still shows the epochs of the previous model.

        The last position of a run selects its newest epoch, so that the selection follows the training.
        """
        run, reading = self._runs.current, self._state.reading
        if run is not None:
            newest = place == len(self._epochs) - 1
            self._state.change(epoch=None if newest else self._epochs[place])
        elif reading and reading.model.uri == self._state.selection.model:
            self._state.change(epoch=self._epochs[place])

    # ------------------------------------------------------------ drawing

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        self.tabs[entry_of(new.page).name].setChecked(True)

    def _fill_models(self, *_: object) -> None:
        self.model.fill(self._state.models, self._runs.entries, self._runs.current)
        self.model.show_model(self._state.selection.model)

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.model != old.model:
            self.model.show_model(new.model)
        if (new.model, new.epoch) != (old.model, old.epoch) and self._runs.current is not None:
            self._draw_run_epochs(self._runs.current)

    def _current_changed(self) -> None:
        self._fill_models()
        if self._runs.current is not None:
            self._draw_run_epochs(self._runs.current)

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current:
            self._draw_run_epochs(data)

    def _error_changed(self, failure: Failure | None) -> None:
        if failure is not None and self._runs.current is None:
            self._show_epochs(False)

    def _reading_changed(self, reading: Reading) -> None:
        self.model.show_model(reading.model.uri, reading.model.about)
        if self._runs.current is None:
            self._draw_epochs(reading.model.epochs, reading.epoch)

    def _draw_run_epochs(self, data: RunData) -> None:
        """Update the slider to the run's checkpoints; the selected epoch stays."""
        epoch = self._runs.run_epoch.epoch if self._runs.run_epoch else None
        if epoch is None or epoch not in data.checkpoints:
            self._show_epochs(False)
            return
        self._draw_epochs(data.checkpoints, epoch)

    def _draw_epochs(self, epochs: tuple[int, ...], epoch: int) -> None:
        if epoch not in epochs:  # a model without checkpoints
            self._show_epochs(False)
            return
        with QSignalBlocker(self.epoch):
            if epochs != self._epochs:
                self._epochs = epochs
                self.epoch.setRange(0, len(epochs) - 1)
            self.epoch.setValue(epochs.index(epoch))
        self.epoch_label.setText(str(epoch))
        say_value(self.epoch, self.tr("Epoch"), str(epoch))
        self._show_epochs(len(epochs) > 1)

    def _show_epochs(self, shown: bool) -> None:
        for widget in (self.epoch_name, self.epoch, self.epoch_label):
            widget.setVisible(shown)
