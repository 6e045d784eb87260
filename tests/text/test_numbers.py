"""The parser of typed numbers: what it reads, what it refuses, and never another number than was typed."""

import re
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from lstm_viz.text.numbers import (
    ANY,
    SENTENCES,
    WHOLE,
    NumberRange,
    number_argument,
    number_text,
    parse_number,
    read_number,
    stepped,
)

#: One of each kind of digits, separators and signs that Qt knows.
LOCALES = (
    "en_US", "de_DE", "de_CH", "fr_FR", "fr_CH", "sv_SE", "ar_EG", "ar_DZ", "fa_IR", "ks_IN",
    "ckb_IQ", "he_IL", "hi_IN", "mr_IN", "bn_BD", "my_MM", "dz_BT", "nqo_GN", "ff_Adlm_GN",
    "sat_IN", "ccp_BD", "mni_IN", "ur_PK",
)  # fmt: skip
#: A machine that does other things too is no error of the parser.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
POSITIVE = NumberRange(least=0, above=True, most=1e9)
SIZE = NumberRange(whole=True, least=16, most=2048)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.05", 0.05), ("0,05", 0.05), ("1e-3", 1e-3), ("1E-3", 1e-3), ("1e−3", 1e-3), ("3e-4", 3e-4),
        ("1,5", 1.5), (",5", 0.5), (".5", 0.5), ("+2", 2.0), ("−1,5", -1.5), ("–2", -2.0),
        ("1,0005", 1.0005), ("0,125", 0.125), ("12345,678", 12345.678), ("1.000", 1.0),
        ("1 000", 1000.0), ("1 000,5", 1000.5), ("1_000_000", 1e6), ("1'000", 1e3),
        ("1’000.25", 1000.25), ("٠٫٠٥", 0.05), ("۰٫۰۵", 0.05), ("٠,٠٥", 0.05), ("١٬٠٠٠", 1000.0),
        ("०.०५", 0.05), ("０．０５", 0.05), ("１ｅ－３", 1e-3), ("  0.5\t", 0.5), ("\u200f0.5\u200e", 0.5),
        ("\u061c-٥", -5.0), ("\u200e−۵", -5.0), ("\u20665\u2069", 5.0), ("1e5", 1e5),
        ("0.1234567890123456789", 0.1234567890123456789),
    ],
)  # fmt: skip
def test_what_is_a_number(text, value):
    assert parse_number(text).value == value and isinstance(parse_number(text).value, float)


