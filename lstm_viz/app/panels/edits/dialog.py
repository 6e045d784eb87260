"""The dialog for clamping a value: quantity, unit and words, with a live preview."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QPushButton, QSlider, QWidget

from lstm_viz.app.panels.cell.number_texts import long_name, significant
from lstm_viz.app.panels.edits.edit_dialog import EditDialog
from lstm_viz.app.panels.edits.edit_target import REACHES, EditTarget, Reach
from lstm_viz.app.panels.edits.editing import Editing
from lstm_viz.app.panels.edits.naming import short
from lstm_viz.app.panels.edits.value_box import ValueBox
from lstm_viz.app.texts import put
from lstm_viz.app.widgets.labels import unit_name
from lstm_viz.app.widgets.plain_text import add_row
from lstm_viz.app.widgets.spoken import say_value
from lstm_viz.messages import SetValue

_TICKS = 1000
_WIDEST = 4.0  # the slider's limit for unbounded quantities; more can be typed


class SetDialog(EditDialog):
    """Edits a value with a live preview; accepted, it becomes one command."""

    def __init__(
        self, editing: Editing, place: EditTarget, reach: Reach, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._editing, self._place = editing, place
        self.setWindowTitle(self.tr("What if"))
        self.quantity = self._chooser(self.tr("Quantity"))
        self.unit, self.reach = self._chooser(self.tr("Unit")), self._chooser(self.tr("Words"))
        self.value, self.slider = ValueBox(self), QSlider(Qt.Orientation.Horizontal, self)
        self.off = QPushButton(self)
        self._fill(reach)
        self._lay_out()
        for chooser in (self.quantity, self.unit, self.reach):
            chooser.currentIndexChanged.connect(self._chosen)
        self.slider.valueChanged.connect(self._slid)
        self.value.taken.connect(self.take)
        self.value.edited.connect(self._typing)
        self.off.clicked.connect(lambda: self.take(self.place.quantity.off))
        self.accepted.connect(editing.keep)
        self.rejected.connect(editing.cancel)
        self._renew()
        self.value.setFocus()
        self.value.selectAll()

    def _chooser(self, name: str) -> QComboBox:
        chooser = QComboBox(self)
        chooser.setAccessibleName(name)
        return chooser

    def _fill(self, reach: Reach) -> None:
        place, units = self._place, self._place.view.quantities["h"].shape[1]
        for name in place.names:
            self.quantity.addItem(long_name(name), name)
        self.quantity.setCurrentIndex(place.names.index(place.name))
        self.unit.addItem(self.tr("all units"), None)
        for unit in range(units):
            self.unit.addItem(unit_name(unit), unit)
        self.unit.setCurrentIndex(0 if place.unit is None else place.unit + 1)
        onward = self.tr("“%1” and before") if place.view.direction else self.tr("from “%1” on")
        for text, each in zip((self.tr("at “%1”"), onward, self.tr("everywhere")), REACHES, strict=True):
            self.reach.addItem(put(text, short(place.word)), each)
        self.reach.setCurrentIndex(REACHES.index(reach))

    def _lay_out(self) -> None:
        self.slider.setRange(0, _TICKS)
        self.slider.setMinimumWidth(190)
        value = QHBoxLayout()
        value.addWidget(self.slider, 1)
        value.addWidget(self.value)
        value.addWidget(self.off)
        form = QFormLayout()
        add_row(form, self.tr("Quantity"), self.quantity)
        add_row(form, self.tr("Unit"), self.unit)
        add_row(form, self.tr("Words"), self.reach)
        add_row(form, self.tr("Value"), value)
        self.lay_out(form, self.tr("Set"))

    # ------------------------------------------------------------ the edit

    @property
    def place(self) -> EditTarget:
        """The chosen place."""
        return self._place.with_(self.quantity.currentData(), self.unit.currentData())

    @property
    def edit(self) -> SetValue:
        """The chosen edit."""
        return self.place.set(self.value.committed, self.reach.currentData())

    def take(self, value: float) -> None:
        """Set another value, or show why it is not possible."""
        edit = self.place.set(value, self.reach.currentData())
        refused = self._editing.preview(edit)
        self.error_label.setText(refused)
        if not refused:
            self._show(value)

    def accept(self) -> None:
        """Apply text not committed yet; keep the dialog open if it is not valid."""
        self.value.finish()
        if self.value.value is None:
            return
        if not self._editing.is_previewing:
            self.take(self.value.committed)  # nothing was changed: clamp the present value
        super().accept()

    def _typing(self) -> None:
        """Preview the typed text if it is a valid value; else show why not."""
        value = self.value.value
        self.error_label.setText(self.value.error)
        if value is None:
            self._editing.cancel()
        else:
            self._editing.preview(self.place.set(value, self.reach.currentData()))
        self._slide_to(self.value.committed if value is None else value)

    def _chosen(self) -> None:
        """Start with the value at the newly chosen place; if only the reach changed, keep the chosen value.

        The value at a new place is clamped only when it is changed, or with the button.
        """
        if self.sender() is not self.reach:
            self._renew()
        elif self.value.value is not None:
            self.take(self.value.value)

    def _renew(self) -> None:
        place = self.place
        low, high = place.quantity.range
        self.off.setText(self.tr("Ablated (%1)").replace("%1", significant(place.quantity.off)))
        text = self.tr("%1 … %2")
        if high > _WIDEST:
            text = self.tr("%1 and more") if low == 0 else self.tr("any number")
        self.hint.setText(put(self.tr("%1: %2"), place.name, put(text, significant(low), significant(high))))
        self.value.set_quantity(place.name, place.view.module)
        self.error_label.setText("")
        self._editing.cancel()
        self._show(place.value)

    def _show(self, value: float) -> None:
        self.value.reset(value)
        self._slide_to(value)

    def _slide_to(self, value: float) -> None:
        low, high = self._range()
        with QSignalBlocker(self.slider):
            self.slider.setValue(round((value - low) / (high - low) * _TICKS))
        say_value(self.slider, self.tr("Value"), significant(value))

    def _slid(self, tick: int) -> None:
        low, high = self._range()
        self.take(round(low + tick / _TICKS * (high - low), 3))

    def _range(self) -> tuple[float, float]:
        low, high = self.place.quantity.range
        return max(low, -_WIDEST), min(high, _WIDEST)
