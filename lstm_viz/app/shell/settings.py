"""The settings file: window geometry, theme and view state, kept between starts.

The file is JSON of a fixed schema and bounded size. `QSettings` is not used: reading one of its values may
deserialize a pickled Python object, so that whoever writes the file runs code.
`stored_selection` converts the selections, `old_settings` reads the file of earlier versions.
"""

import contextlib
import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from platformdirs import user_config_path

from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.files.moving import move
from lstm_viz.files.named import read_named, replace_named
from lstm_viz.text.surrogates import has_surrogates

ThemeChoice = Literal["system", "dark", "light"]
#: What Qt's `saveGeometry` or `saveState` returned; base64 in the file.
Layout = Annotated[bytes, msgspec.Meta(max_length=1 << 12)]
Layouts = Annotated[dict[Annotated[str, msgspec.Meta(max_length=64)], Layout], msgspec.Meta(max_length=32)]
Paths = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=1 << 12)], ...], msgspec.Meta(max_length=64)]

MAX_BYTES = 1 << 20
_MAX_SELECTION = MAX_BYTES // 3  # of JSON, for each of the two selections
_MAX_STRING, _MAX_ITEMS, _MAX_DEPTH = 1 << 17, 1 << 14, 32
_INT64 = 1 << 63


class WindowSettings(msgspec.Struct, frozen=True, rename={"selection": "look"}):
    """The schema of the settings file.

    Attributes
    ----------
    theme : "system", "dark" or "light"
    geometry : bytes
        The geometry of the main window.
    splitters : dict of str to bytes
        The states of the splitters, by name.
    selection, training : dict
        The selection, called ``look`` in the file, and the view state of the Training page, as JSON objects.
    unknown : dict
        All other members, which a later version wrote. They are written back unchanged.
    files : tuple of str
        The files that were opened last, newest first.
    """

    theme: ThemeChoice = "system"
    geometry: Layout = b""
    splitters: Layouts = {}
    selection: dict[str, Any] = {}
    training: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    files: Paths = ()


#: The fields of `WindowSettings` by their names in the file.
_FIELDS = MappingProxyType(
    {f.encode_name: f for f in msgspec.structs.fields(WindowSettings) if f.name != "unknown"}
)


class DamagedError(Exception):
    """The settings file cannot be read, or is not a JSON object."""


class SettingsStore:
    """The settings in memory and their file; `save` writes changes to the file.

    A damaged file is not overwritten: `values` are the defaults, and `save` does nothing until
    `rename_damaged` has renamed the file. If there is no file, ``old`` returns the settings of an
    earlier version.
    """

    def __init__(self, path: Path, old: Callable[[], WindowSettings] = WindowSettings) -> None:
        self.path = _target(path)
        self.is_damaged = False
        self.values = self._load(old)

    def _load(self, old: Callable[[], WindowSettings]) -> WindowSettings:
        try:
            data = read_bounded(self.path, MAX_BYTES)
            return old() if data is None else decode(data)
        except DamagedError:
            self.is_damaged = True
            return WindowSettings()

    def change(self, **changes: Any) -> None:
        """Replace values, for example ``change(theme="dark")``."""
        self.values = msgspec.structs.replace(self.values, **changes)

    def save(self, *, lasting: bool = True) -> None:
        """Write a temporary file and rename it; ``lasting`` also syncs it to the disk.

        Raises
        ------
        OSError
            If it cannot be written; the previous file is unchanged.
        """
        if not self.is_damaged:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_named(self.path, encode(self.values), lasting=lasting)

    def rename_damaged(self) -> Path:
        """Rename the damaged file to ``settings.json.damaged`` and return its path.

        Raises
        ------
        OSError
            If it cannot be renamed.
        """
        aside = self.path.with_name(f"{self.path.name}.damaged")
        move(self.path, aside)
        self.is_damaged = False
        return aside


def settings_path() -> Path:
    """Return the path of the user's settings file, as usual on the platform."""
    return user_config_path("lstm-viz", appauthor=False) / "settings.json"


def decode(data: bytes) -> WindowSettings:
    """Return the settings of a file; an invalid member has its default.

    Raises
    ------
    DamagedError
        If ``data`` is not a JSON object.
    """
    try:
        members = decode_json(data, dict[str, Any])
    except DecodingError as error:
        raise DamagedError from error
    return from_members(members)


def from_members(members: Mapping[str, Any]) -> WindowSettings:
    """Return the settings with these names and values; an invalid value is replaced by its default."""
    known, unknown = dict[str, Any](), dict[str, Any]()
    for name, value in _bounded(members).items():
        if name not in _FIELDS:
            unknown[name] = value
            continue
        with contextlib.suppress(msgspec.ValidationError):
            known[_FIELDS[name].name] = msgspec.convert(value, _FIELDS[name].type)
    return WindowSettings(**known, unknown=unknown)


def encode(values: WindowSettings) -> bytes:
    """Return the content of the settings file, at most `MAX_BYTES`: members that do not fit are left out."""
    known = {name: getattr(values, field.name) for name, field in _FIELDS.items()}
    known |= {name: within(known[name], _MAX_SELECTION) for name in ("look", "training")}
    room = MAX_BYTES - len(msgspec.json.encode(known))
    return msgspec.json.encode({**known, **within(values.unknown, room)})


def within(members: Mapping[str, Any], room: int) -> dict[str, Any]:
    """Return the members of a JSON object that fit into ``room`` bytes; the longest are left out first."""
    sizes = {name: len(msgspec.json.encode({name: value})) for name, value in members.items()}
    excess = sum(sizes.values()) - room
    kept = dict(members)
    for name in sorted(sizes, key=lambda name: sizes[name], reverse=True):
        if excess <= 0:
            break
        excess -= sizes[name]
        del kept[name]
    return kept


def is_bounded(value: object, depth: int = _MAX_DEPTH) -> bool:
    """Tell whether a JSON value is within the limits of the file: 64-bit numbers, lengths, depth."""
    match value:
        case str():
            return len(value) <= _MAX_STRING and not has_surrogates(value)
        case int():
            return -_INT64 <= value < _INT64
        case float():
            return math.isfinite(value)
        case list() | tuple():
            return _are_bounded(value, depth)
        case dict():
            return _are_bounded([*value, *value.values()], depth)
    return True


def _bounded(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are within the limits; a member that is an object keeps those of its own."""
    inner = {
        name: {key: part for key, part in value.items() if is_bounded([key, part])}
        if isinstance(value, dict)
        else value
        for name, value in members.items()
    }
    return {name: value for name, value in inner.items() if is_bounded([name, value])}


def _are_bounded(items: Sequence[Any], depth: int) -> bool:
    return depth > 0 and len(items) <= _MAX_ITEMS and all(is_bounded(item, depth - 1) for item in items)


def read_bounded(path: Path, limit: int) -> bytes | None:
    """Return the content of a regular file; None if there is no such file.

    Raises
    ------
    DamagedError
        If it cannot be read, is not a regular file, or is longer than ``limit`` bytes.
    """
    try:
        return read_named(path, limit)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DamagedError from error


def _target(path: Path) -> Path:
    """Return the file to write: of a symbolic link its target, if that is a file or missing."""
    if not os.path.islink(path):  # noqa: PTH114  # unlike pathlib's, it never raises
        return path
    target = os.path.realpath(path)
    return path if os.path.lexists(target) and not os.path.isfile(target) else Path(target)  # noqa: PTH113
