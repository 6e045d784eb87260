"""The right side of the Sentence page: the cell at a step, or one of the explanation panels."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.panels.cell.step_panel import StepPanel
from lstm_viz.app.panels.comparison.comparison import Comparison
from lstm_viz.app.panels.comparison.comparison_model import ComparisonModel
from lstm_viz.app.selection.selection import Panel, Selection
from lstm_viz.app.state import State
from lstm_viz.app.widgets.buttons import NarrowTab, Tab
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.app.widgets.scrolled import Scrolled


class SidePanels(QWidget):
    """Shows the selected panel; all but the first are built when they are first shown.

    Signals
    -------
    unit_off_requested(unit)
        The user asked to ablate a unit.
    """

    unit_off_requested = Signal(int)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.stack = QStackedWidget(self)
        self._panels = dict[Panel, QWidget]()
        self._areas = dict[Panel, Scrolled]()
        self.tabs: dict[Panel, Tab] = {
            "cell": self._tab(self.tr("Cell"), self.tr("The cell at the step (Alt+1)")),
            "decomposition": self._tab(
                self.tr("Decomposition"), self.tr("Decomposition of the cell state (Alt+2)")
            ),
            "attribution": self._tab(self.tr("Attribution"), self.tr("Attribution to the words (Alt+3)")),
            "ablation": self._tab(self.tr("Ablation"), self.tr("Ablation of the units (Alt+4)")),
            "shapes": self._tab(self.tr("Shapes"), self.tr("Shapes of the module (Alt+5)")),
        }
        self.reading_label = ElidedLabel(self)
        self.reading_label.setObjectName("muted")
        self.reading_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._group = QButtonGroup(self)
        for panel, tab in self.tabs.items():
            self._group.addButton(tab)
            tab.clicked.connect(lambda _=False, panel=panel: state.change(panel=panel))
        self.step_panel = StepPanel(state, self._area("cell").viewport())
        self._show_in_area("cell", self.step_panel)
        self._lay_out()
        state.selection_changed.connect(self._selection_changed)
        self.show_panel(state.selection.panel)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2)
        for tab in self.tabs.values():
            row.addWidget(tab)
        row.addWidget(self.reading_label, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.stack, 1)

    def _tab(self, name: str, tip: str) -> Tab:
        tab = NarrowTab(name, self)
        tab.fit(name)
        set_tip(tab, tip)
        return tab

    def follow(self, comparison_model: ComparisonModel) -> None:
        """Show which reading the numbers are of, during a comparison."""
        comparison_model.changed.connect(lambda: self._show_reading(comparison_model.comparison))

    def _show_reading(self, comparison: Comparison | None) -> None:
        if comparison is None:
            self.reading_label.show_text("")
        else:
            self.reading_label.show_text(
                self.tr("numbers of B") if comparison.edited else self.tr("numbers of A")
            )

    def panel(self, name: Panel) -> QWidget:
        """Return a panel, built on first use."""
        if name not in self._panels:
            self._show_in_area(name, self._built(name, self._area(name).viewport()))
        return self._panels[name]

    def _built(self, name: Panel, parent: QWidget) -> QWidget:
        if name == "decomposition":
            from lstm_viz.app.panels.decomposition.decomposition_panel import DecompositionPanel

            return DecompositionPanel(self._state, parent)
        if name == "attribution":
            from lstm_viz.app.panels.attribution.attribution_panel import AttributionPanel

            return AttributionPanel(self._state, parent)
        if name == "shapes":
            from lstm_viz.app.panels.shapes.shapes_panel import ShapesPanel

            return ShapesPanel(self._state, parent)
        from lstm_viz.app.panels.ablation.ablation_panel import AblationPanel

        units = AblationPanel(self._state, parent)
        units.off_requested.connect(self.unit_off_requested)
        return units

    def show_panel(self, name: Panel) -> None:
        self.tabs[name].setChecked(True)
        self.panel(name)
        self.stack.setCurrentWidget(self._areas[name])

    def _area(self, name: Panel) -> Scrolled:
        """Return a new area for a panel, which is created in it: see the page."""
        area = self._areas[name] = Scrolled(self.stack)
        # all have the same size: the panels below do not move when another one is shown
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        return area

    def _show_in_area(self, name: Panel, panel: QWidget) -> None:
        self._panels[name] = panel
        self._areas[name].show_widget(panel)
        self.stack.addWidget(self._areas[name])

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.panel != old.panel:
            self.show_panel(new.panel)
