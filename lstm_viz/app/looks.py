"""Keeps what was looked at from one start to the next."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import msgspec
from PySide6.QtCore import QSettings

from lstm_viz.app.state import Look, TrainingLook
from lstm_viz.files.moving import move

T = TypeVar("T", Look, TrainingLook)

_TRANSIENT = ("caret", "kept", "opened", "pace")
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


_TRAINING_BOUNDS = MappingProxyType({"smoothing": Annotated[float, msgspec.Meta(ge=0.0, lt=1.0)]})


def load_look(settings: QSettings) -> Look:
    """Return what was looked at last; whatever cannot be read is as at the first start."""
    return _loaded(settings, "look", Look(), _BOUNDS)


def save_look(settings: QSettings, look: Look) -> None:
    """Keep what is looked at."""
    _save(settings, "look", look)


def load_training(settings: QSettings) -> TrainingLook:
    """Return what was looked at last on the Training page, in the same way."""
    return _loaded(settings, "training", TrainingLook(), _TRAINING_BOUNDS)


def save_training(settings: QSettings, training: TrainingLook) -> None:
    """Keep what is looked at on the Training page."""
    _save(settings, "training", training)


def keep_damaged_aside(settings: QSettings) -> Path | None:
    """Put a settings file that cannot be read aside, and start anew; return where it is, None if all is well.

    Raises
    ------
    OSError
        If it cannot be renamed; it is left as it is.
    """
    if not _is_damaged(settings):
        return None
    path = Path(settings.fileName())
    aside = path.with_name(f"{path.name}.damaged")
    move(path, aside)
    settings.clear()
    settings.sync()
    return aside


def _is_damaged(settings: QSettings) -> bool:
    if settings.status() == QSettings.Status.FormatError:
        return True
    return any(settings.contains(key) and _json(settings.value(key)) is None for key in ("look", "training"))


def _loaded(settings: QSettings, key: str, look: T, bounds: Mapping[str, Any]) -> T:
    stored = _json(settings.value(key)) or {}
    for field in fields(look):
        if field.name in stored and field.name not in _TRANSIENT:
            look = _with(look, field.name, stored[field.name], bounds.get(field.name, field.type))
    return look


def _save(settings: QSettings, key: str, look: Look | TrainingLook) -> None:
    kept = {f.name: getattr(look, f.name) for f in fields(look) if f.name not in _TRANSIENT}
    settings.setValue(key, msgspec.json.encode(kept).decode())


def _json(value: object) -> dict[str, Any] | None:
    """Return the object that is written there; None where there is none."""
    try:
        stored = msgspec.json.decode(value if isinstance(value, str) else "")
    except (ValueError, RecursionError):  # no JSON, no UTF-8 (half a surrogate), or nested too deep
        return None
    return stored if isinstance(stored, dict) else None


def _with(look: T, name: str, value: object, kind: object) -> T:
    try:
        return replace(look, **{name: msgspec.convert(value, kind)})
    except (msgspec.ValidationError, RecursionError):
        return look
