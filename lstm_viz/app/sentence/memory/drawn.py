"""What the pictures of a memory share: what they show, in which colours, and what the mouse is told."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.hover import Hover
from lstm_viz.app.sentence.memory.shown import Shown
from lstm_viz.app.theme import DARK, Theme


class Drawn(QWidget):
    """Base of a picture of `Shown`; what is drawn of it is made anew with each."""

    #: The cached properties that follow from what is shown.
    CACHED: tuple[str, ...] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._theme: Theme = DARK
        self._hover = Hover(self)
        self._hover.set_theme(self._theme)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_shown(self, shown: Shown | None, theme: Theme) -> None:
        """Draw this, None for nothing."""
        if theme is not self._theme:
            self._theme = theme
            self._hover.set_theme(theme)
        self._shown = shown
        self.forget()
        self._hover.hide()
        self.setAccessibleDescription(self.in_words())
        self.update()

    def forget(self) -> None:
        """Let what follows from what is shown, or from the size, be made anew."""
        for name in self.CACHED:
            self.__dict__.pop(name, None)

    def in_words(self) -> str:
        """Return what is shown, for who hears the window."""
        raise NotImplementedError

    def describe(self, point: QPointF) -> str:
        """Return what there is to say of a point, "" if nothing."""
        raise NotImplementedError

    def is_clickable(self, point: QPointF) -> bool:
        """Tell whether a click at a point does something."""
        raise NotImplementedError

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        said, pointing = self.describe(event.position()), self.is_clickable(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        if said:
            self._hover.show_at(event.position(), said)
        else:
            self._hover.hide()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover.hide()
