"""The menu bar and the shortcuts, made from the table of commands."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from lstm_viz.app.pages.registry import entry_of
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.commands import Command, Commands
from lstm_viz.app.shell.content import Content
from lstm_viz.app.shell.files.opener import FileOpener
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.state import State
from lstm_viz.app.widgets.plain_text import no_mnemonic


class Menus(QObject):
    """Fills a window's menu bar.

    Attributes
    ----------
    commands : Commands
    actions : dict of str to QAction
        The menu entry of each command, by its id, which is also its object name.
    """

    def __init__(
        self,
        window: QMainWindow,
        state: State,
        content: Content,
        themes: ThemeKeeper,
        opener: FileOpener,
    ) -> None:
        super().__init__(window)
        self._state, self._stack = state, content.page.editing.undo_stack
        self.commands = Commands(window, state, content, themes, opener)
        self.actions: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for title, commands in self.commands.menus:
            menu = window.menuBar().addMenu(title)
            for command in commands:
                self._add(menu, command)
            menu.aboutToShow.connect(partial(self._show_enabled, commands))
            menu.aboutToHide.connect(partial(self._enable, commands))
        self._follow_undo_stack()
        state.training_changed.connect(self._training_changed)
        state.selection_changed.connect(self._check)
        themes.changed.connect(self._check)
        self._give_keys()
        self._check()

    def _add(self, menu: QMenu, command: Command | None) -> None:
        if command is None:
            menu.addSeparator()
        elif command.fill is not None:
            below = menu.addMenu(command.text)
            below.aboutToShow.connect(partial(command.fill, below))
            self.actions[command.id] = below.menuAction()
        else:
            self._add_action(menu, command)

    def _add_action(self, menu: QMenu, command: Command) -> None:
        action = menu.addAction(f"{command.text}\t{command.hint}" if command.hint else command.text)
        action.setObjectName(command.id)
        action.setShortcuts(_sequences(command))
        action.setAutoRepeat(command.repeats)
        action.setCheckable(command.checked is not None)
        if command.group:
            self._groups.setdefault(command.group, QActionGroup(self)).addAction(action)
        action.triggered.connect(partial(self._run, command.id))
        self.actions[command.id] = action

    def _run(self, name: str, _checked: bool = False) -> None:
        self.commands.run(name)
        self._check()  # Qt has switched the entry already, also where nothing has changed

    def _check(self, *_: object) -> None:
        """Check the entries of what is switched on."""
        for command in self.commands.table.values():
            if command.checked is not None:
                self.actions[command.id].setChecked(command.checked())

    def _show_enabled(self, commands: tuple[Command | None, ...]) -> None:
        """Disable the entries of commands without anything to act on."""
        for command in commands:
            if command is not None and command.enabled is not None:
                self.actions[command.id].setEnabled(command.enabled())

    def _enable(self, commands: tuple[Command | None, ...]) -> None:
        """Enable the entries again: Qt ignores the keys of a disabled one."""
        for command in commands:
            if command is not None and command.enabled is not None:
                self.actions[command.id].setEnabled(True)

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.page != old.page:
            self._give_keys()
            self._check()

    def _give_keys(self) -> None:
        """Assign the shortcuts that belong to a page: undo is of edits on one, of deleted runs on another."""
        page = entry_of(self._state.training.page).name
        for command in self.commands.table.values():
            if command.on:
                self.actions[command.id].setShortcuts(_sequences(command) if command.on == page else [])

    # ------------------------------------------------------------ undo and redo

    def _follow_undo_stack(self) -> None:
        """Name what is undone and redone; text fields have an undo of their own and handle its keys first."""
        stack = self._stack
        undo, redo = self.actions["edit.undo"], self.actions["edit.redo"]
        stack.canUndoChanged.connect(undo.setEnabled)
        stack.canRedoChanged.connect(redo.setEnabled)
        stack.undoTextChanged.connect(self._name_undo)
        stack.redoTextChanged.connect(self._name_redo)
        undo.setEnabled(stack.canUndo())
        redo.setEnabled(stack.canRedo())
        self._name_undo(stack.undoText())
        self._name_redo(stack.redoText())

    def _name_undo(self, text: str) -> None:
        self._name("edit.undo", text)

    def _name_redo(self, text: str) -> None:
        self._name("edit.redo", text)

    def _name(self, name: str, text: str) -> None:
        """Name the edit that is undone; Qt's own action would take an ampersand in it for a mnemonic."""
        command = self.commands.table[name]
        self.actions[name].setText(f"{command.text} {no_mnemonic(text)}".rstrip())


def _sequences(command: Command) -> list[QKeySequence]:
    return [QKeySequence(key) for key in command.keys]
