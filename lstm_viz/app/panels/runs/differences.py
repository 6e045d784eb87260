"""The table of the settings in which runs differ."""

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QDialog, QTableWidgetItem, QVBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.settings.setting_labels import setting_about, setting_name, value_text
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.app.widgets.row_table import RowTable
from lstm_viz.app.widgets.tables import Table, tsv_text
from lstm_viz.runs.settings import FIELDS, TrainingSettings


def differing(settings: Sequence[TrainingSettings]) -> list[str]:
    """Return the names of the settings that differ between the runs, in the order of the form."""
    return [name for name in FIELDS if len({getattr(each, name) for each in settings}) > 1]


class Differences(QDialog):
    """A dialog with a row per setting and a column per run, updated while open; Ctrl+C copies the table."""

    def __init__(self, state: State, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs
        self._cells: list[list[str]] = []
        self.setWindowTitle(self.tr("Runs compared"))
        self.resize(620, 330)
        self.hint = PlainLabel(parent=self)
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        self.table = RowTable(self)
        self.table.setAccessibleName(self.tr("Settings in which the runs differ"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.verticalHeader().setDefaultAlignment(self.table.horizontalHeader().defaultAlignment())
        layout = QVBoxLayout(self)
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        runs.current_changed.connect(self._draw)
        runs.grown.connect(self._grown)  # not a lambda, which would be called after the dialog is deleted
        state.training_changed.connect(self._training_changed)
        self._draw()

    def text(self) -> str:
        """Return the table as tab-separated values."""
        header, *rows = self._cells
        return tsv_text(Table(tuple(header), rows))

    def _grown(self, data: RunData) -> None:
        self._draw()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        self._draw()

    def _draw(self) -> None:
        shown = [data for data in (self._runs.current, *self._runs.compared) if data is not None]
        rows = self._rows(shown)
        names = [shown_text(data.name) for data in shown]
        self._cells = [["", *names], *([name, *cells] for name, _, cells in rows)]
        self.table.setColumnCount(len(shown))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(names)
        for row, (name, about, cells) in enumerate(rows):
            head = QTableWidgetItem(name)
            set_tip(head, about)
            self.table.setVerticalHeaderItem(row, head)
            for column, cell in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(shown_text(cell)))
        few = self.tr("Click the dot of a run in the list, or Ctrl-click the run, to overlay it.")
        same = self.tr("These runs have the same settings.")
        plain = len(rows) <= 2
        self.hint.setText(few if len(shown) < 2 else same if plain else self.tr("The settings that differ:"))

    def _rows(self, shown: Sequence[RunData]) -> list[tuple[str, str, list[str]]]:
        settings = [data.run.settings for data in shown if data.run and data.run.settings]
        names = differing(settings) if len(settings) == len(shown) else []
        rows = [
            (setting_name(name), setting_about(name), [value_text(getattr(each, name)) for each in settings])
            for name in names
        ]
        best = [data.best_accuracy for data in shown]
        rows.append((self.tr("best accuracy"), "", ["–" if b is None else f"{b:.4f}" for b in best]))
        sizes = [f"{data.run.parameters:,}" if data.run else "–" for data in shown]
        rows.append((self.tr("parameters"), "", sizes))
        return rows

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
        else:
            super().keyPressEvent(event)
