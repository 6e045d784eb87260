"""The table of terms with thousands of rows: what it computes, not how long that takes."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from lstm_viz.app.panels.arithmetic.model import TermModel
from lstm_viz.app.panels.arithmetic.term_table import TermTable
from lstm_viz.app.panels.arithmetic.view_model import NumberLink, TableNumber, Term, Terms
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.theme import DARK, LIGHT

ROWS = 3000


class CountedSize(float):
    """A bar that counts how often its size is asked for."""

    asked = 0

    def __abs__(self):
        CountedSize.asked += 1
        return super().__abs__()


def terms_of(values, bars=None):
    bars = values if bars is None else bars
    rows = zip(values, bars, strict=True)
    terms = (
        Term(f"x{k}", (TableNumber(value, NumberLink(OpenedNumber("h"), k)),), "", bar)
        for k, (value, bar) in enumerate(rows)
    )
    return Terms(("x", "value"), tuple(terms))


@pytest.fixture
def table(qtbot):
    widget = TermTable()
    qtbot.addWidget(widget)
    widget.resize(300, 400)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def test_the_longest_bar_is_searched_for_once(table):
    values = np.linspace(-1, 1, ROWS).tolist()
    CountedSize.asked = 0
    table.set_terms(terms_of(values, [CountedSize(value) for value in values]), DARK)
    table.grab()
    assert CountedSize.asked == ROWS


def test_rows_outside_the_visible_part_have_no_tooltips_fonts_or_colours(table, monkeypatch):
    asked, number = set(), TermModel._number

    def counted(model, entry, term, role):
        asked.add(entry.link.unit)
        return number(model, entry, term, role)

    monkeypatch.setattr(TermModel, "_number", counted)
    table.set_terms(terms_of(np.linspace(0, 1, ROWS).tolist()), DARK)
    table.grab()
    assert 0 in asked and len(asked) < ROWS / 10


def test_a_column_is_as_wide_as_its_longest_number_wherever_that_is(table):
    values = [0.5] * ROWS
    table.set_terms(terms_of(values), DARK)
    usual = table.columnWidth(1)
    values[2 * ROWS // 3] = -123456.5
    table.set_terms(terms_of(values), DARK)
    assert table.columnWidth(1) > usual
    index = table.terms.index(2 * ROWS // 3, 1)
    assert table.columnWidth(1) >= table.sizeHintForIndex(index).width()


@pytest.mark.parametrize("themes", [(DARK,), (LIGHT,), (DARK, LIGHT), (LIGHT, DARK)])
def test_it_has_the_colours_of_the_theme(table, themes):
    for theme in themes:
        table.set_terms(terms_of([0.5, float("nan")]), theme)
    image = table.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() - 5).name() == themes[-1].panel
    colours = [table.terms.index(row, 1).data(Qt.ItemDataRole.ForegroundRole).name() for row in (0, 1)]
    assert colours == [themes[-1].text, themes[-1].danger]
