"""Keeps what was looked at from one start to the next."""

from dataclasses import asdict, fields, replace
from typing import Any

import msgspec
from PySide6.QtCore import QSettings

from lstm_viz.app.state import Look

_TRANSIENT = ("caret",)


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
