"""Values in the places of a translated text."""

import re

_PLACE = re.compile(r"%([1-9])")


def put(text: str, *values: object) -> str:
    """Return ``text`` with the values in its places %1, %2 and so on.

    All are filled at once: a value may be "%2" itself, which a chain of `str.replace` would fill again. As in
    Qt's own ``arg()``, a place without a value stays.
    """
    return _PLACE.sub(lambda place: _value(place, values), text)


def _value(place: re.Match[str], values: tuple[object, ...]) -> str:
    number = int(place[1])
    return str(values[number - 1]) if number <= len(values) else place[0]
