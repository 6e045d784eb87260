"""Shows text from outside as it is: a word, a run's name or a path is neither markup nor a mnemonic.

Qt guesses: what looks like HTML in a label, a tool tip or a message box is drawn as HTML, and may load files.
An ampersand in a menu or on a button underlines the letter after it. Labels, tool tips and message boxes are
made here and nowhere else.
"""

import html
from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLayout, QMessageBox, QToolTip, QWidget


class PlainLabel(QLabel):
    """A label that shows every text as it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class HasToolTip(Protocol):
    """What has a tool tip: a widget, an action, an item of a table."""

    def setToolTip(self, text: str, /) -> None: ...  # noqa: N802


def as_tip(text: str) -> str:
    """Return the tool tip that shows ``text`` as it is, also where it looks like markup."""
    if "<" not in text and "&" not in text:  # Qt takes a text that begins with an entity for HTML, too
        return text
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>"


def set_tip(target: HasToolTip, text: str) -> None:
    """Give a widget, an action or an item of a table a tool tip."""
    target.setToolTip(as_tip(text))


def set_line_tip(combo: QComboBox, place: int, text: str) -> None:
    """Give a line of a list a tool tip."""
    combo.setItemData(place, as_tip(text), Qt.ItemDataRole.ToolTipRole)


def show_tip(position: QPoint, text: str, widget: QWidget) -> None:
    """Show a tool tip now, at a position of the screen; an empty text hides it."""
    QToolTip.showText(position, as_tip(text), widget)


def no_mnemonic(text: str) -> str:
    """Return what shows ``text`` in a menu or on a button: an ampersand is one, a tab begins no shortcut."""
    return text.replace("&", "&&").replace("\t", " ")


def without_markup(text: str) -> str:
    """Return ``text`` with other characters for those that begin markup, for where nothing can be escaped."""
    return text.translate({ord("<"): "‹", ord(">"): "›", ord("&"): "＆"})


def add_row(form: QFormLayout, name: str, field: QWidget | QLayout) -> None:
    """Add a row to a form, with a plain label: the one that the form itself would make guesses."""
    if isinstance(field, QLayout):
        form.addRow(PlainLabel(name), field)
        return
    label = PlainLabel(no_mnemonic(name))  # a label with a buddy has a mnemonic
    label.setBuddy(field)
    form.addRow(label, field)


def message_box(parent: QWidget, title: str, text: str) -> QMessageBox:
    """Return a message box; all it says is one text, since Qt's informative text cannot be plain."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    return box
