"""Applies the chosen theme, or that of the system."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from lstm_viz.app.shell.settings import ThemeChoice
from lstm_viz.app.shell.style import palette, style_sheet
from lstm_viz.app.theme import DARK, LIGHT, Theme


def resolve(choice: ThemeChoice, scheme: Qt.ColorScheme) -> Theme:
    """Return the theme; an unknown system scheme is dark."""
    if choice == "system":
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if choice == "light" else DARK


class ThemeKeeper(QObject):
    """Applies palette and style sheet of the chosen theme, and follows the system for "system".

    Signals
    -------
    changed(theme)
        Another theme was applied.
    """

    changed = Signal(object)

    def __init__(self, application: QApplication, choice: ThemeChoice) -> None:
        super().__init__()
        self._application = application
        self._applied: Theme | None = None
        self.choice = choice
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def theme(self) -> Theme:
        return resolve(self.choice, self._application.styleHints().colorScheme())

    def choose(self, choice: ThemeChoice) -> None:
        self.choice = choice
        self._apply()

    def _apply(self) -> None:
        theme = self.theme
        if theme is self._applied:
            return  # polishing all widgets takes half a second
        self._applied = theme
        self._application.setPalette(palette(theme))
        self._application.setStyleSheet(style_sheet(theme))
        self.changed.emit(theme)
