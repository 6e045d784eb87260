"""A widget that scrolls where there is less room than it needs."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lstm_viz.app.guard import guarded

_LEAST = 150


class Scrolled(QScrollArea):
    """Shows a widget at the height of the area, or scrolls it vertically where its minimum is taller.

    Parameters
    ----------
    least : int
        The minimum height of the area, in pixels.
    """

    def __init__(self, parent: QWidget, least: int = _LEAST) -> None:
        super().__init__(parent)
        self._least = least
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the widgets in it have the focus, and are scrolled to
        self.setWidgetResizable(True)

    def show_widget(self, widget: QWidget) -> None:
        """Show a widget, which is best created with the viewport as its parent."""
        self.setWidget(widget)
        widget.setAutoFillBackground(False)  # Qt fills it, and with that the corners outside its round frame

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # QScrollArea itself does not when the minimum of its widget changes
        return super().eventFilter(watched, event)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll by pages; the page has the arrow keys, which a scroll area would take."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        widget = self.widget()
        least = widget.minimumSizeHint().expandedTo(widget.minimumSize()) if widget else QSize()
        return QSize(least.width() + bar, self._least)

    def sizeHint(self) -> QSize:
        widget = self.widget()
        return widget.sizeHint() if widget else super().sizeHint()
