"""Locale-independent parser of typed numbers, for the window and the command line.

The decimal separator is the point. A comma is accepted if it is unambiguous: "0,05" is 0.05, but "1,000" may
be 1 or 1000 and is an error. Points and commas as thousands separators are errors too, although "1.000,5"
could be parsed: a predictable rule is worth more. Spaces, underscores, apostrophes and U+066C never separate
decimals, and may therefore group digits by three.
"""

import argparse
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

#: Why a text is not a number, or not an accepted one.
NumberErrorCode = Literal[
    "empty", "incomplete", "malformed", "ambiguous", "grouped", "fraction", "below", "above", "over", "tiny"
]

#: The error messages. %1 is the text or the limit; %2 and %3 are the readings of an ambiguous text.
SENTENCES: Mapping[NumberErrorCode, str] = MappingProxyType(
    {
        "empty": "Type a number.",
        "incomplete": "The number is not complete.",
        "malformed": "“%1” is not a number.",
        "ambiguous": "“%1” may be %2 or %3: type one of these.",
        "grouped": "Leave out the separators of thousands.",
        "fraction": "Type a whole number.",
        "below": "Type %1 or more.",
        "above": "Type more than %1.",
        "over": "Type %1 or less.",
        "tiny": "“%1” is too close to 0.",
    }
)

_LONGEST = 100  # characters: QLineEdit silently truncates at 32,767, which may give another number
_LONGEST_SHOWN = 18
_STEP_FROM_ZERO = Decimal("0.01")

# Directional marks, except U+202E, which displays "12" as "21".
_MARKS = "\u061c\u200e\u200f\u202a-\u202d\u2066-\u2069\ufeff"
_AROUND = re.compile(rf"^[\s{_MARKS}]+|[\s{_MARKS}]+$")
_SIGN = re.compile(rf"[{_MARKS}]*([+-])[{_MARKS}]*")  # QLocale puts marks on both sides of a minus
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"),
        **dict.fromkeys("\u066b\uff0e", "."),
        **dict.fromkeys("\u060c\uff0c", ","),
        **dict.fromkeys("\u00a0\u2009\u202f", " "),
        **dict.fromkeys("E\uff25\uff45", "e"),
        "\uff0b": "+",
        "\u2019": "'",
    }
)

