"""Converts `Selection` and `TrainingView` to members of the settings file, and back."""

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

import msgspec

from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.settings import is_bounded
from lstm_viz.uris import of_preset

T = TypeVar("T", Selection, TrainingView)

_TRANSIENT = ("caret", "first", "kept", "opened", "pace")
#: Fields whose name in the file is another.
_STORED_NAMES = MappingProxyType(
    {
        "attribution_method": "attribution",
        "compared_with": "beside",
        "comparison_view": "pair",
        "second_plot": "beside",
        "tracked_sentence": "probe",
        "tokenized_texts": "cuts",
        "tracked_tokens": "probe_cut",
        "external": "elsewhere",
    }
)
#: The names of the panels in the file, where they differ.
_STORED_PANELS = MappingProxyType({"decomposition": "memory", "attribution": "words", "ablation": "units"})
#: The pages that the member ``shown`` of the settings tells apart; any other is in the member ``page``.
_TWO_PAGES = ("sentence", "training")
_Place = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
#: Stricter types where the field's own type admits values that cannot be selected.
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


def load_selection(stored: Mapping[str, Any]) -> Selection:
    """Return the stored selection; a missing or invalid field has its default."""
    panels = {name: panel for panel, name in _STORED_PANELS.items()}
    panel = stored.get("panel")
    known = {"panel": panels.get(panel, panel)} if isinstance(panel, str) else {}
    stored, beside = {**_with_uri(stored), **known}, stored.get("beside")
    if isinstance(beside, dict):
        stored["beside"] = _with_uri(beside)
    return _loaded(stored, Selection(), _BOUNDS)


def load_training_view(stored: Mapping[str, Any]) -> TrainingView:
    """Return the stored view state of the Training page; a missing or invalid field has its default."""
    page = "training" if stored.get("shown") is True else stored.get("page")
    return _loaded({**stored, "page": page}, TrainingView(), _TRAINING_BOUNDS)


def stored_selection(selection: Selection | TrainingView, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a JSON object; fields that are transient or too long are left out.

    Members of ``before`` that are not fields, which a later version wrote, are kept.
    """
    members = {
        _stored_name(f.name): msgspec.to_builtins(getattr(selection, f.name), str_keys=True)
        for f in fields(selection)
    }
    before = {name: value for name, value in before.items() if name not in members}
    if isinstance(selection, Selection):
        members["panel"] = _STORED_PANELS.get(selection.panel, selection.panel)
    else:
        members["shown"] = selection.shown
        if selection.page in _TWO_PAGES:
            del members["page"]
    kept = {name: value for name, value in members.items() if name not in _TRANSIENT and is_bounded(value)}
    return {**{name: value for name, value in before.items() if name not in members}, **kept}


def _loaded(stored: Mapping[str, Any], selection: T, bounds: Mapping[str, Any]) -> T:
    for field in fields(selection):
        name = _stored_name(field.name)
        if name in stored and field.name not in _TRANSIENT:
            selection = _with(selection, field.name, stored[name], bounds.get(field.name, field.type))
    return selection


def _with_uri(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored members with the URI of the model: earlier versions stored the bare name of a preset."""
    model = stored.get("model")
    is_bare = isinstance(model, str) and ":" not in model
    return {**stored, "model": of_preset(str(model))} if is_bare else {**stored}


def _stored_name(field: str) -> str:
    return _STORED_NAMES.get(field, field)


def _with(selection: T, name: str, value: object, kind: object) -> T:
    try:
        return replace(selection, **{name: msgspec.convert(value, kind)})
    except msgspec.ValidationError:
        return selection
