"""Five sets of colours mean something: no colour of one is taken for one of another."""

import re
from itertools import combinations, product
from pathlib import Path

import pytest

from lstm_viz.app.shell.style import style_sheet
from lstm_viz.app.theme import DARK, LIGHT, colour_sets
from tests.app.colours import VISIONS, contrast, distance

THEME = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
VISION = pytest.mark.parametrize("vision", VISIONS)

#: The least distances in OKLab: of colours of different sets, with a tag among them, and within a set.
SETS, TAGS, SIGNS, RUNS, VERDICTS = 0.075, 0.06, 0.28, 0.06, 0.09


@THEME
def test_no_two_colours_of_different_sets_are_near(theme):
    sets = colour_sets(theme)
    assert list(sets) == ["quantity", "sign", "tag", "run", "verdict"]
    near = {
        (a, one, b, other): round(distance(one, other), 3)
        for a, b in combinations(sets, 2)
        for one, other in product(sets[a], sets[b])
        if distance(one, other) < (TAGS if "tag" in (a, b) else SETS)
    }
    assert near == {}


@THEME
def test_what_has_the_focus_has_a_colour_of_its_own(theme):
    others = frozenset().union(*colour_sets(theme).values())
    near = {colour: round(distance(theme.accent, colour), 3) for colour in others}
    assert {colour: far for colour, far in near.items() if far < TAGS} == {}


@THEME
@VISION
def test_signs_and_verdicts_are_far_apart_with_colour_blindness(theme, vision):
    assert distance(theme.plus, theme.minus, vision) >= SIGNS
    assert distance(theme.danger, theme.good, vision) >= VERDICTS


@THEME
@VISION
def test_runs_are_distinguishable_with_colour_blindness(theme, vision):
    lines = (*theme.runs, theme.validation)
    near = {pair: round(distance(*pair, vision), 3) for pair in combinations(lines, 2)}
    assert {pair: far for pair, far in near.items() if far < RUNS} == {}


@THEME
def test_lines_and_signs_are_seen_on_the_panel(theme):
    for colour in (*theme.runs, theme.validation, theme.minus):
        assert contrast(colour, theme.panel) >= 3, colour
    assert contrast(theme.plus, theme.panel) >= 2.2


@THEME
def test_the_switch_has_the_colour_of_focus(theme):
    (path,) = set(re.findall(r"/[^\s\"]+/switch-on-[a-z]+\.svg", style_sheet(theme)))
    assert theme.accent in Path(path).read_text(encoding="utf-8")
