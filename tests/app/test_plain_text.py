"""Text from outside is shown as it is: neither markup nor a mnemonic is made of it."""

import ast
from pathlib import Path

import msgspec
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractListModel, QEvent, QPoint, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

import lstm_viz
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.widgets.plain_text import add_row, as_tip, message_box, no_mnemonic, without_markup
from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.text.tokenized_text import spaced
from lstm_viz.uris import of_run
from tests.runs_support import write_run

_SOURCES = sorted(Path(lstm_viz.__file__).parent.rglob("*.py"))
_OWN = Path(lstm_viz.__file__).parent / "app" / "widgets" / "plain_text.py"

ODD = '<b>x</b><img src="file:///no.png">&y'

# ---------------------------------------------------------------- by the source

#: What shows text by a guess, or would: only the room of plain text may call it.
_GUESSING = {
    "QErrorMessage", "QLabel", "QMessageBox", "QProgressDialog", "QStaticText", "QTextBrowser", "QTextEdit",
    "LabelItem", "TextItem", "addLegend", "addRow", "createRedoAction", "createUndoAction", "setDetailedText",
    "setInformativeText", "setStatusTip", "setTextFormat", "setToolTip", "setToolTipsVisible", "showText",
}  # fmt: skip


def _called(call):
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _guesses(path):
    """Yield what of a file may show text as markup, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call() if _called(node) in _GUESSING:
                yield f"{node.lineno} {_called(node)}"
            case ast.Call(func=ast.Attribute(attr="setWhatsThis"), args=[text]) if not _is_own(text):
                yield f"{node.lineno} setWhatsThis"
            case ast.ClassDef(bases=bases) if any("QLabel" in ast.unparse(base) for base in bases):
                yield f"{node.lineno} {node.name}"
            case ast.match_case(pattern=pattern, body=body) if "TipRole" in ast.unparse(pattern):
                if not all(_is_tip(line) for line in body):
                    yield f"{pattern.lineno} {ast.unparse(pattern)}"
            case ast.Compare() if "TipRole" in ast.unparse(node):
                yield f"{node.lineno} {ast.unparse(node)}"
            case ast.Call() if any("TipRole" in ast.unparse(argument) for argument in node.args):
                yield f"{node.lineno} {ast.unparse(node)}"


def _is_own(text):
    """Tell whether a text is one of the program's own, with no value in it."""
    match text:
        case ast.Call(func=ast.Attribute(attr="tr"), args=[ast.Constant(value=value)]):
            return "<" not in value
    return False


def _is_tip(line):
    match line:
        case ast.Return(value=ast.Call(func=ast.Name(id="as_tip"))):
            return True
    return False


def test_only_one_room_makes_labels_tool_tips_and_message_boxes():
    found = [f"{path.name}:{what}" for path in _SOURCES if path != _OWN for what in _guesses(path)]
    assert not found
    own = " ".join(_guesses(_OWN))
    assert all(name in own for name in ("setToolTip", "showText", "QMessageBox", "setItemData", "PlainLabel"))


# ---------------------------------------------------------------- the room itself


@pytest.mark.parametrize("text", [ODD, "a\nb <i>", "<qt>x", "&lt;", "a & b", "", "a < b"])
def test_a_tool_tip_says_the_text_as_it_is(text):
    assert _read(as_tip(text)) == text


def _read(tip):
    """Return what a tool tip says to the person who reads it."""
    if not QtGui.Qt.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


