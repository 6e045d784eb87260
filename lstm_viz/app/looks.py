"""Converts the selections of both pages to what is kept in the settings file, and back."""

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import msgspec

from lstm_viz.app.settings import is_bounded
from lstm_viz.app.state import Look, TrainingLook

T = TypeVar("T", Look, TrainingLook)

_TRANSIENT = ("caret", "kept", "opened", "pace")
_Place = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
#: Where a type alone lets through what no person can have chosen.
_BOUNDS = MappingProxyType(
    {
        "epoch": _Place | None,
        "step": _Place,
        "unit": _Place | None,
        "layer": _Place,
        "direction": _Place,
        "character": Annotated[int, msgspec.Meta(ge=-1, lt=2**31)],
        "speed": Annotated[float, msgspec.Meta(ge=0.1, le=10.0)],
    }
)


_TRAINING_BOUNDS = MappingProxyType(
    {
        "layer": _Place | None,
        "direction": _Place,
        "smoothing": Annotated[float, msgspec.Meta(ge=0.0, lt=1.0)],
    }
)


def load_look(stored: Mapping[str, Any]) -> Look:
    """Return the kept selection; a field that is not there or does not fit has its default."""
    return _loaded(stored, Look(), _BOUNDS)


def load_training(stored: Mapping[str, Any]) -> TrainingLook:
    """Return the kept selection of the Training page, in the same way."""
    return _loaded(stored, TrainingLook(), _TRAINING_BOUNDS)


def stored_look(look: Look | TrainingLook, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a selection as the members of a JSON object, without the fields that are too long to be kept.

    The members of ``before`` that are no fields, which a later version wrote, stay.
    """
    members = {f.name: msgspec.to_builtins(getattr(look, f.name), str_keys=True) for f in fields(look)}
    kept = {name: value for name, value in members.items() if name not in _TRANSIENT and is_bounded(value)}
    return {**{name: value for name, value in before.items() if name not in members}, **kept}


def _loaded(stored: Mapping[str, Any], look: T, bounds: Mapping[str, Any]) -> T:
    for field in fields(look):
        if field.name in stored and field.name not in _TRANSIENT:
            look = _with(look, field.name, stored[field.name], bounds.get(field.name, field.type))
    return look


def _with(look: T, name: str, value: object, kind: object) -> T:
    try:
        return replace(look, **{name: msgspec.convert(value, kind)})
    except msgspec.ValidationError:
        return look
