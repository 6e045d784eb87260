import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.panels.cell.number_texts import decimal, plain, significant, subscript


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.2586, "−0.259"),
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (-0.0004, "0.000"),
        (12.3456, "12.346"),
        (-123.456, "−123.46"),
        (1234.56, "1234.6"),
        (-1.5e30, "−1.5e30"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_decimal_writes_a_true_minus_and_three_decimals(value, text):
    assert decimal(value) == text


@given(st.floats(width=32))
def test_decimal_is_never_wider_than_a_label_has_room_for(value):
    assert len(decimal(value)) <= 7
    assert "-" not in decimal(value)


@given(st.floats(-99, 99))
def test_decimal_is_the_number(value):
    assert float(decimal(value).replace("−", "-")) == pytest.approx(value, abs=0.00051)


def test_significant_keeps_four_digits_of_a_small_number():
    assert significant(-2.34567e-8) == "−2.346e−08"
    assert significant(math.nan) == "NaN"


def test_subscript():
    assert subscript(1032) == "₁₀₃₂"


@given(st.text(st.characters(), max_size=200))
def test_plain_is_one_valid_line(word):
    text = plain(word)
    text.encode()
    assert len(text.splitlines()) <= 1
    assert len(text) <= 61


def test_plain_mends_a_lone_surrogate_and_leaves_words_alone():
    assert plain("a\ud800b") == "a\ufffdb"
    assert plain("<img src=x>") == "<img src=x>"
    assert plain("사과") == "사과"