@pytest.mark.parametrize(
    ("text", "wanted", "sentence"),
    [
        ("", ANY, "Type a number."),
        ("  \u200f", ANY, "Type a number."),
        ("abc", ANY, "“abc” is not a number."),
        ("0x10", ANY, "“0x10” is not a number."),
        ("nan", ANY, "“nan” is not a number."),
        ("∞", ANY, "“∞” is not a number."),
        ("10²", ANY, "“10²” is not a number."),
        ("½", ANY, "“½” is not a number."),
        ("1٢", ANY, "“1٢” is not a number."),
        ("\u202e12", ANY, "“\u202e12” is not a number."),
        ("1\u200f2", ANY, "“1\u200f2” is not a number."),
        ("1 2", ANY, "The number is not complete."),
        ("1 2 3", ANY, "“1 2 3” is not a number."),
        ("1_000 000", ANY, "“1_000 000” is not a number."),
        ("0 500", ANY, "“0 500” is not a number."),
        ("1e-", ANY, "The number is not complete."),
        ("-", ANY, "The number is not complete."),
        ("0.", ANY, "The number is not complete."),
        ("1,000", ANY, "“1,000” may be 1 or 1000: type one of these."),
        ("-12,345", ANY, "“-12,345” may be -12.345 or -12345: type one of these."),
        ("1.000,5", ANY, "Leave out the separators of thousands."),
        ("1,000.5", ANY, "Leave out the separators of thousands."),
        ("0,0,5", ANY, "“0,0,5” is not a number."),
        ("1.2.3", ANY, "“1.2.3” is not a number."),
        ("1,000.000,5", ANY, "“1,000.000,5” is not a number."),
        ("1,000,000", ANY, "Leave out the separators of thousands."),
        ("1.000.000", ANY, "Leave out the separators of thousands."),
        ("1,000", WHOLE, "Leave out the separators of thousands."),
        ("1.000", WHOLE, "Leave out the separators of thousands."),
        ("1,5", WHOLE, "Type a whole number."),
        ("1.", WHOLE, "Type a whole number."),
        ("15e-1", WHOLE, "Type a whole number."),
        ("0", POSITIVE, "Type more than 0."),
        ("-1", POSITIVE, "Type more than 0."),
        ("1e-400", POSITIVE, "“1e-400” is too close to 0."),
        ("2e9", POSITIVE, "Type 1000000000 or less."),
        ("1e400", POSITIVE, "Type 1000000000 or less."),
        ("15", SIZE, "Type 16 or more."),
        ("99999", SIZE, "Type 2048 or less."),
        ("1e99999", SIZE, "Type 2048 or less."),
        ("9" * 5000, SIZE, f"“{'9' * 17}…” is not a number."),
        (" " * 40_000 + "5", SIZE, "“” is not a number."),
    ],
)
def test_what_is_refused_and_why(text, wanted, sentence):
    parsed = parse_number(text, wanted)
    assert parsed.value is None and parsed.message() == sentence
    with pytest.raises(ValueError, match=re.escape(sentence)):
        read_number(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted", "is_begun"),
    [
        ("", ANY, True), ("-", POSITIVE, True), ("0.", ANY, True), ("1e-", ANY, True), ("1 00", ANY, True),
        ("1,000", ANY, True), ("0", POSITIVE, True), ("0.00", POSITIVE, True), ("1", SIZE, True),
        ("0", SIZE, False), ("-1", POSITIVE, False), ("abc", ANY, False), ("1.", WHOLE, False),
        ("99999", SIZE, False), ("1.2.", ANY, False), ("5", ANY, False),
    ],
)  # fmt: skip
def test_what_may_become_a_number_by_typing_on(text, wanted, is_begun):
    assert parse_number(text, wanted).is_begun is is_begun


def test_the_limits_are_numbers_of_the_range():
    dropout = NumberRange(least=0, most=0.95)
    assert parse_number("0.95", dropout).value == 0.95 and parse_number("0", dropout).value == 0
    whole = parse_number("2048", SIZE).value
    assert whole == 2048 and isinstance(whole, int)
    assert parse_number("9007199254740993", WHOLE).value == 2**53 + 1, "a whole number is never rounded"
    assert parse_number("1e3", WHOLE).value == 1000


# ---------------------------------------------------------------- any number, any locale


@UNHURRIED
@given(FLOATS)
@example(5e-324)
@example(sys.float_info.max)
@example(1e16)
@example(-0.0)
def test_what_is_shown_is_read_as_the_same_number(value):
    text = number_text(value)
    assert parse_number(text).value == value and "," not in text and "+" not in text


@UNHURRIED
@given(st.integers(-(2**63), 2**63))
def test_a_whole_number_is_read_as_it_is_shown(value):
    assert parse_number(number_text(value), WHOLE).value == value


@UNHURRIED
@given(st.sampled_from(LOCALES), FLOATS, st.integers(0, 8))
def test_a_number_of_any_locale_is_itself_or_refused(name, value, digits):
    """Qt writes the number, without separators of thousands, and reads it: two oracles."""
    assume(abs(value) < 1e12)
    locale = QLocale(name)
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    text = locale.toString(value, "f", digits)
    wanted, ok = locale.toDouble(text)
    assert ok
    parsed = parse_number(text)
    assert parsed.value == wanted or (parsed.error == "ambiguous" and locale.decimalPoint() == ",")


