"""The cell at a step: the word, the unit, the diagram, and the equations under it."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lstm_viz.app.panels.cell.diagram import CellDiagram
from lstm_viz.app.panels.cell.equations import Equations
from lstm_viz.app.panels.cell.values import StepValues, step_table, step_values, with_sums
from lstm_viz.app.panels.choosers import UnitChooser
from lstm_viz.app.panels.edits.edit_target import clamped_quantities, why_not
from lstm_viz.app.panels.reading_panel import ReadingPanel, nothing_yet
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.panel import TitledPanel
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import GateArithmetic, Reading
from lstm_viz.ordinals import ordinal


class StepPanel(ReadingPanel, TitledPanel):
    """Shows the playhead's column for the selected unit, or the mean over all units."""

    stem = "cell"

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._values: StepValues | None = None
        self.setAccessibleName(self.tr("The cell at a step"))
        self.unit = UnitChooser(state, self)
        self.diagram, self.equations = CellDiagram(self), Equations(self)
        self._explain_itself()
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.unit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 8, 8)
        layout.addLayout(head)
        layout.addWidget(self.diagram, 1)
        layout.addWidget(self.equations)
        layout.addWidget(self.note, 1)
        self.body = (self.unit, self.diagram, self.equations)
        self.diagram.number_clicked.connect(self.open)
        self.equations.number_clicked.connect(self.open)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        state.gate_arithmetic_changed.connect(self._gate_arithmetic_changed)
        state.theme_changed.connect(self._theme_changed)
        self._draw()

    def _reading_changed(self, reading: Reading) -> None:
        self._draw()

    def _gate_arithmetic_changed(self, gate_arithmetic: GateArithmetic) -> None:
        self._draw()

    def _theme_changed(self, theme: Theme) -> None:
        self._draw()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        self.diagram.set_motion(new.motion)
        self.diagram.set_speed(new.speed)
        place = (new.step, new.character, new.unit, new.panel)
        if place == (old.step, old.character, old.unit, old.panel):
            return
        self._draw()
        if (
            (new.step, new.character) != (old.step, old.character)
            and new.text == old.text
            and new.caret is None
        ):
            self.diagram.play()

    def _explain_itself(self) -> None:
        self.diagram.setWhatsThis(
            self.tr(
                "One step of the cell, for one unit or the mean over all: every number on its wire, as "
                "computed. Click a gate, c, h or the word for its arithmetic; drag a bar, c or h to clamp "
                "it; right-click for more. A dashed edge and a pencil mark a clamped value."
            )
        )
        self.equations.setWhatsThis(
            self.tr(
                "The equations of the step as in the torch documentation, in symbols and with this step's "
                "numbers. A clamped value has no sum. Ctrl+C copies them all."
            )
        )

    def open(self, name: str) -> None:
        """Open the arithmetic of a number of the cell, or of its input."""
        self._state.change(opened=OpenedNumber(name))

    def table(self) -> Table:
        """Return the numbers of the diagram, one row each."""
        assert self._values is not None
        return step_table(self._values)

    # ------------------------------------------------------------ drawing

    def _draw(self) -> None:
        """Draw the selected step and unit; nothing while another panel is shown."""
        if self._state.selection.panel != "cell":
            return
        reading, selection, theme = self._state.reading, self._state.selection, self._state.theme
        view = reading.view if reading else None
        if view is not None and selection.unit is not None and selection.unit >= view.module.hidden_size:
            return  # a unit of another module, whose reading is awaited
        if reading is None or view is None:
            self._values = None
            self.title.show_text(self.tr("The cell at a step"))
            self.show_note(
                nothing_yet(reading, self.tr("Diagram and equations are shown from the first word on."))
            )
        else:
            self.unit.show_unit(reading, selection.unit)
            self.show_body()
            values = step_values(
                view,
                self._state.column,
                selection.unit,
                self._clamped(),
                has_sums="weights" in reading.model.capabilities,
            )
            self._values = with_sums(values, self._state.gate_arithmetic)
            self._draw_title(shown_text(view.columns[self._state.column]), view.first)
        self.diagram.set_values(self._values, theme, why_not(self._state))
        self.equations.set_values(self._values, theme)

    def _clamped(self) -> frozenset[str]:
        """Return the quantities that are clamped at the selected step and unit, in the current reading."""
        reading, edits = self._state.reading, self._state.edits_read
        if reading is None or reading.view is None or not edits:
            return frozenset()
        return clamped_quantities(
            edits, reading.resolved_edits, reading.view, self._state.column, self._state.selection.unit
        )

    def _draw_title(self, word: str, first: int) -> None:
        what = self.tr("Character %1 · “%2”") if self._state.reads_characters else self.tr("Step %1 · “%2”")
        number = ordinal(self._state.step_of(first + self._state.column))
        self.title.show_text(what.replace("%1", str(number)).replace("%2", word))
