"""Writes the report of a run: one HTML page, or the same as a PDF."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QWidget

from lstm_viz.app.painting import shown_text
from lstm_viz.app.run_data import RunData
from lstm_viz.app.theme import LIGHT, Theme
from lstm_viz.app.training.plots.export import png, write_or_tell
from lstm_viz.app.training.report_html import Picture, report_html
from lstm_viz.runs import files

_FILTERS = {"html": "HTML (*.html)", "pdf": "PDF (*.pdf)"}
_DPI = 300


def save_report(data: RunData, panels: Sequence[QWidget], theme: Theme, parent: QWidget) -> QFileDialog:
    """Ask for a file and write the run's report into it; whatever is wrong with it is said in a sentence."""
    title = QCoreApplication.translate("Report", "Save the report of the run")
    dialog = QFileDialog(parent, title, f"{data.path.name}.html")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(_FILTERS.values()))
    dialog.setDefaultSuffix("html")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_suffix(chosen)))
    write_or_tell(dialog, lambda path: write_report(path, data, panels, theme), parent)
    return dialog


def write_report(path: Path, data: RunData, panels: Sequence[QWidget], theme: Theme) -> None:
    """Write the report of a run as HTML, or as PDF where the file's name ends so.

    Parameters
    ----------
    path : Path
    data : RunData
    panels : sequence of QWidget
        What is shown of the run: each becomes a picture, without its buttons.
    theme : Theme
        The colours of the HTML page; a PDF is for paper, and light.

    Raises
    ------
    OSError
        If it cannot be written; a file that was there before still is.
    """
    pictures = [_picture(panel) for panel in panels]
    if path.suffix.lower() == ".pdf":
        content = _pdf(report_html(data, pictures, LIGHT), data.name)
    else:
        content = report_html(data, pictures, theme).encode("utf-8", "replace")
    files.replace(path, content)


def _picture(panel: QWidget) -> Picture:
    return panel.accessibleName(), png(panel), panel.width()


def _pdf(html: str, title: str) -> bytes:
    """Return the page as the bytes of a PDF."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(15, 15, 15, 15), QPageLayout.Unit.Millimeter)
    writer.setTitle(shown_text(title))
    document = QTextDocument()
    document.setHtml(html.replace(f"background-color: {LIGHT.ground};", ""))
    document.print_(writer)
    del writer  # ends the file
    buffer.close()
    return bytes(data.data())


def _suffix(chosen: str) -> str:
    return next(suffix for suffix, text in _FILTERS.items() if text == chosen)
