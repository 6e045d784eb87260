"""Numbers become colours at a fixed scale, and text on them can be read."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from lstm_viz.app.panels.heatmaps.column_layout import MAX_WIDTH, MIN_WIDTH, ColumnLayout
from lstm_viz.app.theme import DARK, LIGHT, THEMES
from lstm_viz.app.widgets.pictures import (
    Pictures,
    colours,
    condensed,
    dark_text,
    levels,
    picture,
    units_of_rows,
)
from lstm_viz.cells import QUANTITIES

THEME = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


def test_the_scale_is_fixed():
    gate = np.array([0.0, 0.25, 0.5, 1.0], np.float32)
    assert levels(gate, "f").tolist() == [0, 64, 127, 254]
    signed = np.array([-1.0, 0.0, 1.0], np.float32)
    assert levels(signed, "h").tolist() == [0, 127, 254]
    assert levels(2 * signed, "c").tolist() == [0, 127, 254]
    assert levels(signed, "c").tolist() == [64, 127, 191]


def test_beyond_the_scale_is_its_last_colour_and_no_number_its_own():
    values = np.array([-9.0, 9.0, np.nan, np.inf, -np.inf, 0.0], np.float32)
    assert levels(values, "c").tolist() == [0, 254, 255, 255, 255, 127]
    assert levels(values.astype(np.float64), "f").tolist() == [0, 254, 255, 255, 255, 0]


@THEME
@pytest.mark.parametrize("name", QUANTITIES)
def test_the_middle_is_the_panel_and_the_ends_are_the_quantitys(name, theme):
    shades = [QColor.fromRgb(int(c)).name() for c in colours(name, theme)]
    if not QUANTITIES[name].is_signed:
        assert (shades[0], shades[254]) == (theme.panel, theme.quantity[name])
    else:
        assert (shades[0], shades[127], shades[254]) == (theme.minus, theme.panel, theme.plus)
    assert shades[255] == theme.danger


@THEME
def test_a_picture_has_a_column_a_step_and_a_row_a_unit(theme):
    values = np.array([[0.0, 1.0, np.nan], [1.0, 0.5, 0.0]], np.float32)
    image = picture(values, "o", theme)
    assert (image.width(), image.height()) == (2, 3)
    assert image.pixelColor(0, 0).name() == image.pixelColor(1, 2).name() == theme.panel
    assert image.pixelColor(0, 1).name() == image.pixelColor(1, 0).name() == theme.quantity["o"]
    assert image.pixelColor(0, 2).name() == theme.danger


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (1, 1)])
def test_an_empty_picture_is_no_error(shape):
    assert picture(np.zeros(shape, np.float32), "h", DARK).isNull() == (0 in shape)


def test_copied_columns_are_those_of_a_whole_picture():
    """Whatever changes from one picture to the next: values, their number, NaN, scale or theme."""
    generator, pictures, values = np.random.default_rng(0), Pictures(), np.zeros((5, 7), np.float32)
    for _ in range(300):
        values = values.copy()
        change = generator.integers(6)
        if change == 0:
            values[generator.integers(len(values)) :] = np.nan
        elif change == 1:
            values = np.concatenate([values, generator.normal(size=(2, 7)).astype(np.float32)])
        elif change == 2:
            values = values[: generator.integers(1, len(values) + 1)]
        elif change == 3:
            values = generator.normal(size=values.shape).astype(np.float32)
        elif change == 4:
            values[generator.integers(len(values)), generator.integers(7)] += 0.5
        name, theme = str(generator.choice(["f", "h"])), [DARK, LIGHT][generator.integers(2)]
        for key in ("A", "B")[: generator.integers(1, 3)]:
            rows = int(generator.integers(2, 9))
            expected = picture(condensed(values, rows), name, theme)
            assert pictures.picture(key, values, name, theme, rows) == expected
            assert pictures.picture(key, values, name, theme, rows) == expected
    other = np.ones((5, 3), np.float32)
    assert pictures.picture("A", other, "f", DARK, 3) == picture(other, "f", DARK)


@pytest.mark.parametrize("units", [5, 97, 1024])
def test_no_unit_that_differs_vanishes_where_several_share_a_row_of_pixels(units):
    for unit in {0, 3, units // 2, units - 1}:
        for value in (1.0, -1.0, np.nan):
            values = np.full((3, units), 0.2, np.float32)
            values[1, unit] = value
            shown, rows = condensed(values, 40), units_of_rows(units, 40)
            (row,) = set(np.argwhere(rows == unit)[:, 1].tolist())
            np.testing.assert_equal(shown[1, row], np.float32(value))
            others = np.delete(shown[1], row)
            assert rows.shape[1] == shown.shape[1] == min(units, 40) and (others == np.float32(0.2)).all()
            assert (shown[[0, 2]] == np.float32(0.2)).all()


# ---------------------------------------------------------------- contrast


def _luminance(colour):
    channels = np.array(QColor(colour).getRgbF()[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(np.array([0.2126, 0.7152, 0.0722]) @ linear)


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_what_wcag_says():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEME
@pytest.mark.parametrize("ground", ["panel", "ground", "raised", "bar"])
def test_every_text_can_be_read(theme, ground):
    inks = {"text": theme.text, "muted": theme.muted, "danger": theme.danger, "accent": theme.accent}
    inks |= {f"ink {name}": colour for name, colour in theme.ink.items()}
    inks["good"] = theme.good
    pale = {n: round(_contrast(c, getattr(theme, ground)), 2) for n, c in inks.items()}
    assert {name: ratio for name, ratio in pale.items() if ratio < 4.5} == {}


@THEME
def test_the_selection_can_be_read(theme):
    assert _contrast(theme.panel, theme.accent) >= 4.5


@THEME
@pytest.mark.parametrize("name", QUANTITIES)
def test_numbers_in_cells_can_be_read(name, theme):
    dark = dark_text(name, theme)
    for shade, on_dark in zip(colours(name, theme), dark, strict=True):
        assert _contrast("#000000" if on_dark else "#ffffff", QColor.fromRgb(int(shade))) >= 4.5


def test_the_themes_name_the_same_quantities():
    assert set(THEMES) == {"dark", "light"}
    assert set(DARK.ink) == set(LIGHT.ink) == set(QUANTITIES) == set(DARK.quantity)


# ---------------------------------------------------------------- columns


@pytest.mark.parametrize("count", [0, 1, 5, 25, 1000])
@pytest.mark.parametrize("width", [0, 200, 627, 1024])
def test_columns_fill_the_room_and_never_more(count, width):
    columns = ColumnLayout.fit(count, width)
    assert MIN_WIDTH <= columns.width <= MAX_WIDTH
    assert len(columns.visible()) + columns.hidden == count
    assert columns.shown * columns.width <= columns.room + 1e-3
    for column in columns.visible():
        assert columns.at(columns.left(column) + columns.width / 2) == column
    assert columns.at(0) is None and columns.at(1e6) is None


def test_columns_scroll_as_little_as_shows_one():
    columns = ColumnLayout.fit(100, 400)
    shown = columns.shown
    assert columns.showing(shown - 1) == columns
    assert columns.showing(shown).first == 1
    assert columns.showing(99).visible()[-1] == 99
    assert columns.showing(99).showing(3).first == 3
    assert ColumnLayout.fit(100, 400, first=10**6).visible()[-1] == 99
