"""Fills in the placeholders of translated texts."""

import re

_PLACE = re.compile(r"%([1-9])")


def put(text: str, *values: object) -> str:
    """Return ``text`` with its placeholders %1, %2 and so on replaced by the values.

    All are replaced in one pass: a value may be "%2" itself, which a chain of `str.replace` would replace
    again. As in `QString::arg`, a placeholder without a value stays.
    """
    return _PLACE.sub(lambda place: _value(place, values), text)


def _value(place: re.Match[str], values: tuple[object, ...]) -> str:
    number = int(place[1])
    return str(values[number - 1]) if number <= len(values) else place[0]
