"""The base of the dialogs of the Sentence page, which preview their effect while open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from lstm_viz.app.widgets.plain_text import PlainLabel


class EditDialog(QDialog):
    """A form, a hint, an error message for the input, and two buttons.

    Attributes
    ----------
    hint, error_label : PlainLabel
        Plain text; ``error_label`` keeps its height while it is empty.
    buttons : QDialogButtonBox
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.hint, self.error_label = PlainLabel(parent=self), PlainLabel(parent=self)
        self.buttons = QDialogButtonBox(self)

    def lay_out(self, form: QFormLayout, accept: str) -> None:
        """Lay the parts out vertically; ``accept`` is the text of the default button."""
        self.hint.setObjectName("muted")
        self.error_label.setObjectName("problem")
        self.error_label.setMinimumHeight(self.error_label.fontMetrics().height())
        self.buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        for label in (self.hint, self.error_label):
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addWidget(self.buttons)
