"""The base of the plots of a decomposition: their data and what they cache of it."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.decomposition.view_model import DecompositionViewModel
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.hover import HoverWidget


class DecompositionPicture(HoverWidget):
    """Base of a plot of `DecompositionViewModel`; derived data is computed anew for each."""

    #: The cached properties that depend on the shown data or the size.
    CACHED: tuple[str, ...] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: DecompositionViewModel | None = None
        self._hover.set_theme(self._theme)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_shown(self, shown: DecompositionViewModel | None, theme: Theme) -> None:
        """Draw a decomposition, None for nothing."""
        if theme is not self._theme:
            self.set_theme(theme)
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

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.forget()
