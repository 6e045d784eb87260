"""The base of the dialogs of the Sentence page, which preview their effect, and their position beside it."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLayout, QVBoxLayout, QWidget

from lstm_viz.app.widgets.plain_text import PlainLabel


def dialog_position(size: QSize, page: QRect, shown: Sequence[QRect], screen: QRect) -> QPoint:
    """Return the upper left corner for a dialog of this ``size``, frame included.

    It is at the lower right of the ``page``, or where it covers less of the ``shown`` rectangles: at the
    lower left, or to the right or left of the page; always within the ``screen``. All are in screen
    coordinates.
    """
    low = page.bottom() - size.height() + 1
    lefts = (
        page.right() - size.width() + 1,
        page.left(),
        page.right() + 1,
        page.left() - size.width(),
    )
    places = [_on(screen, QRect(QPoint(left, low), size)) for left in lefts]
    return min(places, key=lambda place: sum(_covered(place, each) for each in shown)).topLeft()


def _on(screen: QRect, place: QRect) -> QRect:
    """Return ``place``, moved onto the screen."""
    left = max(screen.left(), min(place.left(), screen.right() - place.width() + 1))
    top = max(screen.top(), min(place.top(), screen.bottom() - place.height() + 1))
    return QRect(QPoint(left, top), place.size())


def _covered(place: QRect, shown: QRect) -> int:
    both = place & shown
    return both.width() * both.height() if both.isValid() else 0


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

    def lay_out(self, form: QLayout, accept: str) -> None:
        """Lay the parts out vertically; ``accept`` is the text of the default button."""
        self.hint.setObjectName("muted")
        self.error_label.setObjectName("error")
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
