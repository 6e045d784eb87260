"""Numbers as they are typed, in the window and on the command line: one parser, the same in every locale.

The decimal separator is the point. A comma is one too where it can be nothing else: "0,05" is 0.05, but
"1,000" may be 1 or 1000 and is refused. So are points and commas that separate thousands, although "1.000,5"
could be understood: a rule that a person can foresee is worth more. Spaces, underscores, apostrophes and
U+066C never separate decimals, and may therefore stand between groups of three digits.
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

#: Why a text is no number, or none that is wanted.
NumberErrorCode = Literal[
    "empty", "incomplete", "malformed", "ambiguous", "grouped", "fraction", "below", "above", "over", "tiny"
]

#: What each error is in words. %1 is the text or the limit; of an ambiguous text, %2 and %3 are its readings.
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

_LONGEST = 100  # characters: QLineEdit cuts a text at 32,767 without a word, and what was cut is no number
_LONGEST_SHOWN = 18
_STEP_FROM_ZERO = Decimal("0.01")

# Marks of direction. U+202E, which shows "12" as "21", is not among them.
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
    """Which numbers are wanted.

    Attributes
    ----------
    whole : bool
        Only whole numbers.
    least, most : float
        The limits, both included.
    above : bool
        ``least`` itself is too little.
    """

    whole: bool = False
    least: float = -sys.float_info.max
    most: float = sys.float_info.max
    above: bool = False


ANY = NumberRange()
WHOLE = NumberRange(whole=True)


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """What a typed text is.

    Attributes
    ----------
    value : int, float or None
        An int where the range is of whole numbers; None where the text is no number of the range.
    error : NumberErrorCode or None
        Why there is no value.
    parts : tuple of str
        What fills the places of the error's sentence.
    is_begun : bool
        There is no value yet, but typing on may make it one: "1e-", or "0" where more than 0 is wanted.
    """

    value: int | float | None = None
    error: NumberErrorCode | None = None
    parts: tuple[str, ...] = ()
    is_begun: bool = False

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """Return the error in words, "" without one."""
        template = translate(SENTENCES[self.error]) if self.error else ""
        return re.sub(r"%([1-3])", lambda place: self.parts[int(place[1]) - 1], template)


def parse_number(text: str, wanted: NumberRange = ANY) -> ParsedNumber:
    """Return the number that ``text`` is, or why it is none of those that are wanted.

    Digits may be of any one script. The value is never another number than the text, except that a float is
    the nearest one.
    """
    plain = _plain(text)
    if plain is None:
        return _malformed(text)
    match = _NUMBER.fullmatch(plain)
    if match is None or not (match["integer"] or match["part"]):
        return _no_number(text, plain, wanted)
    if match["point"] and wanted.whole:
        looks_grouped = _looks_grouped(match["integer"], match["part"])
        return ParsedNumber(error="grouped" if looks_grouped else "fraction")
    if match["point"] == "," and _looks_grouped(match["integer"], match["part"]):
        readings = (number_text(float(plain.replace(",", mark))) for mark in (".", ""))
        return ParsedNumber(error="ambiguous", parts=(_shown(text), *readings), is_begun=True)
    return _within(Decimal(re.sub(r"[ _'\u066c]", "", plain).replace(",", ".")), text, wanted)


def read_number(text: str, wanted: NumberRange = ANY) -> float:
    """Return the number that ``text`` is.

    Raises
    ------
    ValueError
        If it is none that is wanted; the text is the reason, a sentence.
    """
    parsed = parse_number(text, wanted)
    if parsed.value is None:
        raise ValueError(parsed.sentence())
    return parsed.value


def number_argument(wanted: NumberRange = ANY) -> Callable[[str], float]:
    """Return the ``type`` with which argparse reads a number; what it refuses is quoted, with the reason."""

    def read(text: str) -> float:
        try:
            return read_number(text, wanted)
        except ValueError as error:
            value, reason = f"“{_shown(text)}”", str(error)
            raise argparse.ArgumentTypeError(reason if value in reason else f"{value}: {reason}") from error

    return read


def number_text(value: float) -> str:
    """Return the shortest text that `parse_number` reads as this number, which is finite; with a point."""
    mantissa, _, power = repr(value).partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(power)}" if power else mantissa


def stepped(value: float, ways: int, wanted: NumberRange, step: float | None = None) -> float:
    """Return a number some steps away, within the range.

    Without a ``step``, one step changes the second significant digit, as in the adaptive mode of Qt's spin
    boxes: from 0.003 to 0.0031, from 300 to 310.
    """
    for _ in range(abs(ways)):
        exact = Decimal(repr(value))
        size = Decimal(repr(step)) if step is not None else _step_from(exact, ways, wanted.whole)
        moved = exact + size * (1 if ways > 0 else -1)
        if wanted.above and moved <= wanted.least:
            return value
        inside = min(max(moved, Decimal(wanted.least)), Decimal(wanted.most))
        value = int(inside) if wanted.whole else float(inside)
    return value


def _step_from(value: Decimal, ways: int, whole: bool) -> Decimal:
    if value == 0:
        return Decimal(1) if whole else _STEP_FROM_ZERO
    inward = (value > 0) != (ways > 0)
    is_power = value.copy_abs() == Decimal(1).scaleb(value.adjusted())
    size = Decimal(1).scaleb(value.adjusted() - (2 if inward and is_power else 1))
    return max(size, Decimal(1)) if whole else size


# ---------------------------------------------------------------- how a text becomes one of ASCII


def _plain(text: str) -> str | None:
    """Return the text in ASCII signs and digits; None if it is too long, or its digits are of two scripts."""
    if len(text) > _LONGEST:
        return None
    signs = _SIGN.sub(r"\1", _AROUND.sub("", text).translate(_PLAIN))
    zeros = {ord(sign) - unicodedata.decimal(sign) for sign in signs if sign.isdecimal()}
    if len(zeros) > 1:
        return None
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in signs)


def _looks_grouped(integer: str, part: str) -> bool:
    """Tell whether the separator between the digits may be one of thousands."""
    return len(part) == 3 and re.fullmatch(r"[1-9]\d{0,2}", integer) is not None


# ---------------------------------------------------------------- what is wrong


def _no_number(text: str, plain: str, wanted: NumberRange) -> ParsedNumber:
    if not plain:
        return ParsedNumber(error="empty", is_begun=True)
    if any(_NUMBER.fullmatch(plain + zeros) for zeros in ("0", "00", "000")):
        if wanted.whole and re.search("[.,]", plain):
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


def _within(exact: Decimal, text: str, wanted: NumberRange) -> ParsedNumber:
    """Return the number if it is one that is wanted.

    Decimals are compared as floats: the 0.95 of a range is not exactly 0.95. Whole numbers are compared
    before they become ints: 1e99999 as an int has a hundred thousand digits.
    """
    if wanted.whole and exact.adjusted() < 0 and exact != 0:
        return ParsedNumber(error="fraction")
    value = exact if wanted.whole else float(exact)
    if value == 0 and exact != 0:
        return ParsedNumber(error="tiny", parts=(_shown(text),), is_begun=True)
    if value < wanted.least or (wanted.above and value == wanted.least):
        error: NumberErrorCode = "above" if wanted.above else "below"
        may_grow = exact > 0 or (exact == 0 and not wanted.whole)
        return ParsedNumber(error=error, parts=(number_text(wanted.least),), is_begun=may_grow)
    if value > wanted.most:
        return ParsedNumber(error="over", parts=(number_text(wanted.most),))
    if isinstance(value, float):
        return ParsedNumber(value)
    return ParsedNumber(int(exact)) if exact == int(exact) else ParsedNumber(error="fraction")
