"""The right side of the Sentence page: the cell at a step, or one of the answers to "why this?"."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.elided import ElidedLabel
from lstm_viz.app.plain_text import set_tip
from lstm_viz.app.sentence.compare.pairs import Pairs
from lstm_viz.app.sentence.pair import Pairing
from lstm_viz.app.sentence.step_panel import StepPanel
from lstm_viz.app.state import Look, Panel, State


class Side(QWidget):
    """Shows the panel that is looked at; all but the first are built when they are first shown.

    Signals
    -------
    unit_off_requested(unit)
        A unit shall be switched off.
    """

    unit_off_requested = Signal(int)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.step_panel = StepPanel(state, self)
        self.tabs: dict[Panel, QPushButton] = {
            "cell": self._tab(self.tr("Cell"), self.tr("The cell at the step (Alt+1)")),
            "memory": self._tab(self.tr("Memory"), self.tr("Where the memory comes from (Alt+2)")),
            "words": self._tab(self.tr("Words"), self.tr("What the words gave to the tag (Alt+3)")),
            "units": self._tab(self.tr("Units"), self.tr("Which units the tag stands on (Alt+4)")),
        }
        self.whose = ElidedLabel(self)
        self.whose.setObjectName("remark")
        self.whose.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._group = QButtonGroup(self)
        for panel, tab in self.tabs.items():
            self._group.addButton(tab)
            tab.clicked.connect(lambda _=False, panel=panel: state.change(panel=panel))
        self.stack = QStackedWidget(self)
        self._panels: dict[Panel, QWidget] = {"cell": self.step_panel}
        self.stack.addWidget(self.step_panel)
        self._lay_out()
        state.look_changed.connect(self._look_changed)
        self.show_panel(state.look.panel)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2)
        for tab in self.tabs.values():
            row.addWidget(tab)
        row.addWidget(self.whose, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.stack, 1)

    def _tab(self, name: str, tip: str) -> QPushButton:
        tab = QPushButton(name, self)
        tab.setObjectName("tab")
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bold = QFont(tab.font())
        bold.setWeight(QFont.Weight.DemiBold)
        tab.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(name) + 32)  # as wide in front as behind
        set_tip(tab, tip)
        return tab

    def follow(self, pairs: Pairs) -> None:
        """Say whose numbers these are, while there are two readings."""
        pairs.changed.connect(lambda: self._say_whose(pairs.pairing))

    def _say_whose(self, pairing: Pairing | None) -> None:
        if pairing is None:
            self.whose.say("")
        else:
            self.whose.say(self.tr("shows B after") if pairing.edited else self.tr("shows A"))

    def panel(self, name: Panel) -> QWidget:
        """Return a panel, built if it was not yet."""
        if name not in self._panels:
            self._panels[name] = self._built(name)
            self.stack.addWidget(self._panels[name])
        return self._panels[name]

    def _built(self, name: Panel) -> QWidget:
        if name == "memory":
            from lstm_viz.app.sentence.memory.panel import MemoryPanel

            return MemoryPanel(self._state, self)
        if name == "words":
            from lstm_viz.app.sentence.owed.panel import WordsPanel

            return WordsPanel(self._state, self)
        from lstm_viz.app.sentence.units.panel import UnitsPanel

        units = UnitsPanel(self._state, self)
        units.off_requested.connect(self.unit_off_requested)
        return units

    def show_panel(self, name: Panel) -> None:
        self.tabs[name].setChecked(True)
        shown = self.panel(name)
        for panel in self._panels.values():  # all have the cell's room: the panels below stay where they are
            wish = QSizePolicy.Policy.Preferred if panel is self.step_panel else QSizePolicy.Policy.Ignored
            panel.setSizePolicy(QSizePolicy.Policy.Preferred, wish)
        self.stack.setCurrentWidget(shown)

    def _look_changed(self, new: Look, old: Look) -> None:
        if new.panel != old.panel:
            self.show_panel(new.panel)
