"""A combo box whose items are texts with data."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.app.widgets.spoken import name_combo_box

#: The text and the data of each item.
Items = Sequence[tuple[str, object]]


class Chooser(QComboBox):
    """A combo box with a name for screen readers, which is its tool tip unless it has a ``tip``.

    It is always as wide as its longest item, where it ``fits``.
    """

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        items: Items = (),
        *,
        tip: str = "",
        fits: bool = False,
    ) -> None:
        super().__init__(parent)
        name_combo_box(self, name)
        set_tip(self, tip or name)
        for text, data in items:
            self.addItem(text, data)
        if fits:
            self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def show_data(self, data: object) -> None:
        """Select the item with this data, none if there is no such item; no signal is emitted."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(data))

    def offer(self, items: Items, current: object) -> None:
        """Set the items and select the one with the data ``current``; hide without a choice."""
        with QSignalBlocker(self):
            if [(self.itemText(k), self.itemData(k)) for k in range(self.count())] != list(items):
                self.clear()
                for text, data in items:
                    self.addItem(text, data)
        self.show_data(current)
        self.setVisible(len(items) > 1)
