"""Buttons of which one is chosen: tabs, and toggles that leave the arrow keys to the page."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.widgets.plain_text import set_tip

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Tab(QPushButton):
    """A tab whose width is the same whether it is selected, and so bold, or not.

    ``padding`` is the width of the tab without its text.
    """

    def __init__(self, name: str = "", parent: QWidget | None = None, padding: int = 32) -> None:
        super().__init__(name, parent)
        self._padding = padding
        self.setObjectName("tab")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def width_of(self, name: str) -> int:
        """Return the width of the tab with this name."""
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        return QFontMetrics(bold).horizontalAdvance(name) + self._padding

    def fit(self, name: str) -> None:
        """Set the least width to that of the tab with this name."""
        self.setMinimumWidth(self.width_of(name))


class FoldButton(QPushButton):
    """A button that shows or hides what is below it; its arrow is no part of its name for screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fold")
        self.setCheckable(True)

    def show_text(self, text: str, *, unfolded: bool) -> None:
        self.setText(f"{'▾' if unfolded else '▸'}  {text}")
        self.setAccessibleName(text)


class NarrowTab(Tab):
    """A tab with little padding, as wide as its text."""

    PADDING = 7

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent, 2 * self.PADDING + 2)
        self.setStyleSheet(f"padding: 3px {self.PADDING - 1}px;")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def width_of(self, name: str) -> int:
        self.ensurePolished()  # its own style sheet may have another font
        return super().width_of(name)

    def sizeHint(self) -> QSize:
        return QSize(self.width_of(self.text()), super().sizeHint().height())


class Toggle(QPushButton):
    """One of several exclusive buttons; the arrow keys still step through the sentence."""

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName("toggle")
        self.setCheckable(True)
        set_tip(self, tip)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)
