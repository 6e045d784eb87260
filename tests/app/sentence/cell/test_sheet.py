import re
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from lstm_viz.app.panels.cell.sheet import number_runs, plain_text, sheet, symbol_runs
from lstm_viz.app.panels.cell.values import step_values, with_sums
from lstm_viz.app.theme import THEMES

DARK = THEMES["dark"]
LONG = -9999.94  # as wide as a number gets


def _values(cell, unit=1):
    values = step_values(cell.view, 2, unit)
    return values if unit is None else with_sums(values, cell.explain(2, unit))


def _written(values, width):
    """Return all runs in reading order of the lines, and from left to right."""
    arranged = sheet(values, width, QFont())
    found = (*symbol_runs(arranged, DARK), *number_runs(arranged, values, DARK))
    return sorted(found, key=lambda run: (run.baseline, run.rect.left()))


def _lines(found):
    """Return the runs line by line, from left to right."""
    lines = {}
    for run in found:
        lines.setdefault(run.baseline, []).append(run)
    return [sorted(line, key=lambda run: run.rect.left()) for _, line in sorted(lines.items())]


def _squeezed(text):
    return "".join(text.split())


def _columns(found, width):
    """Return the text in reading order: in one column, and that of the left and of the right half."""
    ordered = sorted(found, key=lambda run: (round(run.baseline), run.rect.left()))
    left = [run for run in ordered if run.rect.left() < width / 2]
    right = [run for run in ordered if run.rect.left() >= width / 2]
    return [_squeezed("".join(run.text for run in runs)) for runs in (ordered, left, right)]


@pytest.mark.parametrize("width", [250, 380, 480, 586, 900])
@pytest.mark.parametrize("unit", [None, 1])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_everything_is_written_once_within_the_sheet_and_nothing_overlaps(qapp, cell_of, kind, unit, width):
    values = _values(cell_of(kind), unit)
    for shown in (values, replace(values, numbers=dict.fromkeys(values.numbers, LONG))):
        found = _written(shown, width)
        columns = _columns(found, width)
        for equation in plain_text(shown).splitlines():
            assert any(_squeezed(equation) in column for column in columns), equation
        assert len(_squeezed("".join(run.text for run in found))) == len(_squeezed(plain_text(shown)))
        height = sheet(shown, width, QFont()).height
        for run in found:
            assert run.rect.left() >= 0 and run.rect.right() <= width
            assert run.rect.top() >= 0 and run.rect.bottom() <= height
            assert run.rect.top() < run.baseline < run.rect.bottom()
            assert run.rect.width() >= QFontMetricsF(run.font).horizontalAdvance(run.text) - 0.01
        inner = [run.rect.adjusted(0.1, 0.1, -0.1, -0.1) for run in found]
        assert not any(a.intersects(b) for a, b in combinations(inner, 2))


@pytest.mark.parametrize("width", [250, 420, 900])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_no_digit_changes_the_arrangement(qapp, cell_of, kind, width):
    values = _values(cell_of(kind))
    wide = replace(values, numbers=dict.fromkeys(values.numbers, LONG))
    assert sheet(values, width, QFont()) is sheet(wide, width, QFont())


@pytest.mark.parametrize("unit", [None, 1])
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_another_direction_is_another_sheet(qapp, cell_of, kind, unit):
    values = _values(cell_of(kind), unit)
    for backward, read, other in ((False, "ₜ₋₁", "ₜ₊₁"), (True, "ₜ₊₁", "ₜ₋₁"), (False, "ₜ₋₁", "ₜ₊₁")):
        text = "".join(run.text for run in _written(replace(values, backward=backward), 900))
        assert f"h{read}" in text or f"c{read}" in text
        assert other not in text


def test_gates_stand_in_two_columns_where_there_is_room(qapp, cell_of):
    values = _values(cell_of("LSTM"))
    narrow, wide = (sheet(values, width, QFont()) for width in (420, 900))
    assert (narrow.columns, wide.columns) == (1, 2)
    assert wide.height < 0.8 * narrow.height
    first = _lines(_written(values, 900))[0]
    assert [run.text[0] for run in first] == ["f", "i"]
    assert first[1].rect.left() == 450


def test_an_odd_gate_and_the_states_have_a_row_to_themselves(qapp, cell_of):
    starts = [line[0].text[:2] for line in _lines(_written(_values(cell_of("GRU")), 900))[::2]]
    assert starts == ["rₜ", "nₜ", "hₜ"]


def test_a_line_that_does_not_fit_is_broken_at_a_blank(qapp, cell_of):
    values = _values(cell_of("LSTM"))
    whole, broken = sheet(values, 420, QFont()), sheet(values, 250, QFont())
    assert len(broken.symbols) > len(whole.symbols) and len(broken.numbers) >= len(whole.numbers)
    assert broken.height > whole.height
    lines = sorted((*broken.symbols, *broken.numbers), key=lambda line: line.baseline)
    assert all(a.baseline < b.baseline for a, b in pairwise(lines))


def test_a_larger_font_takes_a_higher_sheet(qapp, cell_of):
    values, large = _values(cell_of("LSTM")), QFont()
    large.setPixelSize(26)
    assert sheet(values, 900, large).height > 1.5 * sheet(values, 900, QFont()).height


def test_colours_and_gates_of_the_runs(qapp, cell_of):
    cell = cell_of("LSTM")
    cell.view.quantities["o"][2, 1] = np.nan
    values = with_sums(step_values(cell.view, 2, 1), cell.explain(2, 1))
    found = _written(values, 420)
    assert {run.colour for run in found if run.text.startswith("fₜ")} == {DARK.ink["f"]}
    assert {run.colour for run in found if run.text == "NaN"} == {DARK.danger}
    assert [gate for run in found for gate, _ in run.links] == list("ffiiggoofigcoch")
    wide = QFontMetricsF(found[-1].font).horizontalAdvance("0")
    for run in found:
        for _, rect in run.links:
            start, count = round((rect.left() - run.rect.left()) / wide), round(rect.width() / wide)
            assert re.fullmatch(r"−?\d\.\d{3}|NaN", run.text[start : start + count])
            assert run.rect.contains(rect)
        if run.links and run.text != "NaN":
            assert run.colour == DARK.text


def test_what_is_awaited_is_muted_and_opens_nothing(qapp, cell_of):
    awaited = [run for run in _written(step_values(cell_of("LSTM").view, 2, 1), 420) if run.text == "…"]
    assert len(awaited) == 4
    assert all((run.colour, run.links) == (DARK.muted, ()) for run in awaited)


def test_a_mean_opens_nothing(qapp, cell_of):
    assert not any(run.links for run in _written(_values(cell_of("LSTM"), None), 420))
