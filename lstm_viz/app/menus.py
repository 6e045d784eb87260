"""The menus: all actions and their shortcuts."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QMenu, QWhatsThis

from lstm_viz.app.content import Content
from lstm_viz.app.labels import quantity_name
from lstm_viz.app.painting import shown_text
from lstm_viz.app.plain_text import message_box, no_mnemonic
from lstm_viz.app.settings import ThemeChoice
from lstm_viz.app.state import Panel, Selection, State
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.version import __version__

if TYPE_CHECKING:
    from lstm_viz.app.training.page import TrainingPage

Action = Callable[[], object]


class Menus(QObject):
    """Fills a window's menu bar.

    The step keys (← → Home End Space ↑ ↓) are handled by the page, since text fields and sliders use them
    too; the menu only names them.
    """

    def __init__(self, window: QMainWindow, state: State, content: Content, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._state, self._page, self._themes = window, state, content.page, themes
        self._content = content
        self._fill_file(window.menuBar().addMenu(self.tr("&File")), content.save_picture)
        self._fill_edit(window.menuBar().addMenu(self.tr("&Edit")))
        self._fill_step(window.menuBar().addMenu(self.tr("&Step")))
        self._fill_training(window.menuBar().addMenu(self.tr("&Training")))
        self._fill_view(window.menuBar().addMenu(self.tr("&View")))
        self._fill_help(window.menuBar().addMenu(self.tr("&Help")))
        state.training_changed.connect(self._give_keys)
        self._give_keys()

    def _fill_file(self, menu: QMenu, save: Action) -> None:
        _add(menu, self.tr("&Save a picture…"), save, "Ctrl+S")
        menu.addSeparator()
        _add(menu, self.tr("&Quit"), self._window.close, "Ctrl+Q")

    def _fill_edit(self, menu: QMenu) -> None:
        """Add the edits; text fields have an undo of their own and handle its keys first."""
        edit_actions, stack = self._page.edit_actions, self._page.editing.undo_stack
        self._undo, self._redo = _add(menu, "", stack.undo), _add(menu, "", stack.redo)
        stack.canUndoChanged.connect(self._undo.setEnabled)
        stack.canRedoChanged.connect(self._redo.setEnabled)
        stack.undoTextChanged.connect(self._name_undo)
        stack.redoTextChanged.connect(self._name_redo)
        self._undo.setEnabled(stack.canUndo())
        self._redo.setEnabled(stack.canRedo())
        self._name_undo(stack.undoText())
        self._name_redo(stack.redoText())
        menu.addSeparator()
        _add(menu, self.tr("Edit the &sentence"), self._edit, "Ctrl+L")
        _add(menu, self.tr("&Copy the table"), self._page.table.copy, "Ctrl+Shift+C")
        menu.addSeparator()

        def edit_action(text: str, action: Action, key: str) -> None:
            _add(menu, text, lambda: self._on_sentence(action), key)

        edit_action(self.tr("&Join with the next word"), edit_actions.cut.join, "Ctrl+J")
        edit_action(self.tr("Edit &tokens…"), edit_actions.cut.edit, "Ctrl+Shift+J")
        menu.addSeparator()
        edit_action(self.tr("Set a &value by hand…"), edit_actions.set_value, "Ctrl+E")
        edit_action(self.tr("S&wap in another state…"), edit_actions.swap_state, "Ctrl+Shift+E")
        edit_action(self.tr("Switch the unit &off"), edit_actions.unit_off, "Ctrl+U")
        edit_action(self.tr("Reset &all edits"), edit_actions.reset, "Ctrl+Shift+R")

    def _name_undo(self, text: str) -> None:
        """Name the command to undo; Qt's own action would take an ampersand in it for a mnemonic."""
        self._undo.setText(f"{self.tr('&Undo')} {no_mnemonic(text)}".rstrip())

    def _name_redo(self, text: str) -> None:
        self._redo.setText(f"{self.tr('&Redo')} {no_mnemonic(text)}".rstrip())

    def _give_keys(self) -> None:
        """Assign the undo and redo shortcuts to the current page: to edits, or to deleted runs."""
        training = self._state.training.shown
        undo, redo = ["Ctrl+Z"], ["Ctrl+Shift+Z", "Ctrl+Y"]
        self._undo.setShortcuts([] if training else list(map(QKeySequence, undo)))
        self._redo.setShortcuts([] if training else list(map(QKeySequence, redo)))
        self._take_back.setShortcuts(list(map(QKeySequence, undo)) if training else [])

    def _on_sentence(self, action: Action) -> None:
        """Show the Sentence page and trigger ``action``."""
        self._state.change_training(shown=False)
        action()

    def _fill_step(self, menu: QMenu) -> None:
        player = self._page.player
        _add(menu, self.tr("&First step") + "\tHome", player.first)
        _add(menu, self.tr("Step &back") + "\t←", player.back)
        _add(menu, self.tr("Step forwar&d") + "\t→", player.forward)
        _add(menu, self.tr("&Last step") + "\tEnd", player.last)
        _add(menu, self.tr("&Play or pause") + "\t" + self.tr("Space"), player.toggle)
        menu.addSeparator()
        _add(
            menu,
            self.tr("Previous &word"),
            lambda: self._state.word_to(self._state.selection.step - 1),
            "Alt+Left",
        )
        _add(
            menu,
            self.tr("Next w&ord"),
            lambda: self._state.word_to(self._state.selection.step + 1),
            "Alt+Right",
        )
        menu.addSeparator()
        _add(menu, self.tr("Unit &above") + "\t↑", lambda: self._page.follow(-1))
        _add(menu, self.tr("&Unit below") + "\t↓", lambda: self._page.follow(1))
        _add(menu, self.tr("&Mean of all units"), lambda: self._state.change(unit=None), "Ctrl+M")

    def _fill_training(self, menu: QMenu) -> None:
        """Add the actions; each shows the page, and does nothing if the page's button is disabled."""

        def on_page(text: str, action: Callable[["TrainingPage"], object], key: str = "") -> QAction:
            return _add(menu, text, lambda: action(self._training()), key)

        on_page(self.tr("&Train, pause or continue"), lambda page: page.control.go.click(), "F5")
        on_page(self.tr("One &step"), lambda page: page.control.one_step.click(), "F6")
        on_page(self.tr("One &epoch"), lambda page: page.control.one_epoch.click(), "F7")
        on_page(self.tr("Sto&p"), lambda page: _press(page.control.stop), "F8")
        on_page(self.tr("&Resume"), lambda page: _press(page.control.resume), "F9")
        menu.addSeparator()
        on_page(self.tr("Open a &corpus…"), lambda page: page.form.open_corpus(), "Ctrl+O")
        on_page(self.tr("Open a run &folder…"), lambda page: page.runs_panel.open_folder(), "Ctrl+Shift+O")
        on_page(self.tr("Co&mpare the settings…"), lambda page: page.runs_panel.show_differences(), "Ctrl+D")
        self._take_back = on_page(self.tr("Take &back the deleted run"), lambda page: page.runs_panel.undo())
        on_page(self.tr("Rep&ort of the run…"), lambda page: page.save_report(), "Ctrl+Shift+S")

    def _training(self) -> "TrainingPage":
        self._state.change_training(shown=True)
        return self._content.training_page()

    def _fill_view(self, menu: QMenu) -> None:
        _add(menu, self.tr("Se&ntence"), lambda: self._state.change_training(shown=False), "Ctrl+1")
        _add(menu, self.tr("&Training"), lambda: self._state.change_training(shown=True), "Ctrl+2")
        menu.addSeparator()
        self._fill_panels(menu)
        menu.addSeparator()
        names: dict[ThemeChoice, str] = {
            "system": self.tr("As the &system"),
            "dark": self.tr("&Dark"),
            "light": self.tr("&Light"),
        }
        group = QActionGroup(self)
        for choice, name in names.items():
            action = _add(menu, name, partial(self._themes.choose, choice))
            action.setCheckable(True)
            action.setChecked(choice == self._themes.choice)
            group.addAction(action)
        menu.addSeparator()
        inputs = _add_switch(
            menu, self.tr("The step's &input x"), lambda on: self._state.change(inputs_shown=on), "Ctrl+I"
        )
        carry = _add_switch(
            menu, self.tr("&Carry the state on"), lambda on: self._state.change(carry=on), "Ctrl+K"
        )
        alone = menu.addMenu(self.tr("One &quantity alone"))
        alone.aboutToShow.connect(lambda: self._fill_alone(alone))
        motion = _add_switch(menu, self.tr("&Animate steps"), lambda on: self._state.change(motion=on))

        def selection_changed(new: Selection, old: Selection) -> None:
            inputs.setChecked(new.inputs_shown)
            carry.setChecked(new.carry)
            motion.setChecked(new.motion)

        self._state.selection_changed.connect(selection_changed)
        selection_changed(self._state.selection, self._state.selection)

    def _fill_panels(self, menu: QMenu) -> None:
        """Add the panels beside the heatmaps, and the comparison."""
        names: dict[Panel, str] = {
            "cell": self.tr("The c&ell at the step"),
            "memory": self.tr("Where the &memory comes from"),
            "words": self.tr("What the &words gave to the tag"),
            "units": self.tr("Which &units the tag stands on"),
        }
        group = QActionGroup(self)
        actions: dict[Panel, QAction] = {}
        for place, (panel, name) in enumerate(names.items(), 1):
            show = partial(self._state.change, panel=panel)
            action = _add(menu, name, partial(self._on_sentence, show), f"Alt+{place}")
            action.setCheckable(True)
            actions[panel] = group.addAction(action)
        menu.addSeparator()
        compare = _add(
            menu, self.tr("Com&pare with…"), lambda: self._on_sentence(self._page.compare), "Ctrl+B"
        )
        compare.setCheckable(True)

        def selection_changed(new: Selection, old: Selection) -> None:
            actions[new.panel].setChecked(True)
            compare.setChecked(new.beside is not None)

        self._state.selection_changed.connect(selection_changed)
        selection_changed(self._state.selection, self._state.selection)

    def _fill_alone(self, menu: QMenu) -> None:
        """Add the quantities of the selected cell; "all" is the default."""
        menu.clear()
        reading = self._state.reading
        view = reading.view if reading else None
        _add(menu, self.tr("&All"), lambda: self._state.change(alone=""))
        for name in view.module.kind.order if view else ():
            action = _add(menu, f"&{name}  {quantity_name(name)}", partial(self._state.change, alone=name))
            action.setCheckable(True)
            action.setChecked(self._state.selection.alone == name)

    def _fill_help(self, menu: QMenu) -> None:
        _add(menu, self.tr("&What's this?"), QWhatsThis.enterWhatsThisMode, "Shift+F1")
        _add(menu, self.tr("&About LSTM Viz"), self._about)

    def _edit(self) -> None:
        self._state.change_training(shown=False)
        self._page.editor.setFocus()
        self._page.editor.selectAll()

    def _about(self) -> None:
        about = self._state.reading.model.about if self._state.reading else ""
        text = self.tr(
            "LSTM Viz %1\n\nEvery number is recomputed from the net's own weights and checked against torch."
        )
        text = "\n\n".join(part for part in (text.replace("%1", __version__), shown_text(about)) if part)
        box = message_box(self._window, self.tr("About LSTM Viz"), text)
        box.open()


def _press(button: QAbstractButton) -> None:
    if button.isVisible():
        button.click()


def _add(menu: QMenu, text: str, slot: Action, key: str = "") -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: slot())
    if key:
        action.setShortcut(QKeySequence(key))
    return action


def _add_switch(menu: QMenu, text: str, slot: Callable[[bool], object], key: str = "") -> QAction:
    action = menu.addAction(text)
    action.setCheckable(True)
    action.toggled.connect(slot)
    if key:
        action.setShortcut(QKeySequence(key))
    return action
