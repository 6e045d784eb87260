"""The lower right of the page: the scores of the step, and the table of the sentence or the edits."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.edits.actions import EditActions
from lstm_viz.app.panels.edits.edits_panel import EditsPanel
from lstm_viz.app.panels.scores.score_table import ScoreTable
from lstm_viz.app.panels.scores.scores import Scores
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.widgets.buttons import NarrowTab
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import set_tip

_MARGIN, _SPACING = 6, 8


class Results(QWidget):
    """Scores, and two tabs: the first edit selects the edits tab, removing the last one the table tab."""

    def __init__(self, state: State, actions: EditActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.scores = Scores(state, self)
        self.table_tab, self.edits_tab = (
            NarrowTab(self.tr("All words"), self),
            NarrowTab(self.tr("What if"), self),
        )
        set_tip(self.table_tab, self.tr("Tag scores of the whole sentence"))
        set_tip(self.edits_tab, self.tr("Interventions on the forward pass"))
        self.box = QWidget(self)
        self.stack = QStackedWidget(self.box)
        self.table = ScoreTable(state, self.stack)
        self.edits = EditsPanel(state, actions.editing, self.stack)
        self._group = QButtonGroup(self)
        for tab, panel in ((self.table_tab, self.table), (self.edits_tab, self.edits)):
            self._group.addButton(tab)
            self.stack.addWidget(panel)
            tab.clicked.connect(lambda _=False, panel=panel: self.show_panel(panel))
        self._lay_out()
        self.edits.set_requested.connect(actions.set_value)
        actions.refused.connect(self.show_text)
        state.selection_changed.connect(self._selection_changed)
        self.show_panel(self.edits if state.selection.edits else self.table)
        self._count()

    def _lay_out(self) -> None:
        frame(self.box)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.table_tab)
        head.addWidget(self.edits_tab)
        head.addStretch(1)
        head.addWidget(self.table.copy_button)
        column = QVBoxLayout(self.box)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        row.addWidget(self.scores, 3)
        row.addWidget(self.box, 4)

    def show_panel(self, panel: QWidget) -> None:
        """Select the tab of the table or of the edits."""
        self.stack.setCurrentWidget(panel)
        self.table_tab.setChecked(panel is self.table)
        self.edits_tab.setChecked(panel is self.edits)
        self.table.copy_button.setVisible(panel is self.table)

    def show_text(self, message: str) -> None:
        """Show why an edit is not possible."""
        self.show_panel(self.edits)
        self.edits.show_text(message)

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if bool(new.edits) != bool(old.edits):
            self.show_panel(self.edits if new.edits else self.table)
        if len(new.edits) != len(old.edits):
            self._count()

    def _count(self) -> None:
        count = len(self._state.selection.edits)
        text = self.tr("What if (%1)").replace("%1", str(count)) if count else self.tr("What if")
        self.edits_tab.setText(text)
        self.edits_tab.fit(text)
        self.table_tab.fit(self.tr("All words"))
        self._name_table()

    def _name_table(self) -> None:
        """Set the first tab's text to fit the width, which must not depend on the text itself."""
        long = self.tr("Whole sentence")
        taken = self.edits_tab.minimumWidth() + self.table.copy_button.sizeHint().width()
        row = self.width() - _SPACING
        box = min(row * 4 // 7, row - self.scores.minimumSizeHint().width())
        room = box - 2 * _MARGIN - taken - NarrowTab.PADDING
        fits = self.table_tab.width_of(long) <= room
        self.table_tab.setText(long if fits else self.tr("All words"))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name_table()