_GROUPED = r"[1-9]\d{0,2}(?P<group>[ _'\u066c])\d{3}(?:(?P=group)\d{3})*"
_NUMBER = re.compile(
    rf"[+-]?(?P<integer>{_GROUPED}|\d*)(?:(?P<point>[.,])(?P<part>\d+))?(?:e[+-]?\d{{1,5}})?"
)
_WITH_SEPARATORS = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*[.,]\d+")


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The accepted numbers.

    Attributes
    ----------
    whole : bool
        Only whole numbers.
    least, most : float
        The limits, both inclusive.
    above : bool
        ``least`` itself is excluded.
    """

    whole: bool = False
    least: float = -sys.float_info.max
    most: float = sys.float_info.max
    above: bool = False


ANY = NumberRange()
WHOLE = NumberRange(whole=True)


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """The result of parsing a typed text.

    Attributes
    ----------
    value : int, float or None
        An int if the range is of whole numbers; None if the text is not an accepted number.
    error : NumberErrorCode or None
        Why there is no value.
    parts : tuple of str
        The arguments of the error message.
    is_begun : bool
        There is no value, but further typing may give one: "1e-", or "0" if the range is above 0.
    """

    value: int | float | None = None
    error: NumberErrorCode | None = None
    parts: tuple[str, ...] = ()
    is_begun: bool = False

    def message(self, translate: Callable[[str], str] = str) -> str:
        """Return the error message, "" without an error."""
        template = translate(SENTENCES[self.error]) if self.error else ""
        return re.sub(r"%([1-3])", lambda place: self.parts[int(place[1]) - 1], template)


def parse_number(text: str, accepted: NumberRange = ANY) -> ParsedNumber:
    """Parse a typed number.

    Digits may be of any one script. The value is exact, or the nearest float.
    """
    plain = _plain(text)
    if plain is None:
        return _malformed(text)
    match = _NUMBER.fullmatch(plain)
    if match is None or not (match["integer"] or match["part"]):
        return _no_number(text, plain, accepted)
    if match["point"] and accepted.whole:
        looks_grouped = _looks_grouped(match["integer"], match["part"])
        return ParsedNumber(error="grouped" if looks_grouped else "fraction")
    if match["point"] == "," and _looks_grouped(match["integer"], match["part"]):
        readings = (number_text(float(plain.replace(",", mark))) for mark in (".", ""))
        return ParsedNumber(error="ambiguous", parts=(_shown(text), *readings), is_begun=True)
    return _within(Decimal(re.sub(r"[ _'\u066c]", "", plain).replace(",", ".")), text, accepted)


def read_number(text: str, accepted: NumberRange = ANY) -> float:
    """Return the number in ``text``.

    Raises
    ------
    ValueError
        If it is not an accepted number; the message is the reason.
    """
    parsed = parse_number(text, accepted)
    if parsed.value is None:
        raise ValueError(parsed.message())
    return parsed.value


def number_argument(accepted: NumberRange = ANY) -> Callable[[str], float]:
    """Return a ``type`` for argparse that parses a number; its errors quote the text and the reason."""

    def read(text: str) -> float:
        try:
            return read_number(text, accepted)
        except ValueError as error:
            value, reason = f"“{_shown(text)}”", str(error)
            raise argparse.ArgumentTypeError(reason if value in reason else f"{value}: {reason}") from error

    return read


def number_text(value: float) -> str:
    """Return the shortest text that `parse_number` parses as this finite number, with a decimal point."""
    mantissa, _, power = repr(value).partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(power)}" if power else mantissa


def stepped(value: float, ways: int, accepted: NumberRange, step: float | None = None) -> float:
    """Return the number that is ``ways`` steps away, within the range.

    Without a ``step``, one step changes the second significant digit, as in the adaptive mode of Qt's spin
    boxes: from 0.003 to 0.0031, from 300 to 310.
    """
    for _ in range(abs(ways)):
        exact = Decimal(repr(value))
        size = Decimal(repr(step)) if step is not None else _step_from(exact, ways, accepted.whole)
        moved = exact + size * (1 if ways > 0 else -1)
        if accepted.above and moved <= accepted.least:
            return value
        inside = min(max(moved, Decimal(accepted.least)), Decimal(accepted.most))
        value = int(inside) if accepted.whole else float(inside)
    return value


def _step_from(value: Decimal, ways: int, whole: bool) -> Decimal:
    if value == 0:
        return Decimal(1) if whole else _STEP_FROM_ZERO
    inward = (value > 0) != (ways > 0)
    is_power = value.copy_abs() == Decimal(1).scaleb(value.adjusted())
    size = Decimal(1).scaleb(value.adjusted() - (2 if inward and is_power else 1))
    return max(size, Decimal(1)) if whole else size


# ---------------------------------------------------------------- normalisation to ASCII


def _plain(text: str) -> str | None:
    """Return the text in ASCII signs and digits; None if it is too long or mixes two scripts of digits."""
    if len(text) > _LONGEST:
        return None
    signs = _SIGN.sub(r"\1", _AROUND.sub("", text).translate(_PLAIN))
    zeros = {ord(sign) - unicodedata.decimal(sign) for sign in signs if sign.isdecimal()}
    if len(zeros) > 1:
        return None
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in signs)


def _looks_grouped(integer: str, part: str) -> bool:
    """Return whether the separator between the digits may be a thousands separator."""
    return len(part) == 3 and re.fullmatch(r"[1-9]\d{0,2}", integer) is not None


# ---------------------------------------------------------------- errors


def _no_number(text: str, plain: str, accepted: NumberRange) -> ParsedNumber:
    if not plain:
        return ParsedNumber(error="empty", is_begun=True)
    if any(_NUMBER.fullmatch(plain + zeros) for zeros in ("0", "00", "000")):
        if accepted.whole and re.search("[.,]", plain):
            return ParsedNumber(error="fraction")
        return ParsedNumber(error="incomplete", is_begun=True)
    if _WITH_SEPARATORS.fullmatch(plain):
        return ParsedNumber(error="grouped")
    return _malformed(text)


def _malformed(text: str) -> ParsedNumber:
    return ParsedNumber(error="malformed", parts=(_shown(text),))


def _shown(text: str) -> str:
    line = " ".join(text[: 2 * _LONGEST].split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"


def _within(exact: Decimal, text: str, accepted: NumberRange) -> ParsedNumber:
    """Return the number, or the error if it is out of range.

    Decimals are compared as floats: the 0.95 of a range is not exactly 0.95. Whole numbers are compared
    before the conversion to int: 1e99999 as an int has a hundred thousand digits.
    """
    if accepted.whole and exact.adjusted() < 0 and exact != 0:
        return ParsedNumber(error="fraction")
    value = exact if accepted.whole else float(exact)
    if value == 0 and exact != 0:
        return ParsedNumber(error="tiny", parts=(_shown(text),), is_begun=True)
    if value < accepted.least or (accepted.above and value == accepted.least):
        error: NumberErrorCode = "above" if accepted.above else "below"
        may_grow = exact > 0 or (exact == 0 and not accepted.whole)
        return ParsedNumber(error=error, parts=(number_text(accepted.least),), is_begun=may_grow)
    if value > accepted.most:
        return ParsedNumber(error="over", parts=(number_text(accepted.most),))
    if isinstance(value, float):
        return ParsedNumber(value)
    return ParsedNumber(int(exact)) if exact == int(exact) else ParsedNumber(error="fraction")
