"""Keeps what was looked at from one start to the next."""

from dataclasses import asdict, fields, replace
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from PySide6.QtCore import QSettings

from lstm_viz.app.state import Look

_TRANSIENT = ("caret", "kept")
_Place = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
#: Where a type alone lets through what no person can have chosen.
_BOUNDS = MappingProxyType(
    {
        "step": _Place,
        "unit": _Place | None,
        "layer": _Place,
        "direction": _Place,
        "character": Annotated[int, msgspec.Meta(ge=-1, lt=2**31)],
        "speed": Annotated[float, msgspec.Meta(ge=0.1, le=10.0)],
    }
)


def load_look(settings: QSettings) -> Look:
    """Return what was looked at last; whatever cannot be read is as at the first start."""
    look = Look()
    stored = _json(settings.value("look"))
    for field in fields(Look):
        if field.name in stored and field.name not in _TRANSIENT:
            look = _with(look, field.name, stored[field.name], _BOUNDS.get(field.name, field.type))
    return look


def save_look(settings: QSettings, look: Look) -> None:
    """Keep what is looked at."""
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
