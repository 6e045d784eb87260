"""All keys of the window: those of the commands, and those that a widget handles while it has the focus."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QDialog, QTableWidgetItem, QVBoxLayout, QWidget

from lstm_viz.app.shell.commands import Command
from lstm_viz.app.widgets.row_table import RowTable

translate = QCoreApplication.translate
_ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "-": "−"}


@dataclass(frozen=True, slots=True)
class WidgetKeys:
    """Keys that a widget handles while it has the focus.

    Attributes
    ----------
    module : str
        The module below `lstm_viz.app` that handles them.
    keys : tuple of str
        As texts of `QKeySequence`; what is no key, as "f c h", is shown as it is.
    place, text : str
        What has the focus, and what the keys do.
    """

    module: str
    keys: tuple[str, ...]
    place: str
    text: str


def widget_keys() -> Iterator[WidgetKeys]:
    """Yield the keys that widgets handle while they have the focus."""
    yield from _keys_everywhere()
    yield from _keys_of_sentence_page()
    yield from _keys_of_training_page()


def _keys_everywhere() -> Iterator[WidgetKeys]:
    """Yield the keys of widgets that both pages have."""
    grid = translate("Keys", "confusion matrix, gradient flow")
    yield WidgetKeys(
        "widgets.panel",
        ("S",),
        translate("Keys", "any panel"),
        translate("Keys", "Save its figure or its table"),
    )
    yield WidgetKeys(
        "widgets.scrolled",
        ("PgUp", "PgDown"),
        translate("Keys", "a panel that scrolls"),
        translate("Keys", "Scroll by a page"),
    )
    yield WidgetKeys(
        "widgets.number_edit",
        ("Up", "Down"),
        translate("Keys", "a number field"),
        translate("Keys", "Next larger or smaller number"),
    )
    yield WidgetKeys(
        "widgets.cell_grid", ("Left", "Right", "Up", "Down"), grid, translate("Keys", "From cell to cell")
    )
    yield WidgetKeys(
        "widgets.cell_grid",
        ("Return", "Enter", "Space"),
        grid,
        translate("Keys", "Sentences or word of the cell"),
    )


def _keys_of_sentence_page() -> Iterator[WidgetKeys]:
    """Yield the keys of the widgets of the Sentence page."""
    page = translate("Keys", "Sentence page")
    sentence = translate("Keys", "the sentence")
    arithmetic = translate("Keys", "arithmetic")
    scores = translate("Keys", "tag scores")
    table = translate("Keys", "table of the sentence")
    timeline = translate("Keys", "timeline")
    ablation = translate("Keys", "ablation of the units")
    yield WidgetKeys(
        "pages.sentence.page", ("Escape",), page, translate("Keys", "Close the arithmetic, or leave the text")
    )
    yield WidgetKeys(
        "pages.sentence.page",
        ("PgUp", "PgDown"),
        page,
        translate("Keys", "Previous or next sequence of the batch"),
    )
    yield WidgetKeys(
        "panels.series.series_strip",
        ("Up", "Down"),
        translate("Keys", "features of the input"),
        translate("Keys", "Previous or next feature"),
    )
    yield WidgetKeys(
        "pages.sentence.page",
        ("Backspace",),
        page,
        translate("Keys", "Back to the previous number of the arithmetic"),
    )
    yield WidgetKeys(
        "pages.sentence.page", ("Return", "Enter"), page, translate("Keys", "Press the button, open the list")
    )
    yield WidgetKeys(
        "widgets.line_text_edit",
        ("Return", "Enter"),
        sentence,
        translate("Keys", "Keep the sentence as the previous one"),
    )
    yield WidgetKeys("widgets.line_text_edit", ("Escape",), sentence, translate("Keys", "Leave the text"))
    yield WidgetKeys(
        "panels.cell.drags",
        ("i f g o c h r z n x",),
        translate("Keys", "cell diagram, equations"),
        translate("Keys", "Arithmetic of the quantity"),
    )
    yield WidgetKeys(
        "panels.cell.equations",
        ("Ctrl+C",),
        translate("Keys", "equations"),
        translate("Keys", "Copy the equations"),
    )
    yield WidgetKeys(
        "panels.arithmetic.term_table",
        ("Left", "Right", "Up", "Down"),
        arithmetic,
        translate("Keys", "From number to number"),
    )
    yield WidgetKeys(
        "panels.arithmetic.term_table",
        ("Return", "Enter"),
        arithmetic,
        translate("Keys", "Arithmetic of the underlined number"),
    )
    yield WidgetKeys(
        "panels.timeline.timeline", ("+", "=", "-"), timeline, translate("Keys", "Zoom in or out")
    )
    yield WidgetKeys("panels.timeline.timeline", ("0",), timeline, translate("Keys", "Show all steps"))
    yield WidgetKeys(
        "panels.scores.tag_rows", ("Up", "Down"), scores, translate("Keys", "Previous or next tag")
    )
    yield WidgetKeys(
        "panels.scores.tag_rows",
        ("Return", "Enter"),
        scores,
        translate("Keys", "Arithmetic of the tag's score"),
    )
    yield WidgetKeys(
        "panels.scores.score_table", ("Up", "Down"), table, translate("Keys", "Previous or next word")
    )
    yield WidgetKeys("panels.scores.score_table", ("Ctrl+C",), table, translate("Keys", "Copy the table"))
    yield WidgetKeys(
        "panels.ablation.unit_table",
        ("Up", "Down", "PgUp", "PgDown", "Home", "End"),
        ablation,
        translate("Keys", "From unit to unit"),
    )
    yield WidgetKeys(
        "panels.ablation.unit_table",
        ("Return", "Enter"),
        ablation,
        translate("Keys", "Select the unit in all panels"),
    )
    yield WidgetKeys("panels.ablation.unit_table", ("Ctrl+C",), ablation, translate("Keys", "Copy the table"))
    yield WidgetKeys(
        "panels.edits.row", ("Del",), translate("Keys", "an edit"), translate("Keys", "Remove the edit")
    )
    yield WidgetKeys(
        "panels.comparison.comparison_row",
        ("Escape",),
        translate("Keys", "compared sentence"),
        translate("Keys", "End the comparison"),
    )


def _keys_of_training_page() -> Iterator[WidgetKeys]:
    """Yield the keys of the widgets of the Training page."""
    curve = translate("Keys", "a curve")
    measures = translate("Keys", "measures of the tags")
    runs = translate("Keys", "list of runs")
    yield WidgetKeys(
        "panels.curves.actions",
        ("Left", "Right", "Home", "End"),
        curve,
        translate("Keys", "Previous, next, first or last epoch (with Shift: scroll)"),
    )
    yield WidgetKeys("panels.curves.actions", ("+", "=", "-"), curve, translate("Keys", "Zoom in or out"))
    yield WidgetKeys("panels.curves.actions", ("0",), curve, translate("Keys", "Show all steps"))
    yield WidgetKeys("panels.curves.actions", ("L",), curve, translate("Keys", "Logarithmic values"))
    yield WidgetKeys(
        "panels.history.strip",
        ("Left", "Right", "Home", "End"),
        translate("Keys", "tracked sentence"),
        translate("Keys", "Previous, next, first or last epoch"),
    )
    yield WidgetKeys(
        "panels.saturation.scatter",
        ("Up", "Down"),
        translate("Keys", "gate saturation"),
        translate("Keys", "Previous or next unit"),
    )
    yield WidgetKeys(
        "panels.tags.measure_bars", ("Up", "Down"), measures, translate("Keys", "Previous or next tag")
    )
    yield WidgetKeys(
        "panels.tags.measure_bars",
        ("Return", "Enter", "Space"),
        measures,
        translate("Keys", "Confusions of the tag"),
    )
    yield WidgetKeys(
        "panels.tags.mistakes",
        ("Escape",),
        translate("Keys", "sentences of a confusion"),
        translate("Keys", "Back to the tags"),
    )
    yield WidgetKeys("panels.runs.run_list", ("Return", "Enter"), runs, translate("Keys", "Show the run"))
    yield WidgetKeys("panels.runs.run_list", ("Space",), runs, translate("Keys", "Overlay the run, or not"))
    yield WidgetKeys("panels.runs.run_list", ("Del",), runs, translate("Keys", "Delete the run"))
    yield WidgetKeys("panels.runs.runs_panel", ("F2",), runs, translate("Keys", "Rename the run"))
    yield WidgetKeys(
        "panels.runs.differences",
        ("Ctrl+C",),
        translate("Keys", "compared runs"),
        translate("Keys", "Copy the table"),
    )


def key_rows(menus: Iterable[tuple[str, Iterable[Command | None]]]) -> list[tuple[str, str, str]]:
    """Return (keys, what they do, where) of all keys: those of the menus first, in their order."""
    return [*_command_rows(menus), *_widget_rows()]


def _command_rows(menus: Iterable[tuple[str, Iterable[Command | None]]]) -> Iterator[tuple[str, str, str]]:
    for title, commands in menus:
        for command in commands:
            if command is not None and (command.keys or command.hint):
                keys = ", ".join(map(key_text, command.keys)) or command.hint
                yield keys, _without_mnemonic(command.text), _without_mnemonic(title)


def _widget_rows() -> Iterator[tuple[str, str, str]]:
    for each in widget_keys():
        yield " ".join(map(key_text, each.keys)), each.text, each.place


def key_text(key: str) -> str:
    """Return a key as the system writes it, arrows as such; what is no key stays as it is."""
    sequence = QKeySequence(key)
    native = sequence.toString(QKeySequence.SequenceFormat.NativeText) if sequence.count() == 1 else key
    head, plus, last = native.rpartition("+") if len(native) > 1 else ("", "", native)
    return f"{head}{plus}{_ARROWS.get(last, last)}"


def _without_mnemonic(text: str) -> str:
    return re.sub("&(.)", r"\1", text).rstrip("…")


class KeysDialog(QDialog):
    """The table of all keys."""

    def __init__(self, rows: list[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.resize(760, 560)
        self.table = RowTable(self)
        self.table.setRowCount(len(rows))
        self.table.setColumnCount(3)
        self.table.setAccessibleName(self.tr("Keys"))
        self.table.setHorizontalHeaderLabels([self.tr("Key"), self.tr("Effect"), self.tr("Menu or focus")])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(22)
        for place, row in enumerate(rows):
            for column, text in enumerate(row):
                self.table.setItem(place, column, QTableWidgetItem(text))
        self.table.horizontalHeader().setStretchLastSection(True)
        QVBoxLayout(self).addWidget(self.table)
