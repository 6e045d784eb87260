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
    widget : QWidget
        What is shown. The area takes it over.
    least : int
        The minimum height of the area, in pixels.
    """

    def __init__(self, widget: QWidget, parent: QWidget | None = None, least: int = _LEAST) -> None:
        super().__init__(parent)
        self._content, self._least = widget, least
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the widgets in it have the focus, and are scrolled to
        self.setWidgetResizable(True)
        self.setWidget(widget)

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
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
        least = self._content.minimumSizeHint().expandedTo(self._content.minimumSize())
        return QSize(least.width() + bar, self._least)

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()