def test_forms_and_boxes_are_plain(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    form, line = QFormLayout(parent), QLineEdit()
    add_row(form, f"Tokens of {ODD}", line)
    box = message_box(parent, "Title", ODD)
    _check_labels([parent])
    assert form.labelForField(line).text() == f"Tokens of {no_mnemonic(ODD)}" and box.text() == ODD
    assert all(character not in without_markup(ODD) for character in "<>&")


# ---------------------------------------------------------------- the window

WORDS, TAGS = (ODD, "=1&2", "<i>"), ("<p>", "<u>T</u>&", "=1+1")  # a tagset is sorted


@pytest.fixture
def run(tmp_path):
    """Return a run whose name, folder, corpus, words and tags look like markup, and have ampersands."""
    lines = "".join(
        f"{k}\t{word}\t_\t{tag}\t_\t_\t0\t_\t_\t_\n"
        for k, (word, tag) in enumerate(zip(WORDS, TAGS, strict=True), 1)
    )
    corpus = tmp_path / "<b>c<b><img src=x>&.conllu"
    corpus.write_text(f"{lines}\n" * 3, encoding="utf-8")
    settings = msgspec.structs.replace(TUTORIAL, corpus=(str(corpus),), dev=str(corpus))
    path = tmp_path / "runs" / "<b>run<b>&"
    return write_run(
        path,
        tags=TAGS,
        settings=settings,
        name=ODD,
        tracked_sentence=" ".join(WORDS),
        epochs=1,
        steps=3,
        checkpoints=True,
    )


def test_names_words_and_tags_are_shown_as_they_are(trainee, run):
    person, state, page = trainee, trainee.session.state, trainee.page
    state.pick_model(of_run(run))
    state.open_sentence(spaced(WORDS, TAGS), carry=True, before=(ODD,))
    person.wait(lambda: person.session.runs.current is not None and person.session.runs.entries)
    person.settle()
    seen = _check(person)
    assert any(ODD in text for text in seen), "the run is named"
    state.show_page("sentence")
    for panel in ("cell", "decomposition", "attribution", "ablation", "shapes"):
        state.change(panel=panel)
        person.settle()
        seen |= _check(person)
    state.change(opened=OpenedNumber("score", TAGS[1]))
    person.wait(lambda: page.arithmetic.is_answered)
    seen |= _check(person)
    edit_actions = page.edit_actions
    for name, unit in (("", -1), ("f", 0)):
        edit_actions.open_menu(name, 0, unit, QPoint(0, 0))
        seen |= _check(person)
        edit_actions.menu.close()
    for opens in (edit_actions.set_value, edit_actions.swap_state, edit_actions.tokens.edit):
        opens()
        seen |= _check(person)
        edit_actions.dialog.reject()
        person.settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    edit_actions.tokens.join(0)
    person.settle()
    seen |= _check(person)
    assert {text for text in seen if "img" in text} and {text for text in seen if "<u>T</u>&" in text}


def _check(person):
    """Look at all labels, tool tips, buttons and menus there are, and return what they say."""
    widgets = [w for w in QApplication.allWidgets() if isinstance(w, QWidget)]
    _check_labels(widgets)
    tips = {tip for widget in widgets for tip in _tips(widget)}
    for tip in tips:
        assert not QtGui.Qt.mightBeRichText(tip) or tip == as_tip(_read(tip)), tip
    return {_read(tip) for tip in tips} | {text for widget in widgets for text in _texts(widget)}


def _check_labels(widgets):
    labels = [
        label
        for widget in widgets
        for label in (widget, *widget.findChildren(QLabel))
        if isinstance(label, QLabel)
    ]
    assert labels
    rich = [
        label.text()
        for label in labels
        if label.textFormat() != Qt.TextFormat.PlainText and not _is_qts(label)
    ]
    assert not rich


def _is_qts(label):
    """Tell whether a label's text is never from outside: an icon of Qt's, or in a menu of pyqtgraph's."""
    parents, widget = [], label
    while widget is not None:
        parents.append(widget)
        widget = widget.parentWidget()
    return label.objectName() == "qt_msgboxex_icon_label" or any(isinstance(p, QMenu) for p in parents)


def _tips(widget):
    yield widget.toolTip()
    yield from (
        action.toolTip()
        for action in widget.actions()
        if isinstance(widget, QMenu) and widget.toolTipsVisible()
    )
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount())
        cells = (model.index(row, column) for row in range(model.rowCount()) for column in columns)
        yield from filter(None, (cell.data(Qt.ItemDataRole.ToolTipRole) for cell in cells))


def _texts(widget):
    """Yield what a widget says; in a menu and on a button an ampersand is written twice."""
    texts = []
    if isinstance(widget, QAbstractButton):
        texts = [widget.text()]
    elif isinstance(widget, QMenu):
        texts = [action.text() for action in widget.actions()]
    for text in texts:
        if any(odd in text.replace("&&", "&") for odd in (*WORDS[:2], TAGS[0])):
            assert "&&" in text, text
        yield text.replace("&&", "&")
    if isinstance(widget, QLabel):
        yield widget.text()
