"""What the list, the menus and the dialogs say: translated, and named for who hears the window."""

import re

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget

from lstm_viz.app.selection.selection import Selection
from lstm_viz.messages import SetValue, SwapState
from tests.app.sentence.edits_support import WORDS, escape, menu_of, texts
from tests.app.test_accessibility import CONTROLS, _is_part_of_another
from tests.app.test_translation import Marker

EDITS = (
    SetValue("f", 0.5, 3, 2, 2, words=WORDS),
    SetValue("f", 0.5, None, 1, None, words=WORDS),
    SetValue("z", 0.5, None, None, 1, words=WORDS),
    SetValue("h", 0.0, 99),
    SetValue("h", 0.0, 1, layer=3, direction=1),
    SwapState(1, "The cat", 9, WORDS),
)


@pytest.fixture
def foreign(application, open_session, link):
    marker = Marker()
    application.installTranslator(marker)
    person = open_session(link, Selection(motion=False, edits=EDITS))
    person.settle()
    yield person
    application.removeTranslator(marker)


def _said(widget):
    for each in (widget, *widget.findChildren(QWidget)):
        yield from (each.toolTip(), each.whatsThis(), each.accessibleName())
        if isinstance(each, QLabel | QAbstractButton):
            yield each.text()
        if isinstance(each, QComboBox) and each.count() < 100:
            yield from (each.itemText(k) for k in range(each.count()))


def _unmarked(widget):
    return [text for text in _said(widget) if re.search(r"[^\W\d_]{2}", text) and "⟦" not in text]


def test_the_list_is_translated(foreign):
    assert _unmarked(foreign.page.results) == []
    assert all(row.error_label.text() for row in foreign.page.results.edits.rows[2:])
    foreign.page.edit_actions.reset()
    foreign.settle()
    assert _unmarked(foreign.page.results) == []


def test_menus_and_dialogs_are_translated(foreign):
    menu = menu_of(foreign, "f", 2, 3)
    assert [text for text in texts(menu) if "⟦" not in text] == []
    below = [action.menu() for action in menu.actions() if action.menu()]
    assert [action.text() for each in below for action in each.actions() if "⟦" not in action.text()] == []
    escape(foreign)
    for opens in (foreign.page.edit_actions.set_value, foreign.page.edit_actions.swap_state):
        opens()
        dialog = foreign.page.edit_actions.dialog
        assert [t for t in _unmarked(dialog) if "  " not in t] == []  # a word of the sentence has its number
        assert "⟦" in dialog.windowTitle()
        dialog.reject()
        foreign.settle()


def test_every_control_has_a_name_and_the_panels_explain_themselves(open_session, link):
    person = open_session(link, Selection(motion=False, edits=EDITS))
    person.settle()
    plot_actions = person.page.edit_actions
    for opens in (lambda: None, plot_actions.set_value, plot_actions.swap_state):
        opens()
        root = plot_actions.dialog or person.page.results
        controls = [w for w in root.findChildren(QWidget) if isinstance(w, CONTROLS) and w.isVisibleTo(root)]
        controls = [widget for widget in controls if not _is_part_of_another(widget)]
        assert len(controls) >= 4
        nameless = [
            w for w in controls if not QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name)
        ]
        assert nameless == []
        if plot_actions.dialog:
            plot_actions.dialog.reject()
    panels = (person.page.results.edits, person.page.table, person.page.step_panel.diagram)
    assert all(len(panel.whatsThis()) > 80 for panel in (*panels, person.page.step_panel.equations))
