"""The commands of the user: each has an id, of which its menu entry and shortcut are made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QMenu, QWhatsThis

from lstm_viz.app.pages.registry import PAGES, entry_of
from lstm_viz.app.selection.selection import Panel, SelectionChanges
from lstm_viz.app.shell.content import Content
from lstm_viz.app.shell.files.opener import FileOpener
from lstm_viz.app.shell.settings import ThemeChoice
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.app.widgets.plain_text import message_box
from lstm_viz.version import __version__

if TYPE_CHECKING:
    from lstm_viz.app.pages.training.page import TrainingPage

#: The fields of the selection that a command switches on and off.
_Switched = Literal["inputs_shown", "carry", "motion"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the user.

    Attributes
    ----------
    id : str
        Its name for other programs and for lessons: the menu, a dot, and what it does.
    text : str
        The text of its menu entry, with a mnemonic.
    run : callable
    keys : tuple of str
        Its shortcuts, as texts of `QKeySequence`.
    hint : str
        The key that the Sentence page handles for it, since text fields and sliders use it too.
    on : str
        The page that its shortcuts belong to; "" for all pages. While another page is shown they are free.
    page : str
        The page to show before it runs; "" to stay.
    checked : callable or None
        Whether it is checked now; None for a command that is not checkable.
    enabled : callable or None
        Whether it has something to act on now, which its menu shows; its keys always run it, and say why not.
    group : str
        The group of commands of which one is checked.
    repeats : bool
        Whether it runs again while its keys are held.
    fill : callable or None
        What fills the submenu that the menu entry opens, for a command that is one.
    """

    id: str
    text: str
    run: Callable[[], object] = lambda: None
    keys: tuple[str, ...] = ()
    hint: str = ""
    on: str = ""
    page: str = ""
    checked: Callable[[], bool] | None = None
    enabled: Callable[[], bool] | None = None
    group: str = ""
    repeats: bool = True
    fill: Callable[[QMenu], object] | None = None


Menu = Iterator[Command | None]


