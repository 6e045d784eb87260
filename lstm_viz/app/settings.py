"""What comes back at the next start: the window, its layout, and what was looked at."""

from dataclasses import asdict, fields, replace
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QByteArray, QSettings

from lstm_viz.app.state import Look

ThemeChoice = Literal["system", "dark", "light"]
_TRANSIENT = ("caret",)


def open_settings() -> QSettings:
    """Return the person's settings, as a plain file."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "lstm-viz", "lstm-viz")


def load_look(settings: QSettings) -> Look:
    """Return what was looked at last; whatever cannot be read is as at the first start."""
    look = Look()
    stored = _json(settings.value("look"))
    for field in fields(Look):
        if field.name in stored and field.name not in _TRANSIENT:
            look = _with(look, field.name, stored[field.name], field.type)
    return look


def save_look(settings: QSettings, look: Look) -> None:
    kept = {name: value for name, value in asdict(look).items() if name not in _TRANSIENT}
    settings.setValue("look", msgspec.json.encode(kept).decode())


def load_theme(settings: QSettings) -> ThemeChoice:
    choice = settings.value("theme")
    return choice if choice in ("dark", "light") else "system"


def save_theme(settings: QSettings, choice: ThemeChoice) -> None:
    settings.setValue("theme", choice)


def load_bytes(settings: QSettings, name: str) -> QByteArray:
    """Return a geometry that Qt wrote, empty if there is none."""
    value = settings.value(name)
    return value if isinstance(value, QByteArray) else QByteArray()


def _json(value: object) -> dict[str, Any]:
    try:
        stored = msgspec.json.decode(value if isinstance(value, str) else "")
    except msgspec.DecodeError:
        return {}
    return stored if isinstance(stored, dict) else {}


def _with(look: Look, name: str, value: object, kind: object) -> Look:
    try:
        return replace(look, **{name: msgspec.convert(value, kind)})
    except msgspec.ValidationError:
        return look
