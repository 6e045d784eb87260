"""Saves what a panel shows: as a figure in PNG, SVG or PDF, or as a table in CSV or TSV."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.figure import Figure
from lstm_viz.app.widgets.plain_text import message_box
from lstm_viz.app.widgets.tables import Table, csv_text, tsv_text
from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import replace_named

_FILTERS = {
    "png": "PNG (*.png)",
    "svg": "SVG (*.svg)",
    "pdf": "PDF (*.pdf)",
    "csv": "CSV (*.csv)",
    "tsv": "TSV (*.tsv)",
}


#: Shows a message.
Notify = Callable[[str], object]


def _ignore(_message: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class FigureSnapshot:
    """A figure in each format, and its table, all of the same state."""

    png: bytes
    svg: bytes
    pdf: bytes
    table: Table

    @classmethod
    def of(cls, figure: Figure, table: Callable[[], Table]) -> "FigureSnapshot":
        # the table last: a widget that is updated only when it is painted is up to date by then
        return cls(figure.png(), figure.svg(), figure.pdf(), table())

    def content(self, suffix: str) -> bytes:
        """Return the content of a file with this suffix.

        Raises
        ------
        ValueError
            If the suffix is not that of a format.
        """
        match suffix.lower():
            case ".png":
                return self.png
            case ".svg":
                return self.svg
            case ".pdf":
                return self.pdf
            case ".csv":
                return csv_text(self.table).encode()
            case ".tsv":
                return tsv_text(self.table).encode()
        text = _tr("a plot is saved as .png, .svg, .pdf, .csv or .tsv, not as “%1”")
        raise ValueError(put(text, suffix.lower()))


def save_snapshot(
    snapshot: FigureSnapshot, parent: QWidget, name: str = "plot", saved: Notify = _ignore
) -> QFileDialog:
    """Open a file dialog and save a snapshot in the format of the file's suffix.

    An error is shown in a message box. ``name`` is the suggested name of the file, without its suffix;
    ``saved`` is called with a message once it is written.
    """

    def write(path: Path) -> None:
        write_snapshot(path, snapshot)

    return ask_for_file(_tr("Save the plot"), name, _FILTERS, write, parent, saved=saved)


def write_snapshot(path: Path, snapshot: FigureSnapshot) -> None:
    """Write a snapshot in the format of the file's suffix.

    Raises
    ------
    OSError
        If it cannot be written; an existing file is unchanged.
    ValueError
        If the suffix is not that of a format.
    """
    replace_named(path, snapshot.content(path.suffix))


def ask_for_file(
    title: str,
    name: str,
    filters: dict[str, str],
    write: Callable[[Path], None],
    parent: QWidget,
    *,
    saved: Notify = _ignore,
) -> QFileDialog:
    """Open a dialog for the file to save to, and write to it; an error is shown in a message box.

    Parameters
    ----------
    name : str
        The suggested name of the file, without its suffix.
    filters : dict of str to str
        The name filter of each suffix; the first one is the default.
    saved : callable
        Called with the message that the file was written, and where.
    """
    first = next(iter(filters))
    dialog = QFileDialog(parent, title)  # in the folder of the last one
    dialog.selectFile(f"{name}.{first}")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(filters.values()))
    dialog.setDefaultSuffix(first)
    suffixes = {text: suffix for suffix, text in filters.items()}
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(suffixes[chosen]))

    def chosen(name: str) -> None:
        try:
            write(Path(name))
        except (OSError, ValueError) as error:
            _show_error(parent, put(_tr("%1 could not be written: %2."), name, reason_of(error)))
        else:
            saved(put(_tr("Saved: %1"), shown_text(name)))

    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _show_error(parent: QWidget, message: str) -> None:
    box = message_box(parent, _tr("Not saved"), message)
    box.setIcon(QMessageBox.Icon.Warning)
    box.finished.connect(box.deleteLater)
    box.open()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Export", text)
