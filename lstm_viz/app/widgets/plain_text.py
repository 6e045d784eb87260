"""Labels, tool tips and message boxes that show untrusted text literally, without markup or mnemonics.

Qt guesses the format: text that looks like HTML in a label, a tool tip or a message box is rendered as HTML,
and may load files. An ampersand in a menu or on a button underlines the next letter. Labels, tool tips and
message boxes are created only here.
"""

import html
from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLayout, QMessageBox, QToolTip, QWidget


class PlainLabel(QLabel):
    """A label that shows its text literally."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class HasToolTip(Protocol):
    """An object with a tool tip: a widget, an action, a table item."""

    def setToolTip(self, text: str, /) -> None: ...  # noqa: N802


def as_tip(text: str) -> str:
    """Return the tool tip that shows ``text`` literally, even if it looks like markup."""
    if "<" not in text and "&" not in text:  # Qt also takes text that begins with an entity for HTML
        return text
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>"


def set_tip(target: HasToolTip, text: str) -> None:
    """Set the tool tip of a widget, an action or a table item."""
    target.setToolTip(as_tip(text))


def set_line_tip(combo: QComboBox, place: int, text: str) -> None:
    """Set the tool tip of an item of a combo box."""
    combo.setItemData(place, as_tip(text), Qt.ItemDataRole.ToolTipRole)


def show_tip(position: QPoint, text: str, widget: QWidget) -> None:
    """Show a tool tip at once, in screen coordinates; an empty text hides it."""
    QToolTip.showText(position, as_tip(text), widget)


def no_mnemonic(text: str) -> str:
    """Return ``text`` for a menu or a button: ampersands are escaped, and a tab does not begin a shortcut."""
    return text.replace("&", "&&").replace("\t", " ")


def without_markup(text: str) -> str:
    """Return ``text`` with look-alikes of the characters of markup, where nothing can be escaped."""
    return text.translate({ord("<"): "‹", ord(">"): "›", ord("&"): "＆"})


def add_row(form: QFormLayout, name: str, field: QWidget | QLayout) -> None:
    """Add a row to a form, with a plain label: the form's own label would guess the format."""
    if isinstance(field, QLayout):
        form.addRow(PlainLabel(name), field)
        return
    label = PlainLabel(no_mnemonic(name))  # a label with a buddy has a mnemonic
    label.setBuddy(field)
    form.addRow(label, field)


def message_box(parent: QWidget, title: str, text: str) -> QMessageBox:
    """Return a message box with one plain text, since Qt's informative text cannot be plain."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    return box
