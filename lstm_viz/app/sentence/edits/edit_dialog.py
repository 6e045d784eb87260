"""What the dialogs of the Sentence page share: their effect is shown while they are open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from lstm_viz.app.plain_text import PlainLabel


class EditDialog(QDialog):
    """A form, a hint, what is wrong with what was entered, and two buttons.

    Attributes
    ----------
    hint, problem : PlainLabel
        Plain text; ``problem`` keeps its room while it is empty.
    buttons : QDialogButtonBox
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.hint, self.problem = PlainLabel(parent=self), PlainLabel(parent=self)
        self.buttons = QDialogButtonBox(self)

    def lay_out(self, form: QFormLayout, accept: str) -> None:
        """Put the parts under each other; ``accept`` is the text of the default button."""
        self.hint.setObjectName("muted")
        self.problem.setObjectName("problem")
        self.problem.setMinimumHeight(self.problem.fontMetrics().height())
        self.buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        for label in (self.hint, self.problem):
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addWidget(self.buttons)
