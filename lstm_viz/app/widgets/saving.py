"""The button, menu action and shortcut that save a panel."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from lstm_viz.app.widgets.buttons import SaveArrow
from lstm_viz.app.widgets.export import save_plot
from lstm_viz.app.widgets.tables import Table


class SaveButton(SaveArrow):
    """Saves its panel as a picture, or its numbers as a table.

    ``table`` returns the numbers that are shown, ``name`` the suggested name of the file.
    """

    def __init__(self, panel: QWidget, table: Callable[[], Table], name: Callable[[], str]) -> None:
        super().__init__(panel)
        self._panel, self._table, self._name = panel, table, name
        self.save_action = QAction(self.tr("Save the plot…"), panel)
        self.save_action.setShortcut(Qt.Key.Key_S)
        self.save_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        panel.addAction(self.save_action)
        panel.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.save_action.triggered.connect(self.ask_to_save)
        self.clicked.connect(self.ask_to_save)
        self.set_ready(False)

    def set_ready(self, ready: bool) -> None:
        """Set whether there is anything to save."""
        self.setEnabled(ready)
        self.save_action.setEnabled(ready)

    def ask_to_save(self) -> None:
        """Open a file dialog and save the panel."""
        if self.save_action.isEnabled():
            save_plot(self._panel, self._table, self._panel, self._name())
