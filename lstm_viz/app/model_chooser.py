"""The chooser of models: those that are shipped, and under a line the runs that can be read."""

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from lstm_viz.app.painting import shown_text
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Entry, model_name
from lstm_viz.messages import ModelName


class ModelChooser(QComboBox):
    """A line a model; its data is the model's name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.view().setMinimumWidth(300)

    def fill(
        self, models: Sequence[ModelName], entries: Sequence[Entry], current: RunData | None = None
    ) -> None:
        """List these models and runs, and ``current`` where it is not among them."""
        lines = [(model.title, model.name) for model in models]
        presets = len(lines)
        lines += [(shown_text(e.name), model_name(e.path)) for e in entries if e.run is not None]
        if current is not None and model_name(current.path) not in (name for _, name in lines):
            lines.append((shown_text(current.name), model_name(current.path)))
        if lines == self._listed():
            return
        with QSignalBlocker(self):
            self.clear()
            for title, name in lines:
                self.addItem(title, name)
            if 0 < presets < len(lines):
                self.insertSeparator(presets)

    def _listed(self) -> list[tuple[str, str]]:
        places = (k for k in range(self.count()) if self.itemData(k) is not None)
        return [(self.itemText(k), self.itemData(k)) for k in places]

    def show_model(self, name: str) -> None:
        """Show which one is picked; none where it is not listed."""
        place = self.findData(name)
        with QSignalBlocker(self):
            self.setCurrentIndex(place)
        self.setPlaceholderText("" if place >= 0 else shown_text(PurePath(name).name))
        self.setToolTip(self.itemText(place) if place >= 0 else self._name)
