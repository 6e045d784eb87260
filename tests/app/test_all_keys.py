"""Help → Keys lists every key: those of the commands, and those that the widgets' own code handles."""

import ast
from pathlib import Path

import lstm_viz.app
from lstm_viz.app.shell.keys import KeysDialog, key_rows, key_text, widget_keys

_ROOT = Path(lstm_viz.app.__file__).parent
#: Qt's names of keys, where a `QKeySequence` has another text for them.
_TEXTS = {
    "Plus": "+", "Minus": "-", "Equal": "=", "Delete": "Del", "PageUp": "PgUp", "PageDown": "PgDown",
    "Copy": "Ctrl+C",
}  # fmt: skip
#: The keys of commands, which the page handles itself, since text fields use them too.
_OF_COMMANDS = {"Left", "Right", "Up", "Down", "Home", "End", "Space"}
#: Keys that are named in the code of a widget and not handled there, but by the page or the window.
_LEFT = {"widgets.buttons": {"Left", "Right", "Up", "Down"}, "widgets.line_text_edit": {"Undo", "Redo"}}


def _keys_in(path):
    """Return the texts of the keys that a module's code names."""
    names = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node.value) in ("Qt.Key", "QKeySequence.StandardKey")
    }
    keys = {name.removeprefix("Key_") for name in names}
    return {_TEXTS.get(key, key) for key in keys}


def _handled():
    """Return the keys that each module of the window handles."""
    modules = {".".join(path.relative_to(_ROOT).with_suffix("").parts): path for path in _ROOT.rglob("*.py")}
    found = {name: _keys_in(path) - _LEFT.get(name, set()) for name, path in modules.items()}
    return {name: keys for name, keys in found.items() if keys}


def test_every_key_in_the_code_of_a_widget_is_listed():
    listed = {}
    for each in widget_keys():
        listed.setdefault(each.module, set()).update(each.keys)
    listed["pages.sentence.page"] |= _OF_COMMANDS
    for name in (
        "panels.cell.drags",
        "panels.runs.runs_panel",
    ):  # letters of quantities; a key of Qt's own list
        listed.pop(name)
    assert listed == _handled()


def test_a_letter_opens_each_quantity_that_is_listed(person):
    (letters,) = next(each.keys for each in widget_keys() if each.module == "panels.cell.drags")
    for model in ("preset:tutorial", "preset:tutorial-gru", "preset:tutorial-rnn"):
        person.picks_model(model)
        assert set(person.page.step_panel.diagram.openable()) <= set(letters.split())


def test_the_table_has_the_keys_of_every_command(person):
    menus = person.session.menus
    rows = key_rows(menus.commands.menus)
    texts = " ".join(keys for keys, _, _ in rows)
    for command in menus.commands.table.values():
        assert all(key_text(key) in texts for key in command.keys) and command.hint in texts
    assert ("F5", "Train, pause, continue or resume", "Training") in rows
    assert ("← (in a text: the cursor)", "Column to the left", "Step") in rows
    assert ("← → ↑ ↓", "From cell to cell", "confusion matrix, gradient flow") in rows


def test_the_menu_opens_the_table(person):
    person.session.menus.commands.run("help.keys")
    dialog = person.window.findChild(KeysDialog)
    assert dialog.isVisible() and dialog.table.rowCount() == len(
        key_rows(person.session.menus.commands.menus)
    )
    dialog.close()
