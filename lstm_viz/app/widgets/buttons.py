"""The save button of the panels."""

from PySide6.QtWidgets import QToolButton, QWidget

from lstm_viz.app.widgets.plain_text import set_tip


class SaveArrow(QToolButton):
    """A button with an arrow; its icon comes from the style sheet, in the theme's colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        about = self.tr("Save as a picture or a table (S)")
        self.setObjectName("save")
        set_tip(self, about)
        self.setAccessibleName(about)
