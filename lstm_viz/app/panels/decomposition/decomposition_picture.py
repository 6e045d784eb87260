"""The base of the plots of a decomposition: their data, theme and tool tips."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.decomposition.view_model import ShownDecomposition
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.hover import Hover


class DecompositionPicture(QWidget):
    """Base of a plot of `ShownDecomposition`; derived data is computed anew for each."""

    #: The cached properties that depend on the shown data.
    CACHED: tuple[str, ...] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ShownDecomposition | None = None
        self._theme: Theme = DARK
        self._hover = Hover(self)
        self._hover.set_theme(self._theme)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_shown(self, shown: ShownDecomposition | None, theme: Theme) -> None:
        """Draw a decomposition, None for nothing."""
        if theme is not self._theme:
            self._theme = theme
            self._hover.set_theme(theme)
        self._shown = shown
        self.forget()
        self._hover.hide()
        self.setAccessibleDescription(self.accessible_text())
        self.update()

    def forget(self) -> None:
        """Clear the properties that depend on the shown data or the size."""
        for name in self.CACHED:
            self.__dict__.pop(name, None)

    def accessible_text(self) -> str:
        """Return a description for screen readers."""
        raise NotImplementedError

    def describe(self, point: QPointF) -> str:
        """Return the tool tip at a point, "" for none."""
        raise NotImplementedError

    def is_clickable(self, point: QPointF) -> bool:
        """Return whether a click at a point has an effect."""
        raise NotImplementedError

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        text, pointing = self.describe(event.position()), self.is_clickable(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        if text:
            self._hover.show_at(event.position(), text)
        else:
            self._hover.hide()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover.hide()