@UNHURRIED
@given(st.sampled_from(LOCALES), st.integers(-(2**53), 2**53))
def test_separators_of_thousands_never_make_another_number(name, value):
    text = QLocale(name).toString(value)
    assert parse_number(text, WHOLE).value in (value, None)
    if QLocale(name).groupSeparator() != ".":  # the point is the decimal separator in every locale
        assert parse_number(text).value in (value, None)


@UNHURRIED
@given(st.text("0123456789٣۴५.,٫٬_' -+−eE\u200e\u202e\u00a0", max_size=12))
def test_no_text_is_read_as_another_number(text):
    """A text that Python itself reads is the same number here, or refused."""
    value = parse_number(text).value
    try:
        python = float(text.replace("−", "-"))
    except ValueError:
        python = None
    if value is not None and python is not None:
        assert value == python
    if value is not None:
        digits = re.sub(r"\D", "", re.split("[eE]", text)[0])
        significant = Decimal(repr(value)).as_tuple().digits
        shown = "".join(map(str, significant)).strip("0")
        assert "".join(str(int(d)) for d in digits).strip("0")[: len(shown)] == shown or len(digits) > 15


@UNHURRIED
@given(st.text(max_size=40))
def test_any_text_has_a_value_or_a_sentence(text):
    for wanted in (ANY, WHOLE, POSITIVE, SIZE):
        parsed = parse_number(text, wanted)
        assert (parsed.value is None) == bool(parsed.message()) == (parsed.error is not None)
        assert parsed.value is None or wanted.least <= parsed.value <= wanted.most


@UNHURRIED
@given(st.from_regex(r"[+-]?[0-9]{1,4}([.,][0-9]{1,5})?(e[+-]?[0-9]{1,2})?", fullmatch=True))
def test_on_the_way_to_a_number_every_text_is_one_or_may_become_one(text):
    assume(parse_number(text).error is None)
    for length in range(len(text)):
        parsed = parse_number(text[:length])
        assert parsed.value is not None or parsed.is_begun, text[:length]


# ---------------------------------------------------------------- sentences, steps, arguments


def test_places_of_a_sentence_are_filled_at_once():
    assert parse_number("%1 %2").message() == "“%1 %2” is not a number."
    assert parse_number("1,000").message(str.upper) == "“1,000” MAY BE 1 OR 1000: TYPE ONE OF THESE."


def test_every_error_has_a_sentence_of_its_own():
    assert len(set(SENTENCES.values())) == len(SENTENCES) == 10


@pytest.mark.parametrize(
    ("value", "ways", "wanted", "then"),
    [
        (0.003, 1, POSITIVE, 0.0031), (0.1, -1, POSITIVE, 0.099), (0.099, 1, POSITIVE, 0.1),
        (0.0, 1, ANY, 0.01), (300, 1, WHOLE, 310), (1, -1, WHOLE, 0), (0, -1, WHOLE, -1),
        (100, -1, WHOLE, 99), (16, -1, SIZE, 16), (2048, 3, SIZE, 2048), (2040, 1, SIZE, 2048),
        (0.25, 2, NumberRange(least=0, most=0.95), 0.27),
    ],
)  # fmt: skip
def test_a_step_changes_the_second_digit_within_the_range(value, ways, wanted, then):
    assert stepped(value, ways, wanted) == then


def test_a_step_of_a_fixed_size():
    unit = NumberRange(least=0, most=1)
    assert stepped(0.75, 1, unit, 0.05) == 0.8 and stepped(0.98, 1, unit, 0.05) == 1.0


@UNHURRIED
@given(st.floats(1e-300, 1e9), st.integers(-5, 5))
def test_steps_stay_in_the_range(value, ways):
    then = stepped(value, ways, POSITIVE)
    assert 0 < then <= 1e9 and (then >= value if ways >= 0 else then <= value)


def test_an_argument_is_read_or_refused_in_words():
    from argparse import ArgumentTypeError

    assert number_argument()("0,05") == 0.05
    with pytest.raises(ArgumentTypeError, match="Type a whole number"):
        number_argument(WHOLE)("1,5")
