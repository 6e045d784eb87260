"""The small button with which a panel is saved: an arrow, the same on every panel."""

from PySide6.QtWidgets import QToolButton, QWidget

from lstm_viz.app.plain_text import set_tip


class SaveArrow(QToolButton):
    """Its picture comes from the style sheet, in the theme's colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        about = self.tr("Save as a picture or a table (S)")
        self.setObjectName("save")
        set_tip(self, about)
        self.setAccessibleName(about)
