"""What comes back at the next start: the window, its layout, its colours.

`lstm_viz.app.looks` keeps what was looked at.
"""

from typing import Literal

from PySide6.QtCore import QByteArray, QSettings

ThemeChoice = Literal["system", "dark", "light"]


def open_settings() -> QSettings:
    """Return the person's settings, as a plain file."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "lstm-viz", "lstm-viz")


def load_theme(settings: QSettings) -> ThemeChoice:
    """Return the chosen theme, the system's where none was chosen."""
    choice = settings.value("theme")
    return choice if choice in ("dark", "light") else "system"


def save_theme(settings: QSettings, choice: ThemeChoice) -> None:
    """Keep the chosen theme."""
    settings.setValue("theme", choice)


def load_bytes(settings: QSettings, name: str) -> QByteArray:
    """Return a geometry that Qt wrote, empty if there is none."""
    value = settings.value(name)
    return value if isinstance(value, QByteArray) else QByteArray()
