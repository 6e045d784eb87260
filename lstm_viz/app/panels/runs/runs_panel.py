"""The panel with the list of runs: select, compare, rename, delete, open."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.runs.deleting import ask_to_delete
from lstm_viz.app.panels.runs.differences import Differences
from lstm_viz.app.panels.runs.run_line import RunLine, entry_of, line_of, lines_of
from lstm_viz.app.panels.runs.run_list import RunDelegate, RunModel, RunView
from lstm_viz.app.runs.folder_reads import LIMIT_SECONDS, within
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.files.errors import reason_of
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.uris import of_run


class RunsPanel(QWidget):
    """Lists `Runs.entries`.

    Signals
    -------
    notice_requested(text, button, action)
        A message to show, and a button for it.
    report_requested()
        The report of the current run is to be saved.
    settings_taken()
        The settings of a run were copied to the next run.
    """

    notice_requested = Signal(str, str, object)
    report_requested = Signal()
    settings_taken = Signal()

    def __init__(self, state: State, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs
        self._deleted: list[tuple[Path, bool]] = []
        frame(self)
        self.compare = self._link(
            self.tr("compare…"),
            self.tr(
                "The settings in which the runs differ (Ctrl+D).\n"
                "Click a run's dot, or Ctrl-click the run, to overlay it."
            ),
        )
        self.open_button = self._link(
            self.tr("+ open a run folder…"), self.tr("Open a run outside the library (Ctrl+Shift+O)")
        )
        self.model, self.view = RunModel(self), RunView(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(RunDelegate(state, self.view))
        self.view.setAccessibleName(self.tr("Runs"))
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.empty = PlainLabel(self.tr("Runs appear here as soon as you train one."), self)
        self.empty.setObjectName("muted")
        self.empty.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._current_changed()

    def _link(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName("link")
        set_tip(button, tip)
        return button

    def _lay_out(self) -> None:
        title = PlainLabel(self.tr("Runs"), self)
        title.setObjectName("title")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.compare)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 14, 9)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.empty)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)

    def _connect(self) -> None:
        self.view.line_picked.connect(self.pick)
        self.view.line_toggled.connect(self._toggle)
        self.view.delete_requested.connect(lambda row: self.ask_to_delete(self.model.lines[row]))
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.model.renamed.connect(self._rename)
        self.model.toggled.connect(self._runs.compare)
        self.compare.clicked.connect(self.show_differences)
        self.open_button.clicked.connect(self.open_folder)
        self._runs.entries_changed.connect(self._draw)
        self._runs.current_changed.connect(self._current_changed)
        self._runs.grown.connect(self._grown)
        self._state.training_changed.connect(
            lambda new, old: self._compared_changed(new.compared != old.compared)
        )
        self._state.theme_changed.connect(lambda _: self._draw())

    # ------------------------------------------------------------ user actions

    def pick(self, row: int) -> None:
        """Select a run."""
        if row < 0:
            return  # it disappeared while its menu was open
        line = self.model.lines[row]
        if not line.readable:
            self.notice_requested.emit(line.about, "", _nothing)
            return
        self._state.pick_model(of_run(line.path))
        self._runs.compare(line.path, on=False)

    def _toggle(self, row: int) -> None:
        line = self.model.lines[row]
        if line.readable and not line.current:
            self._runs.compare(line.path, on=not line.colour)

    def _rename(self, path: Path, name: str) -> None:
        self._try(lambda: self._runs.rename(path, name), self.tr("The run could not be renamed: %1."))

    def ask_to_delete(self, line: RunLine) -> None:
        """Delete a run after a confirmation; it can be restored until the program ends."""
        if line.path in self._runs.begun or within(LIMIT_SECONDS, RunFolder(line.path).is_written, False):
            text = self.tr("“%1” is being trained: stop it first.")
            self.notice_requested.emit(text.replace("%1", shown_text(line.name)), "", _nothing)
            return
        ask_to_delete(self, line.name, lambda: self.delete(line.path, line.name))

    def delete(self, path: Path, name: str) -> None:
        """Move a run to the trash, and offer to undo it."""
        current = self._runs.current is not None and self._runs.current.path == path
        try:
            trashed = self._runs.delete(path)
        except OSError as error:
            self._report(self.tr("The run could not be deleted: %1."), error)
            return
        self._deleted.append((trashed, current))
        if current:
            self._state.pick_model(Selection().model)
        text = self.tr("“%1” was deleted.").replace("%1", shown_text(name))
        self.notice_requested.emit(text, self.tr("Undo"), self.undo)

    @property
    def can_undo(self) -> bool:
        """Whether a run was deleted that can be restored."""
        return bool(self._deleted)

    def undo(self) -> None:
        """Restore the run that was deleted last."""
        if not self._deleted:
            self.notice_requested.emit(self.tr("No run was deleted since the program started."), "", _nothing)
            return
        trashed, current = self._deleted[-1]
        try:
            path = self._runs.restore(trashed)
        except OSError as error:
            self._report(self.tr("The run could not be restored: %1."), error)
            return
        self._deleted.pop()
        self.notice_requested.emit("", "", _nothing)
        if current:
            self._state.pick_model(of_run(path))

    def open_folder(self) -> None:
        """Open a dialog for a run folder outside the library."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Open a run folder"))
        if name:
            self.open_run(Path(name))

    def open_run(self, path: Path) -> None:
        """Add a run folder to the list and select it; an error is shown as a notice."""
        try:
            self._runs.open_external(path)
        except RunError as error:
            self.notice_requested.emit(shown_text(error_text(error)), "", _nothing)
            return
        self._state.pick_model(of_run(path))

    def show_differences(self) -> None:
        """Open the table of the settings in which the current and the compared runs differ."""
        dialog = Differences(self._state, self._runs, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    # ------------------------------------------------------------ the menu of a line

    def _open_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        index = index if index.isValid() else self.view.currentIndex()  # opened with the menu key
        if index.isValid():
            menu = self.menu_of(index)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.view.viewport().mapToGlobal(place))

    def menu_of(self, index: QModelIndex) -> QMenu:
        """Return the context menu of a line."""
        line, menu = self.model.lines[index.row()], QMenu(self)
        if line.readable:
            _add(menu, self.tr("Show"), lambda: self.pick(self.model.row_of(line.path)), "Return")
            if not line.current:
                words = self.tr("Remove the overlay") if line.colour else self.tr("Overlay")
                _add(menu, words, lambda: self._runs.compare(line.path, on=not line.colour), "Space")
            _add(menu, self.tr("Use these settings"), lambda: self._use_settings(line.path))
            _add(menu, self.tr("Rename"), lambda: self._edit_name(line.path), "F2")
            if line.current:
                _add(menu, self.tr("Report…"), self.report_requested.emit)
            menu.addSeparator()
        _add(menu, self.tr("Open its folder"), lambda: self._open_in_files(line.path))
        if str(line.path) in self._state.training.external:
            _add(menu, self.tr("Remove from the list"), lambda: self._runs.close_external(line.path))
        _add(menu, self.tr("Delete…"), lambda: self.ask_to_delete(line), "Del")
        return menu

    def _edit_name(self, path: Path) -> None:
        self.view.edit(self.model.index(self.model.row_of(path)))

    def _use_settings(self, path: Path) -> None:
        entry = entry_of(self._runs, path)
        if entry is not None and entry.run is not None and entry.run.settings is not None:
            self._state.change_training(next=entry.run.settings)
            self.settings_taken.emit()

    def _open_in_files(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.notice_requested.emit(
                self.tr("The folder is %1").replace("%1", shown_text(str(path))), "", _nothing
            )

    def _try(self, action: Callable[[], object], message: str) -> None:
        try:
            action()
        except OSError as error:
            self._report(message, error)

    def _report(self, message: str, error: OSError) -> None:
        self.notice_requested.emit(put(message, reason_of(error)), "", _nothing)

    # ------------------------------------------------------------ drawing

    def _grown(self, data: RunData) -> None:
        """Update only the line of this run: there may be thirty updates a second, and many runs."""
        entry, row = entry_of(self._runs, data.path), self.model.row_of(data.path)
        if entry is not None and row >= 0:
            lines = list(self.model.lines)
            lines[row] = line_of(entry, self._runs, self._state.theme)
            self.model.set_lines(lines)

    def _compared_changed(self, changed: bool) -> None:
        if changed:
            self._draw()

    def _current_changed(self) -> None:
        """Scroll to the line of the selected run."""
        self._draw()
        row = self.model.row_of(self._runs.current.path) if self._runs.current else -1
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
            self.view.scrollTo(self.model.index(row))

    def _draw(self) -> None:
        lines = lines_of(self._runs, self._state.theme)
        chosen = self.view.currentIndex().row()
        before = self.model.lines[chosen].path if 0 <= chosen < len(self.model.lines) else None
        self.model.set_lines(lines)
        if before is not None and self.view.currentIndex().row() < 0:
            self.view.setCurrentIndex(self.model.index(self.model.row_of(before)))
        error = shown_text(self._runs.library_error)
        self.empty.setText(error or self.tr("Runs appear here as soon as you train one."))
        self.empty.setVisible(bool(error) or not lines)
        self.view.setVisible(bool(lines))
        self.compare.setEnabled(bool(self._runs.compared) and self._runs.current is not None)


def _add(menu: QMenu, text: str, slot: Callable[[], object], key: str = "") -> QAction:
    """Add an action; its key is only shown, since the list itself handles it."""
    name = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) if key else ""
    action = menu.addAction(f"{text}\t{name}" if name else text)
    action.triggered.connect(lambda _checked=False: slot())
    return action


def _nothing() -> None:
    pass
