"""Texts as the window shows them: placeholders filled in, and untrusted text made paintable."""

import re
import unicodedata

_FORMS = re.compile(r"\(([^()|]*)\|([^()|]*)\)")
_PLACE = re.compile(r"%([1-9])")
_SPACES = str.maketrans(dict.fromkeys("\n\r\t\x0b\x0c\x85\xa0\u2028\u2029", " "))
_SIGNS = str.maketrans({" ": "␣", "\n": "⏎", "\r": "⏎", "\t": "⇥"})
_SURROGATE = re.compile("[\ud800-\udfff]")


def put(text: str, *values: object) -> str:
    """Return ``text`` with its placeholders %1, %2 and so on replaced by the values.

    All are replaced in one pass: a value may be "%2" itself, which a chain of `str.replace` would replace
    again. As in `QString::arg`, a placeholder without a value stays.
    """
    return _PLACE.sub(lambda place: _value(place, values), text)


def _value(place: re.Match[str], values: tuple[object, ...]) -> str:
    number = int(place[1])
    return str(values[number - 1]) if number <= len(values) else place[0]


def plural(text: str, count: float) -> str:
    """Return a text in the form of a number: of "word(|s)" and "(is|are)" the first for 1, the second else.

    ``text`` is what `tr` returned for the number, as in ``plural(self.tr("%1 word(|s)", None, n), n)``. A
    translation has as many forms as its language, of which Qt chooses one; English needs no translation.
    """
    return _FORMS.sub(lambda forms: forms[1 if count == 1 else 2], text)


def counted(text: str, count: int) -> str:
    """Return a text in the form of a number, with the number for %1."""
    return put(plural(text, count), f"{count:,}")


def as_line(text: str) -> str:
    """Return ``text`` as a line of a text editor holds it; its length does not change.

    QTextDocument turns a no-break space into a space, and U+2028 and U+2029 into line breaks.
    """
    return shown_text(text).translate(_SPACES)


def is_right_to_left(text: str) -> bool:
    """Return whether a text runs from right to left, by its first strong character (UAX #9, P2)."""
    directions = map(unicodedata.bidirectional, text)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"


def visible_text(text: str) -> str:
    """Return `shown_text`, with signs for white space where there is nothing else."""
    return text.translate(_SIGNS) if text.isspace() else shown_text(text)


def shown_text(text: str) -> str:
    """Return ``text`` as it can be painted: lone surrogates become the replacement character."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
