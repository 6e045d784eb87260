"""The field for the value of an edit."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from lstm_viz.app.panels.edits.naming import bounds_text, quantity_in
from lstm_viz.app.widgets.number_edit import NumberEdit
from lstm_viz.app.widgets.painting import number_font
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.messages import Module
from lstm_viz.text.numbers import ANY, NumberRange

_STEP = 0.05


class ValueBox(NumberEdit):
    """A field for a value within a quantity's bounds; the up and down keys change it by 0.05."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ANY, parent, step=_STEP)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._fit(12, 14)
        self.setAccessibleName(self.tr("Value"))
        set_tip(self, self.tr("The value that is set; ↑ and ↓ change it by 0.05"))

    def make_small(self, height: int) -> None:
        """Be as wide as a number needs, and ``height`` pixels high."""
        self._fit(11, 10)
        self.setFixedHeight(height)

    def _fit(self, pixels: int, padding: int) -> None:
        self.setFont(number_font(pixels))
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("−0.000") + padding)

    def set_quantity(self, quantity: str, module: Module | None) -> None:
        """Set the bounds to those of a quantity of a module."""
        known = quantity_in(module, quantity)
        self.set_range(NumberRange(least=known.range[0], most=known.range[1]), bounds_text(known))
