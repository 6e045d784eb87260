"""The confirmation before a run is deleted."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import message_box


def ask_to_delete(parent: QWidget, name: str, delete: Callable[[], object]) -> None:
    """Ask for confirmation to delete the run of this name, and call ``delete`` if it is given."""
    question = _tr("Delete “%1” and its checkpoints?").replace("%1", shown_text(name))
    about = _tr("It can be restored until the program ends.")
    box = message_box(parent, _tr("Delete a run"), f"{question}\n\n{about}")
    button = box.addButton(_tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(_tr("Keep"), QMessageBox.ButtonRole.RejectRole))
    button.clicked.connect(lambda _checked: delete())
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Deleting", text)
