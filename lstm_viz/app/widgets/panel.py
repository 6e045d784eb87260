"""The base of the panels: a title, what is shown or why there is nothing, and the export of both."""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.export import FigureSnapshot, save_snapshot
from lstm_viz.app.widgets.figure import Figure
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.app.widgets.tables import Table


@runtime_checkable
class Themed(Protocol):
    """A widget that paints with the colours of a theme."""

    def set_theme(self, theme: Theme) -> None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """What the panels of a page show data of: a run at an epoch, a model and its sentence.

    Attributes
    ----------
    name : str
        The beginning of the name of an exported file.
    caption : str
        The text below an exported figure.
    columns : tuple of (str, str)
        Name and value of the first columns of an exported table.
    of_all_epochs : (str, str) or None
        Name and caption without the epoch; None if there is none in them.
    """

    name: str = ""
    caption: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    of_all_epochs: tuple[str, str] | None = None

    def without_epoch(self) -> "Source":
        """Return the source of a panel about all epochs."""
        name, caption = self.of_all_epochs or (self.name, self.caption)
        return Source(name, caption, self.columns)

    def with_columns(self, table: Table) -> Table:
        """Return the table with the columns that it does not have."""
        new = [(name, value) for name, value in self.columns if name not in table.header]
        values = [value for _, value in new]
        rows = [(*values, *row) for row in table.rows]
        return Table((*(name for name, _ in new), *table.header), rows)


@runtime_checkable
class PanelHost(Protocol):
    """The page of a panel: tells what its panels show data of, and shows their messages."""

    def source(self) -> Source: ...

    def notify(self, message: str) -> None: ...


class Panel(QWidget):
    """A part of a page that shows data.

    What it shows is exported as a figure or a table: by its context menu, and by the key S where the focused
    widget in it has no use for that. Subclasses define `table`, and tell `set_ready` whether there is
    anything to export: nothing is while the panel is empty, stale, or shows an error.
    """

    #: The suggested name of an exported file, without its suffix.
    stem = "plot"
    #: Whether it shows data of the selected epoch, which its files then name.
    is_of_epoch = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.save_action = QAction(self.tr("Save the plot…") + "\tS", self)
        self.save_action.setObjectName("panel.save")
        self.save_action.triggered.connect(self.ask_to_save)
        self.addAction(self.save_action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.set_ready(False)

    def table(self) -> Table:
        """Return the numbers that are shown. It is called only while `is_ready`."""
        raise NotImplementedError

    def figure(self) -> Figure:
        """Return what is shown as a figure, which paints itself on any painter."""
        return Figure(self)

    def details(self) -> str:
        """Return what the caption of a figure adds, since only a control shows it on the screen."""
        return ""

    def snapshot(self) -> FigureSnapshot:
        """Return what is shown in all formats, each of which names what it is of."""
        source = self._source
        caption = " · ".join(part for part in (source.caption, self.details()) if part)
        figure = replace(self.figure(), caption=caption)
        return FigureSnapshot.of(figure, lambda: source.with_columns(self.table()))

    def file_name(self) -> str:
        """Return the suggested name of an exported file, without its suffix."""
        return "-".join(part for part in (self._source.name, self.stem) if part)

    @property
    def _source(self) -> Source:
        source = self._host.source() if self._host else Source()
        return source if self.is_of_epoch else source.without_epoch()

    @property
    def _host(self) -> PanelHost | None:
        """The page that the panel is in; None if it is in none."""
        widget = self.parentWidget()
        while widget is not None and not isinstance(widget, PanelHost):
            widget = widget.parentWidget()
        return widget

    @property
    def is_ready(self) -> bool:
        """Whether what is shown is about the selection, and can be exported."""
        return self.save_action.isEnabled()

    def is_current(self) -> bool:
        """Return whether what is shown is up to date, and no newer result is awaited."""
        return True

    def set_ready(self, ready: bool) -> None:
        """Set whether there is anything to export."""
        self.save_action.setEnabled(ready)

    def set_theme(self, theme: Theme) -> None:
        """Give the theme to all parts that have a ``set_theme`` of their own."""
        for part in self.findChildren(QWidget):
            if isinstance(part, Themed):
                part.set_theme(theme)

    def ask_to_save(self) -> None:
        """Open a file dialog and save what is shown now, whatever changes while the dialog is open."""
        if self.is_ready and self.is_current():
            save_snapshot(self.snapshot(), self.window(), self.file_name(), self._notify)

    def _notify(self, message: str) -> None:
        if self._host is not None:
            self._host.notify(message)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle S here and not as a shortcut, which would take it from lists that search for a letter."""
        if event.key() == Qt.Key.Key_S and not event.modifiers():
            self.ask_to_save()
        else:
            super().keyPressEvent(event)


class TitledPanel(Panel):
    """A panel with a frame and a title, that shows either its ``body`` or a note in its place.

    Subclasses create the widgets of the body, and lay them out with title and note.

    Attributes
    ----------
    title, note : ElidedLabel, PlainLabel
    body : tuple of QWidget
        What is shown while there is no note.
    """

    body: tuple[QWidget, ...] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        frame(self)
        self.title, self.note = ElidedLabel(self), note_label(self)
        self.title.setObjectName("title")
        self.note.hide()

    @property
    def is_empty(self) -> bool:
        """Whether the note is shown."""
        return not self.note.isHidden()

    def show_body(self, *, ready: bool = True) -> None:
        """Show the data; it is not ``ready`` while it is not about the selection."""
        self._show_note(False)
        self.set_ready(ready)

    def show_note(self, text: str, *, is_error: bool = False) -> None:
        """Show why there is no data."""
        name = "error" if is_error else "muted"
        if name != self.note.objectName():
            self.note.setObjectName(name)
            self.note.style().polish(self.note)
        self.note.setText(text)
        self._show_note(True)
        self.set_ready(False)

    def _show_note(self, shown: bool) -> None:
        self.note.setVisible(shown)
        for widget in self.body:
            widget.setVisible(not shown)


class SaveButton(QToolButton):
    """The button that exports a panel; its icon comes from the style sheet, in the theme's colour."""

    def __init__(self, panel: "TitledPanel") -> None:
        super().__init__(panel)
        self._about = self.tr("Save as a picture or a table (S)")
        self.setObjectName("save")
        set_tip(self, self._about)
        self._name(panel.title.text())
        panel.title.text_changed.connect(self._name)
        self.setEnabled(panel.is_ready)
        self.clicked.connect(panel.ask_to_save)
        panel.save_action.enabledChanged.connect(self.setEnabled)

    def _name(self, title: str) -> None:
        """Name the panel too for screen readers: a page has many such buttons."""
        self.setAccessibleName(f"{title}: {self._about}" if title else self._about)


def frame(widget: QWidget) -> None:
    """Give a widget the background and edge of a panel."""
    widget.setObjectName("panel")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def note_label(parent: QWidget) -> PlainLabel:
    """Return a label for a centred note in muted colour."""
    label = PlainLabel(parent=parent)
    label.setObjectName("muted")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    return label
