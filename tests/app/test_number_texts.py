"""A number that is written as 0 has no sign, whichever panel writes it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.panels.cell import number_texts
from lstm_viz.app.panels.curves.axes import tick_text
from lstm_viz.app.panels.curves.readout import exact
from lstm_viz.app.widgets import numerals, painting

FORMATS = {
    "signed": painting.signed,
    "signed, 4 digits": lambda value: painting.signed(value, 4),
    "plain": painting.plain,
    "share": numerals.share,
    "level": numerals.level,
    "ratio": numerals.ratio,
    "power": numerals.power,
    "decimal": number_texts.decimal,
    "significant": number_texts.significant,
    "tick": tick_text,
    "exact": exact,
}


@pytest.mark.parametrize("name", FORMATS)
@given(value=st.floats(-1, 1))
def test_what_is_written_as_zero_has_no_sign(name, value):
    for number in (value, value * 1e-6, -0.0):
        text = FORMATS[name](number)
        if not re.search("[1-9]", text):
            assert text[0] == "0" and "-" not in text, f"{name}({number!r}) = {text}"


def test_a_small_score_is_zero():
    assert (painting.plain(-3e-5), painting.signed(-3e-5, 4), painting.signed(4e-5, 4)) == ("0.0000",) * 3
    assert (painting.signed(-6e-5, 4), painting.signed(0.004), painting.signed(-0.006)) == (
        "−0.0001",
        "0.00",
        "−0.01",
    )
