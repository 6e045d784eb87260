"""Saves the report of a run at one epoch, as an HTML page or a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QWidget

from lstm_viz.app.pages.training.report_html import Picture, report_html
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import LIGHT, Theme
from lstm_viz.app.widgets.export import Notify, ask_for_file
from lstm_viz.app.widgets.figure import Figure
from lstm_viz.files.named import replace_named

_FILTERS = {"html": "HTML (*.html)", "pdf": "PDF (*.pdf)"}
_DPI = 300


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a run at one epoch, as of its creation.

    ``page`` is in the colours of the window's theme, ``printed`` in those of the light theme.
    """

    title: str
    page: str
    printed: str

    @classmethod
    def of(cls, data: RunData, run_epoch: RunEpoch, figures: Sequence[Figure], theme: Theme) -> "Report":
        """Return the report, with a picture of each of the figures."""
        pictures = [_picture(figure) for figure in figures]
        pages = (report_html(data, run_epoch, pictures, colours) for colours in (theme, LIGHT))
        return cls(data.name, *pages)


def save_report(report: Report, name: str, parent: QWidget, saved: Notify) -> QFileDialog:
    """Open a file dialog and save the report; an error is shown in a message box.

    ``name`` is the suggested name of the file without its suffix; ``saved`` is called with a message once it
    is written.
    """
    title = QCoreApplication.translate("Report", "Save the report of the run")
    return ask_for_file(title, name, _FILTERS, lambda path: write_report(path, report), parent, saved=saved)


def write_report(path: Path, report: Report) -> None:
    """Write a report as HTML, or as PDF if the file's name ends so.

    Raises
    ------
    OSError
        If it cannot be written; an existing file is unchanged.
    """
    if path.suffix.lower() == ".pdf":
        replace_named(path, _pdf(report.printed, report.title))
    else:
        replace_named(path, report.page.encode("utf-8", "replace"))


def _picture(figure: Figure) -> Picture:
    return figure.title, figure.png(), figure.size.width()


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