class Commands(QObject):
    """All commands of a window.

    Attributes
    ----------
    menus : tuple of (str, tuple of Command or None)
        The title of each menu and its commands, with None for a separator.
    table : dict of str to Command
        The commands by their ids.
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
        self._window, self._state, self._content, self._themes = window, state, content, themes
        self._opener = opener
        self.menus = (
            (self.tr("&File"), tuple(self._file())),
            (self.tr("&Edit"), tuple(self._edit())),
            (self.tr("&Step"), tuple(self._step())),
            (self.tr("&Training"), tuple(self._training())),
            (self.tr("&View"), tuple(self._view())),
            (self.tr("&Help"), tuple(self._help())),
        )
        self.table = {command.id: command for _, menu in self.menus for command in menu if command}

    def run(self, name: str) -> None:
        """Run a command, by its id."""
        command = self.table[name]
        if command.page:
            self._state.show_page(command.page)
        command.run()

    # ------------------------------------------------------------ the table

    def _file(self) -> Menu:
        save, opener = self._content.save_picture, self._opener
        yield Command("file.open", self.tr("&Open…"), opener.ask, ("Ctrl+O",), repeats=False)
        yield Command("file.recent", self.tr("Open &recent"), fill=self._fill_recent)
        notes = self.tr("&Notes on the model…")
        yield Command("file.notes", notes, opener.edit_notes, repeats=False)
        yield None
        yield Command("file.save_picture", self.tr("&Save a picture…"), save, ("Ctrl+S",))
        yield None
        yield Command("file.quit", self.tr("&Quit"), self._window.close, ("Ctrl+Q",))

    def _fill_recent(self, menu: QMenu) -> None:
        self._opener.recent.fill(menu, lambda path: self._opener.open([path]))

    def _edit(self) -> Menu:
        page = self._content.page
        edits, stack = page.edit_actions, page.editing.undo_stack

        def on_page(
            name: str,
            text: str,
            run: Callable[[], object],
            key: str,
            enabled: Callable[[], bool] | None = None,
        ) -> Command:
            return Command(name, text, run, (key,), page="sentence", enabled=enabled)

        yield Command("edit.undo", self.tr("&Undo"), stack.undo, ("Ctrl+Z",), on="sentence")
        yield Command("edit.redo", self.tr("&Redo"), stack.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), on="sentence")
        yield None
        yield on_page("edit.sentence", self.tr("Edit the &sentence"), page.edit_sentence, "Ctrl+L")
        writer = page.writer
        yield on_page("edit.next_token", self.tr("&Write the next token"), writer.write_next, "Ctrl+Return")
        yield on_page("edit.write_on", self.tr("Write &on, or stop"), writer.toggle, "Ctrl+Shift+Return")
        yield Command("edit.copy_table", self.tr("&Copy the table"), page.table.copy, ("Ctrl+Shift+C",))
        yield None
        yield on_page("edit.join_words", self.tr("&Join with the next word"), edits.tokens.join, "Ctrl+J")
        yield on_page("edit.tokens", self.tr("Edit &tokens…"), edits.tokens.edit, "Ctrl+Shift+J")
        yield None
        yield on_page("edit.set_value", self.tr("Set a &value…"), edits.set_value, "Ctrl+E")
        yield on_page("edit.swap_state", self.tr("&Patch the state…"), edits.swap_state, "Ctrl+Shift+E")
        yield on_page("edit.unit_off", self.tr("A&blate the unit"), edits.unit_off, "Ctrl+U")
        reset, is_edited = self.tr("Reset &all edits"), lambda: bool(self._state.selection.edits)
        yield on_page("edit.reset", reset, edits.reset, "Ctrl+Shift+R", is_edited)

    def _step(self) -> Menu:
        page, change = self._content.page, self._state.change
        player, previous, following = page.player, partial(self._word, -1), partial(self._word, 1)
        go_to, step_by = self._state.go_to, self._state.step_by

        def moves(key: str) -> str:
            return self.tr("%1 (in a text: the cursor)").replace("%1", key)

        first, last = partial(go_to, 0), lambda: go_to(self._state.length - 1)
        space = self.tr("%1 (not in a text)").replace("%1", self.tr("Space"))
        yield Command("step.first", self.tr("&First column"), first, hint=moves(self.tr("Home")))
        yield Command("step.left", self.tr("Column to the &left"), partial(step_by, -1), hint=moves("←"))
        yield Command("step.right", self.tr("Column to the &right"), partial(step_by, 1), hint=moves("→"))
        yield Command("step.last", self.tr("La&st column"), last, hint=moves(self.tr("End")))
        yield Command("step.play", self.tr("&Play or pause"), player.toggle, hint=space)
        yield None
        yield Command("step.previous_word", self.tr("Previous &word"), previous, ("Alt+Left",))
        yield Command("step.next_word", self.tr("Next w&ord"), following, ("Alt+Right",))
        yield None
        yield Command("step.unit_above", self.tr("Unit &above"), partial(page.follow, -1), hint="↑")
        yield Command("step.unit_below", self.tr("&Unit below"), partial(page.follow, 1), hint="↓")
        yield Command("step.mean", self.tr("&Mean of all units"), partial(change, unit=None), ("Ctrl+M",))

    def _word(self, by: int) -> None:
        self._state.word_to(self._state.selection.step + by)

    def _training(self) -> Menu:
        """Yield the commands of the Training page; they do nothing if the page's button is disabled.

        They start processes and open dialogs, and so do not repeat while their keys are held.
        """

        def on_page(
            name: str,
            text: str,
            run: Callable[["TrainingPage"], object],
            key: str,
            enabled: Callable[["TrainingPage"], bool] = lambda _: True,
            *,
            on: str = "",
        ) -> Command:
            return Command(
                name,
                text,
                lambda: run(self._training_page),
                (key,),
                on=on,
                page="training",
                enabled=lambda: enabled(self._training_page),
                repeats=False,
            )

        def button(
            name: str, text: str, of: Callable[["TrainingPage"], QAbstractButton], key: str
        ) -> Command:
            return on_page(name, text, lambda page: of(page).click(), key, lambda page: of(page).isEnabled())

        train = self.tr("&Train, pause, continue or resume")
        yield button("training.run", train, lambda page: page.control.go, "F5")
        yield button("training.step", self.tr("One &step"), lambda page: page.control.one_step, "F6")
        yield button("training.epoch", self.tr("One &epoch"), lambda page: page.control.one_epoch, "F7")
        yield button("training.stop", self.tr("Sto&p"), lambda page: page.control.stop, "F8")
        yield on_page(
            "training.resume",
            self.tr("&Resume"),
            lambda page: page.control.resume(),
            "F9",
            lambda page: page.control.can_resume,
        )
        yield on_page(
            "training.new_run", self.tr("Train a &new run"), lambda page: page.control.train(), "Ctrl+N"
        )
        yield None
        corpus, folder = self.tr("Open a &corpus…"), self.tr("Open a run &folder…")
        yield on_page("training.open_corpus", corpus, lambda page: page.form.open_corpus(), "Ctrl+Alt+O")
        yield on_page("training.open_run", folder, lambda page: page.runs_panel.open_folder(), "Ctrl+Shift+O")
        compare, back = self.tr("Co&mpare the settings…"), self.tr("Restore the &deleted run")
        yield on_page(
            "training.compare_settings", compare, lambda page: page.runs_panel.show_differences(), "Ctrl+D"
        )
        yield on_page(
            "training.restore_run",
            back,
            lambda page: page.runs_panel.undo(),
            "Ctrl+Z",
            lambda page: page.runs_panel.can_undo,
            on="training",
        )
        report = self.tr("Rep&ort of the run…")
        yield on_page(
            "training.report",
            report,
            lambda page: page.save_report(),
            "Ctrl+Shift+S",
            lambda page: page.can_report,
        )

    @property
    def _training_page(self) -> "TrainingPage":
        return cast("TrainingPage", self._content.page_of("training"))

    def _view(self) -> Menu:
        compare = self._content.page.compare
        for place, entry in enumerate(PAGES, 1):
            show = partial(self._state.show_page, entry.name)
            yield Command(
                f"view.page.{entry.name}",
                entry.menu_text(),
                show,
                (f"Ctrl+{place}",),
                checked=partial(self._is_page, entry.name),
                group="page",
            )
        yield None
        yield from self._panels()
        yield None
        yield Command(
            "view.compare",
            self.tr("Com&pare with…"),
            compare,
            ("Ctrl+B",),
            page="sentence",
            checked=lambda: self._state.selection.compared_with is not None,
        )
        yield None
        yield from self._colours()
        yield None
        yield self._switch("view.input", self.tr("The step's &input x"), "inputs_shown", "Ctrl+I")
        yield self._switch("view.carry", self.tr("&Carry the state over"), "carry", "Ctrl+K")
        yield Command("view.quantity", self.tr("One &quantity alone"), fill=self._fill_quantities)
        yield self._switch("view.animate", self.tr("&Animate steps"), "motion")

    def _panels(self) -> Iterator[Command]:
        names: dict[Panel, str] = {
            "cell": self.tr("The c&ell at the step"),
            "decomposition": self.tr("Deco&mposition of the cell state"),
            "attribution": self.tr("Attri&bution of the tag score"),
            "ablation": self.tr("Ablation of the &units"),
            "shapes": self.tr("S&hapes of the module"),
        }
        for place, (panel, text) in enumerate(names.items(), 1):
            yield Command(
                f"view.panel.{panel}",
                text,
                partial(self._state.change, panel=panel),
                (f"Alt+{place}",),
                page="sentence",
                checked=partial(self._is, "panel", panel),
                group="panel",
            )

    def _colours(self) -> Iterator[Command]:
        names: dict[ThemeChoice, str] = {
            "system": self.tr("Theme of the &system"),
            "dark": self.tr("&Dark theme"),
            "light": self.tr("&Light theme"),
        }
        for choice, text in names.items():
            yield Command(
                f"view.theme.{choice}",
                text,
                partial(self._themes.choose, choice),
                checked=partial(self._is_theme, choice),
                group="theme",
            )

    def _is_page(self, name: str) -> bool:
        return entry_of(self._state.training.page).name == name

    def _is_theme(self, choice: ThemeChoice) -> bool:
        return self._themes.choice == choice

    def _is(self, field: str, value: object) -> bool:
        """Return whether a field of the selection has a value."""
        return bool(getattr(self._state.selection, field) == value)

    def _switch(self, name: str, text: str, field: _Switched, key: str = "") -> Command:
        """Return the command that switches a field of the selection on or off."""
        is_on, keys = partial(self._is, field, value=True), (key,) if key else ()

        def switch() -> None:
            changes: SelectionChanges = {}
            changes[field] = not is_on()
            self._state.change(**changes)

        return Command(name, text, switch, keys, checked=is_on)

    def _fill_quantities(self, menu: QMenu) -> None:
        """Add the quantities of the selected cell; "all" is the default."""
        menu.clear()
        view = self._state.reading.view if self._state.reading else None
        menu.addAction(self.tr("&All")).triggered.connect(lambda: self._state.change(alone=""))
        for name in view.module.kind.order if view else ():
            action = menu.addAction(f"&{name}  {quantity_name(name)}")
            action.setCheckable(True)
            action.setChecked(self._state.selection.alone == name)
            action.triggered.connect(lambda _checked=False, name=name: self._state.change(alone=name))

    def _help(self) -> Menu:
        whats_this = QWhatsThis.enterWhatsThisMode
        yield Command("help.keys", self.tr("&Keys"), self._show_keys, ("F1",))
        yield Command("help.whats_this", self.tr("&What's this?"), whats_this, ("Shift+F1",))
        yield Command("help.about", self.tr("&About LSTM Viz"), self._about)

    def _show_keys(self) -> None:
        from lstm_viz.app.shell.keys import KeysDialog, key_rows  # which imports this

        dialog = KeysDialog(key_rows(self.menus), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def _about(self) -> None:
        model = self._state.reading.model if self._state.reading else None
        text = self.tr(
            "LSTM Viz %1 · MIT License\n\n"
            "Every number is recomputed from the net's own weights and checked against torch."
        )
        parts = [put(text, __version__)]
        if model is not None and model.about:
            parts.append(shown_text(put(self.tr("%1: %2"), model.title, model.about)))
        message_box(self._window, self.tr("About LSTM Viz"), "\n\n".join(parts)).open()
