"""The choosers of the history's quantity, layer and direction."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from lstm_viz.app.state import State
from lstm_viz.app.training.history_subject import LayerQuantity
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.cells import QUANTITIES


class LayerChoosers(QWidget):
    """Combo boxes for quantity, layer and direction; each is hidden if it has a single choice."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quantity = self._combo(self.tr("Quantity"))
        self.layer = self._combo(self.tr("Layer"))
        self.direction = self._combo(self.tr("Direction"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for combo, name in (
            (self.quantity, "quantity"),
            (self.layer, "layer"),
            (self.direction, "direction"),
        ):
            layout.addWidget(combo)
            combo.activated.connect(
                lambda k, combo=combo, name=name: state.change_training(**{name: combo.itemData(k)})
            )

    def set_place(self, place: LayerQuantity | None) -> None:
        """Set the items to those of the run's model, and select the chosen ones."""
        names = place.kind.order if place and place.kind else ()
        _fill(self.quantity, [(quantity_in_words(name), name) for name in names], place and place.quantity)
        layers = range(place.num_layers if place else 0)
        layer = self.tr("layer %1")
        _fill(self.layer, [(layer.replace("%1", str(k + 1)), k) for k in layers], place and place.layer)
        directions = [self.tr("reads forward"), self.tr("reads backward")][
            : place.num_directions if place else 0
        ]
        _fill(self.direction, [(name, k) for k, name in enumerate(directions)], place and place.direction)
        self.setVisible(bool(names))

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        set_tip(combo, name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.hide()
        return combo


def quantity_in_words(name: str) -> str:
    """Return name and symbol, "cell state cₜ"."""
    return f"{quantity_name(name)} {QUANTITIES[name].symbol}ₜ"


def _fill(combo: QComboBox, items: Sequence[tuple[str, Any]], current: object) -> None:
    with QSignalBlocker(combo):
        if [(combo.itemText(k), combo.itemData(k)) for k in range(combo.count())] != list(items):
            combo.clear()
            for text, data in items:
                combo.addItem(text, data)
        combo.setCurrentIndex(next((k for k, item in enumerate(items) if item[1] == current), -1))
    combo.setVisible(len(items) > 1)
