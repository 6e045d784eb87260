"""The lower right of the page: the scores of the step; the whole sentence, or what is set by hand."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.sentence.edits.actions import EditActions
from lstm_viz.app.sentence.edits.panel import EditsPanel
from lstm_viz.app.sentence.scores import Scores
from lstm_viz.app.sentence.table import Table
from lstm_viz.app.state import Look, State

_PADDING = 7
#: In a narrower box the first tab has a shorter name.
_NARROW = 250


class Results(QWidget):
    """Scores, and two tabs: the first edit brings its tab in front, the last to go sends it back."""

    def __init__(self, state: State, actions: EditActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.scores, self.table = Scores(state, self), Table(state, self)
        self.edits = EditsPanel(state, actions.editing, self)
        self.table_tab = self._tab(self.tr("All words"), self.tr("The scores of the whole sentence"))
        self.edits_tab = self._tab(
            self.tr("What if"), self.tr("What is set by hand, to see what would happen")
        )
        self._group = QButtonGroup(self)
        self.stack = QStackedWidget(self)
        for tab, panel in ((self.table_tab, self.table), (self.edits_tab, self.edits)):
            self._group.addButton(tab)
            self.stack.addWidget(panel)
            tab.clicked.connect(lambda _=False, panel=panel: self.show_panel(panel))
        self.box = self._lay_out()
        self.edits.set_requested.connect(actions.set_value)
        actions.refused.connect(self.say)
        state.look_changed.connect(self._look_changed)
        self.show_panel(self.edits if state.look.edits else self.table)
        self._count()

    def _lay_out(self) -> QWidget:
        box = QWidget(self)
        box.setObjectName("panel")
        box.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.table_tab)
        head.addWidget(self.edits_tab)
        head.addStretch(1)
        head.addWidget(self.table.copy_button)
        column = QVBoxLayout(box)
        column.setContentsMargins(6, 6, 6, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.scores, 3)
        row.addWidget(box, 4)
        return box

    def _tab(self, name: str, tip: str) -> QPushButton:
        tab = QPushButton(name, self)
        tab.setObjectName("tab")
        tab.setStyleSheet(f"padding: 3px {_PADDING - 1}px;")
        tab.setCheckable(True)
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tab.setToolTip(tip)
        return tab

    def show_panel(self, panel: QWidget) -> None:
        """Bring the table or the edits in front."""
        self.stack.setCurrentWidget(panel)
        self.table_tab.setChecked(panel is self.table)
        self.edits_tab.setChecked(panel is self.edits)
        self.table.copy_button.setVisible(panel is self.table)

    def say(self, sentence: str) -> None:
        """Say why something cannot be set by hand."""
        self.show_panel(self.edits)
        self.edits.say(sentence)

    def _look_changed(self, new: Look, old: Look) -> None:
        if bool(new.edits) != bool(old.edits):
            self.show_panel(self.edits if new.edits else self.table)
        if len(new.edits) != len(old.edits):
            self._count()

    def _count(self) -> None:
        count = len(self._state.look.edits)
        text = self.tr("What if (%1)").replace("%1", str(count)) if count else self.tr("What if")
        self.edits_tab.setText(text)
        for tab, shown in ((self.table_tab, self.tr("All words")), (self.edits_tab, text)):
            bold = QFont(tab.font())
            bold.setWeight(QFont.Weight.DemiBold)
            tab.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(shown) + 2 * _PADDING)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name the first tab as there is room: the room is not made by its name."""
        super().resizeEvent(event)
        narrow = self.width() * 4 / 7 < _NARROW
        self.table_tab.setText(self.tr("All words") if narrow else self.tr("Whole sentence"))
