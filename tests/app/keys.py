"""Keys of any script: those of Qt's own tests abort the program at what is not Latin-1."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

_NONE = Qt.KeyboardModifier.NoModifier


def type_over(field: QLineEdit, text: str) -> None:
    """Focus a field and type ``text`` in the place of what stands there, key by key."""
    field.setFocus()
    field.selectAll()
    press(field, Qt.Key.Key_Delete)
    for character in text:
        press(field, Qt.Key.Key_unknown, character)


def press(field: QLineEdit, key: Qt.Key, text: str = "") -> None:
    """Press a key and let it go."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(field, QKeyEvent(kind, key, _NONE, text))
