"""The Sentence page: the layout of its panels, which are all connected to the state."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.pages.page import Page
from lstm_viz.app.pages.sentence.badge import Badge
from lstm_viz.app.pages.sentence.choosers import Choosers
from lstm_viz.app.pages.sentence.editor import SentenceEdit
from lstm_viz.app.pages.sentence.empty import EmptyState
from lstm_viz.app.pages.sentence.input_chooser import InputChooser
from lstm_viz.app.pages.sentence.results import Results
from lstm_viz.app.pages.sentence.side import SidePanels
from lstm_viz.app.pages.sentence.status_line import StatusLine
from lstm_viz.app.pages.sentence.stopwatch import Stopwatch
from lstm_viz.app.pages.sentence.transport import Player, Transport
from lstm_viz.app.pages.sentence.writing import Writer, WritingBar
from lstm_viz.app.pages.sources import reading_source
from lstm_viz.app.panels.arithmetic.arithmetic_panel import ArithmeticPanel
from lstm_viz.app.panels.comparison.comparison_bar import ComparisonBar
from lstm_viz.app.panels.comparison.comparison_model import ComparisonModel
from lstm_viz.app.panels.comparison.comparison_row import SPACING, ComparisonRow
from lstm_viz.app.panels.edits.actions import EditActions
from lstm_viz.app.panels.edits.editing import Editing
from lstm_viz.app.panels.heatmaps.matrix import Matrix
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.widgets.buttons import FoldButton
from lstm_viz.app.widgets.labels import part_name
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.panel import Source
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.app.widgets.scrolled import Scrolled
from lstm_viz.messages import Failure, Reading

#: The largest overlap of the arithmetic panel with the gap between the halves of the page, in pixels.
_OVERLAP = 6
_LEAST_MATRIX = 180
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class SentencePage(Page):
    """The page with the editor of the sentence and the panels of its reading."""

    def __init__(self, state: State, stopwatch: Stopwatch, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setAccessibleName(self.tr("Sentence page"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # so that the arrow keys step after a click on a word
        self.comparison_model = ComparisonModel(state, self)
        self.player = Player(state, self)
        self.editing = Editing(state, self)
        # each widget is created where it stays: a change of parent polishes all that is in it anew
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.left, self.right = QWidget(self.splitter), QSplitter(Qt.Orientation.Vertical, self.splitter)
        left, right = self.left, self.right
        self.matrix_or_empty = QStackedWidget(left)
        self.matrix_area = Scrolled(self.matrix_or_empty, _LEAST_MATRIX)
        self.editor = SentenceEdit(state, self.editing.undo_stack, left)
        self.input_chooser = InputChooser(state, left)
        self.writer = Writer(state, self.editor, self)
        self.writing_bar = WritingBar(state, self.writer, left)
        self.comparison_row = ComparisonRow(state, runs, left)
        self.letter = PlainLabel(self.tr("A"), left)
        self.comparison_bar = ComparisonBar(state, self.comparison_model, left)
        self.status_line = StatusLine(state, left)
        self.choosers = Choosers(state, self.status_line, left)
        self.matrix = Matrix(state, self.comparison_model, self.matrix_area.viewport(), left)
        self.empty = EmptyState(state, self.matrix_or_empty)
        self.inputs_button = FoldButton(left)
        self.inputs_button.hide()
        self.all_button = QPushButton(self.tr("‹ All quantities"), left)
        self.all_button.setObjectName("link")
        set_tip(self.all_button, self.tr("Show the heatmaps of all quantities again"))
        self.all_button.hide()
        self.transport = Transport(state, self.player, left)
        self.badge = Badge(state, stopwatch, left)
        self.side = SidePanels(state, right)
        self.step_panel = self.side.step_panel
        self.edit_actions = EditActions(state, self.editing, self)
        self.results = Results(state, self.edit_actions, right)
        self.scores, self.table = self.results.scores, self.results.table
        self._lay_out()
        self.arithmetic = ArithmeticPanel(state, self, self._column_in_page)
        self._connect()

    def _lay_out(self) -> None:
        self.matrix_area.show_widget(self.matrix)
        self.matrix_or_empty.addWidget(self.matrix_area)
        self.matrix_or_empty.addWidget(self.empty)
        self.matrix_or_empty.setCurrentWidget(self.empty)  # until there is a reading
        column = QVBoxLayout(self.left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addLayout(self._editor_row())
        column.addWidget(self.writing_bar)
        column.addWidget(self.comparison_row)
        column.addWidget(self.choosers)
        column.addWidget(self.comparison_bar)
        column.addWidget(self.matrix_or_empty, 1)
        under = QHBoxLayout()
        under.addWidget(self.all_button)
        under.addWidget(self.inputs_button)
        under.addWidget(self.badge)
        under.addWidget(self.matrix.legend, 1)
        column.addLayout(under)
        column.addWidget(self.transport)
        right = self.right
        right.addWidget(self.side)
        right.addWidget(self.results)
        right.setStretchFactor(0, 3)
        right.setStretchFactor(1, 1)
        right.setSizes([710, 215])
        right.setHandleWidth(8)
        right.setChildrenCollapsible(False)
        self.splitters = {"columns": self.splitter, "rows": right}
        self.splitter.addWidget(self.left)
        self.splitter.addWidget(right)
        self.splitter.setStretchFactor(0, 60)
        self.splitter.setStretchFactor(1, 40)
        self.splitter.setSizes([600, 400])
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 14, 6)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        state = self._state
        for button in self.findChildren(QAbstractButton):
            if button.window() is self.window():
                button.installEventFilter(self)
        # A shortcut, which a text that is edited overrides, and a button that has the focus does not.
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self)
        space.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        space.activated.connect(self.player.toggle)
        self.inputs_button.toggled.connect(lambda on: state.change(inputs_shown=on))
        self.all_button.clicked.connect(lambda: state.change(alone=""))
        self.side.unit_off_requested.connect(self.edit_actions.unit_off)
        self.edit_actions.tokens.refused.connect(self.status_line.show_message)
        self.edit_actions.listen(self.matrix, self.step_panel)
        for widget in (self.left, self.matrix):
            widget.installEventFilter(self)
        self.scores.follow(self.comparison_model)
        self.side.follow(self.comparison_model)
        self.comparison_row.left.connect(self.editor.setFocus)
        self.status_line.acted.connect(self.editor.setFocus)
        self.editor.kept.connect(self._keep)
        self.editor.shortened.connect(self.status_line.shortened)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        state.error_changed.connect(self._error_changed)
        self._selection_changed(state.selection, state.selection)

    def _editor_row(self) -> QHBoxLayout:
        """Return the row of the sentence, preceded by its letter during a comparison."""
        self.letter.setFont(text_font(15, bold=True))
        self.letter.setContentsMargins(4, 0, 0, 0)
        self.letter.setFixedWidth(4 + self.comparison_row.letter.width())  # aligned with the other's
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.letter)
        row.addWidget(self.editor)
        row.addWidget(self.input_chooser)
        return row

    def _reading_changed(self, reading: Reading) -> None:
        self.matrix_or_empty.setCurrentWidget(self.matrix_area if reading.view else self.empty)
        self.inputs_button.setVisible(reading.view is not None)
        self.editor.setVisible(not reading.model.inputs)
        self.input_chooser.setVisible(bool(reading.model.inputs))
        self._name_inputs()
        self._offer_all()

    def _error_changed(self, error: Failure | None) -> None:
        """Hide the panels on an error: their numbers would be those of another sentence or model."""
        for panel in (self.right, self.transport, self.badge, self.inputs_button):
            panel.setVisible(error is None)
        self._offer_all()
        self.empty.show_error(error)
        if error is not None:
            self.matrix_or_empty.setCurrentWidget(self.empty)

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        self.inputs_button.setChecked(new.inputs_shown)
        self.letter.setVisible(new.compared_with is not None)
        self._name_inputs()
        self._offer_all()

    def _offer_all(self) -> None:
        """Show the way back to all quantities while one is shown alone."""
        view = self._state.reading.view if self._state.reading and self._state.error is None else None
        self.all_button.setVisible(view is not None and self._state.selection.alone in view.module.kind)

    def _name_inputs(self) -> None:
        view = self._state.reading.view if self._state.reading else None
        parts = ", ".join(f"{part_name(name)}: {size}" for name, size in view.parts) if view else ""
        text = f"{self.tr('xₜ, the input of the step')}  ({parts})"
        self.inputs_button.show_text(text, unfolded=self._state.selection.inputs_shown)

    def source(self) -> Source:
        return reading_source(self._state.reading, self.comparison_model.comparison)

    def shutdown(self) -> None:
        self.player.pause()
        self.writer.stop()
        self.editing.cancel()

    def _make_room(self, *_: object) -> None:
        """Place the arithmetic panel over the heatmaps: there it covers none of its own numbers."""
        matrix, left = self.matrix_or_empty, self.left.mapTo(self, QPoint())
        top = matrix.mapTo(self, QPoint()).y() + self.matrix.chips.geometry().bottom() + 1
        room = QRect(left.x(), top, self.left.width() + _OVERLAP, self.left.height() + left.y() - top)
        self.arithmetic.set_room(room)

    def _column_in_page(self) -> QRect:
        """Return the rectangle of the playhead's column."""
        column = self.matrix.columns.strip(self._state.column, self.matrix.height())
        return column.translated(self.matrix.mapTo(self, QPoint()))

    def compare(self) -> None:
        """Start or end a comparison with another reading."""
        if self._state.selection.compared_with is None:
            self.comparison_row.open_comparison()
        else:
            self.comparison_row.close_comparison()

    def edit_sentence(self) -> None:
        """Select the whole sentence in its editor, or focus the chooser that is in its place."""
        if self._has_inputs:
            self.input_chooser.setFocus()
            return
        self.editor.setFocus()
        self.editor.selectAll()

    @property
    def _has_inputs(self) -> bool:
        """Whether the model was given its inputs, and no text is typed."""
        return self._state.reading is not None and bool(self._state.reading.model.inputs)

    def _keep(self) -> None:
        """Handle Enter: the sentence becomes the previous one, and typing replaces it."""
        self._state.keep_sentence()
        self.status_line.kept()
        self.editor.selectAll()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Step with the arrow keys on a button too, which would only move the focus."""
        if event.type() == QEvent.Type.Resize:
            self._make_room()
        return isinstance(event, QKeyEvent) and (
            event.type() == QEvent.Type.KeyPress and event.key() in _ARROWS and self.take_key(event)
        )

    def take_key(self, event: QKeyEvent) -> bool:
        keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: self._state.step_by(-1),
            Qt.Key.Key_Right: lambda: self._state.step_by(1),
            Qt.Key.Key_Home: lambda: self._state.go_to(0),
            Qt.Key.Key_End: lambda: self._state.go_to(self._state.length - 1),
            Qt.Key.Key_Return: self._activate_focused,
            Qt.Key.Key_Enter: self._activate_focused,
            Qt.Key.Key_Up: lambda: self.follow(-1),
            Qt.Key.Key_Down: lambda: self.follow(1),
            Qt.Key.Key_Escape: self._escape,
        }
        if self._has_inputs:
            keys[Qt.Key.Key_PageUp] = lambda: self.input_chooser.step_by(-1)
            keys[Qt.Key.Key_PageDown] = lambda: self.input_chooser.step_by(1)
        if self._state.selection.opened is not None:
            keys[Qt.Key.Key_Backspace] = self.arithmetic.go_back
        action = keys.get(event.key())
        if action is not None:
            action()
        return action is not None

    def _activate_focused(self) -> None:
        """Click the focused button or open the focused chooser, as Space does elsewhere."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        elif isinstance(focused, QComboBox):
            focused.showPopup()

    def _escape(self) -> None:
        """Stop writing on, or close the arithmetic panel if it is open, else take the focus."""
        if self.writer.is_writing:
            self.writer.stop()
        elif self._state.selection.opened is not None:
            self.arithmetic.close_panel()
        else:
            self.setFocus()

    def follow(self, by: int) -> None:
        """Select the next or previous unit."""
        view = self._state.reading.view if self._state.reading else None
        if view is not None:
            unit = -1 if self._state.selection.unit is None else self._state.selection.unit
            self._state.change(unit=max(0, min(unit + by, view.module.hidden_size - 1)))
