"""Reads the settings of earlier versions, an INI file written by `QSettings`.

Only plain strings and byte arrays are read. Any other kind of value, `@Variant` above all, may hold a
serialized object: it is skipped, and never passed to Qt.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from platformdirs import user_config_path

from lstm_viz.app.shell.settings import MAX_BYTES, DamagedError, WindowSettings, from_members, read_bounded

_BYTES = re.compile(r"@ByteArray\((.*)\)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]+)|([0-7]+)|(.))")
_CHARACTERS = MappingProxyType(
    {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}
)


def load_old_settings() -> WindowSettings:
    """Return the settings of an earlier version, the defaults if none can be read."""
    try:
        data = read_bounded(_path(), MAX_BYTES)
    except DamagedError:
        return WindowSettings()
    return from_ini(data or b"")


def from_ini(data: bytes) -> WindowSettings:
    """Return the settings of an INI file in Qt's format."""
    values = _values(data.decode(errors="replace"))
    texts = {name: text for name, text in values.items() if isinstance(text, str)}
    layouts = {name: layout for name, layout in values.items() if isinstance(layout, bytes)}
    selections = {name: _json(texts.get(name, "")) for name in ("look", "training")}
    geometry = layouts.pop("geometry", b"")
    theme = texts.get("theme")
    return from_members({"theme": theme, "geometry": geometry, "splitters": layouts, **selections})


def _path() -> Path:
    """Return the path of ``QSettings(IniFormat, UserScope, "lstm-viz", "lstm-viz")``."""
    if sys.platform == "win32":
        return user_config_path("lstm-viz", appauthor=False, roaming=True) / "lstm-viz.ini"
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  # pathlib's raises where there is no home
    return home / (os.environ.get("XDG_CONFIG_HOME") or ".config") / "lstm-viz" / "lstm-viz.ini"


def _values(text: str) -> Mapping[str, str | bytes]:
    """Return the strings and byte arrays of the group "General", which is that of names without a group."""
    values, group = dict[str, str | bytes](), "General"
    for line in map(str.strip, text.split("\n")):
        name, equals, written = line.partition("=")
        if line.startswith("["):
            group = line.strip("[]")
        elif equals and group == "General":
            value = _value(written.strip())
            if value is not None:
                values[name.strip()] = value
    return values


def _value(written: str) -> str | bytes | None:
    """Return a string or a byte array; None for a list and for every other kind of value."""
    if len(written) > 1 and written[0] == written[-1] == '"':
        written = written[1:-1]
    elif "," in written:
        return None
    text = _ESCAPE.sub(_unescaped, written)
    if text.startswith("@@") or not text.startswith("@"):
        return text.removeprefix("@")
    found = _BYTES.fullmatch(text)
    return found[1].encode("latin-1", "replace") if found else None


def _unescaped(escape: re.Match[str]) -> str:
    code, octal, letter = escape.groups()
    if letter is not None:
        return _CHARACTERS.get(letter, "")
    number = int(code[-8:], 16) if code is not None else int(octal[-8:], 8)
    return chr(number & 0xFFFF)


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return None
