"""Each command has an id, and its menu entry and keys are made of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from lstm_viz.app.pages.registry import PAGES, entry_of


@pytest.fixture
def menus(person):
    return person.session.menus


def test_each_entry_of_the_menus_is_a_command(person, menus):
    entries = [
        a for top in person.window.menuBar().actions() for a in top.menu().actions() if not a.isSeparator()
    ]
    assert {id(action) for action in entries} == {id(action) for action in menus.actions.values()}
    assert set(menus.actions) == set(menus.commands.table)
    for name, command in menus.commands.table.items():
        assert name == command.id and name.count(".") >= 1
        if command.fill is None:
            assert person.window.findChild(QAction, name) is menus.actions[name]


def test_a_command_is_run_by_its_id(person, menus):
    state = person.session.state
    menus.commands.run("view.panel.ablation")
    assert state.selection.panel == "ablation" and menus.actions["view.panel.ablation"].isChecked()
    menus.commands.run("view.input")
    assert state.selection.inputs_shown and menus.actions["view.input"].isChecked()
    menus.commands.run("step.last")
    assert state.selection.step == len(person.words) - 1
    menus.commands.run("view.theme.light")
    assert person.themes.choice == "light" and menus.actions["view.theme.light"].isChecked()
    assert not menus.actions["view.theme.dark"].isChecked()


def test_an_entry_that_is_checked_stays_so_when_it_is_chosen_again(menus):
    action = menus.actions["view.panel.cell"]
    action.trigger()
    action.trigger()
    assert action.isChecked()


def test_keys_belong_to_the_page_that_is_shown(trainee):
    actions, state = trainee.session.menus.actions, trainee.session.state
    assert not actions["edit.undo"].shortcuts() and actions["training.restore_run"].shortcuts()
    state.show_page("sentence")
    assert actions["edit.undo"].shortcuts() and not actions["training.restore_run"].shortcuts()


def test_a_command_of_another_page_shows_it(trainee):
    trainee.session.menus.commands.run("view.panel.decomposition")
    assert trainee.session.state.training.page == "sentence"
    assert trainee.session.state.selection.panel == "decomposition"


def test_the_registry_makes_tabs_and_entries(person, menus):
    assert list(person.content.top_bar.tabs) == [entry.name for entry in PAGES]
    for place, entry in enumerate(PAGES, 1):
        assert menus.actions[f"view.page.{entry.name}"].shortcut().toString() == f"Ctrl+{place}"
        assert person.content.top_bar.tabs[entry.name].text() == entry.title()
    assert entry_of("of a later version") is PAGES[0]


def test_a_page_is_built_once_and_when_it_is_shown(trainee):
    page = trainee.content.page_of("training")
    assert page is trainee.content.training is trainee.content.page_of("training")
    assert trainee.content.pages.currentWidget() is page
    trainee.bot.keyClick(trainee.content, Qt.Key.Key_Home)
    assert set(trainee.content.built) == {"sentence", "training"}
