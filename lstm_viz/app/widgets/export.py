"""Saves plots as PNG, SVG or CSV."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QSlider,
    QWidget,
)

from lstm_viz.app.texts import put
from lstm_viz.app.widgets.plain_text import message_box
from lstm_viz.app.widgets.tables import Table, csv_text
from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import replace_named

#: Pixels of a PNG per pixel of the screen.
SCALE = 2
_CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QSlider)
_FILTERS = {"png": "PNG (*.png)", "svg": "SVG (*.svg)", "csv": "CSV (*.csv)"}


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot of a plot: PNG, SVG and numbers, all of the same state."""

    png: bytes
    svg: bytes
    table: Table

    @classmethod
    def of(cls, widget: QWidget, table: Callable[[], Table]) -> "Taken":
        return cls(png(widget), svg(widget), table())  # the table last: a `Lazy` widget is fresh by then


@runtime_checkable
class Lazy(Protocol):
    """A widget that is not updated while it is hidden, unless `refresh` is called."""

    def refresh(self) -> None: ...


@runtime_checkable
class Posing(Protocol):
    """A widget that paints differently into a picture of ``scale`` pixels per point than on screen (None)."""

    def pose(self, scale: float | None) -> None: ...


def save_plot(
    widget: QWidget, table: Callable[[], Table], parent: QWidget, name: str = "plot"
) -> QFileDialog:
    """Open a file dialog and save the plot as PNG, SVG or CSV, by the suffix of the file.

    The state of the plot is that of the call: changes while the dialog is open have no effect. An error is
    shown in a message box. ``name`` is the suggested name of the file. Buttons and other controls within
    ``widget`` are not part of its picture.
    """
    taken = Taken.of(widget, table)
    dialog = QFileDialog(parent, _tr("Save the plot"), f"{name}.png")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(_FILTERS.values()))
    dialog.setDefaultSuffix("png")

    def filter_selected(chosen: str) -> None:
        dialog.setDefaultSuffix(next(suffix for suffix, text in _FILTERS.items() if text == chosen))

    dialog.filterSelected.connect(filter_selected)
    write_or_report(dialog, lambda path: write_plot(path, taken), parent)
    return dialog


def write_or_report(dialog: QFileDialog, write: Callable[[Path], None], parent: QWidget) -> None:
    """Open the dialog and write to the chosen file; an error is shown in a message box."""

    def chosen(name: str) -> None:
        try:
            write(Path(name))
        except (OSError, ValueError) as error:
            _show_error(parent, put(_tr("%1 could not be written: %2."), name, reason_of(error)))

    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def write_plot(path: Path, taken: Taken) -> None:
    """Write a plot in the format of the file's suffix.

    Raises
    ------
    OSError
        If it cannot be written; an existing file is unchanged.
    ValueError
        If the name ends in none of .png, .svg and .csv.
    """
    match path.suffix.lower():
        case ".png":
            replace_named(path, taken.png)
        case ".svg":
            replace_named(path, taken.svg)
        case ".csv":
            replace_named(path, csv_text(taken.table).encode())
        case suffix:
            raise ValueError(_tr("a plot is saved as .png, .svg or .csv, not as “%1”").replace("%1", suffix))


def png(widget: QWidget) -> bytes:
    """Return the widget's picture as PNG, with `SCALE` times the resolution of the screen."""
    image = QImage(widget.size() * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(_ground(widget))
    with QPainter(image) as painter:
        paint(widget, painter, SCALE)
    return _bytes(lambda device: image.save(device, "PNG"))  # type: ignore[call-overload]  # bytes are refused


def svg(widget: QWidget) -> bytes:
    """Return the widget's picture as SVG."""

    def draw(device: QBuffer) -> None:
        generator = QSvgGenerator()
        generator.setOutputDevice(device)
        generator.setResolution(widget.logicalDpiX())
        generator.setSize(widget.size())
        generator.setViewBox(QRect(QPoint(), widget.size()))
        generator.setTitle(widget.accessibleName())
        with QPainter(generator) as painter:
            painter.fillRect(widget.rect(), _ground(widget))
            paint(widget, painter)

    return _bytes(draw)


def paint(widget: QWidget, painter: QPainter, scale: float = 1.0) -> None:
    """Paint a widget without its controls, at ``scale`` pixels per point."""
    if isinstance(widget, Lazy):
        widget.refresh()
    widget.ensurePolished()
    posing = [part for part in (widget, *widget.findChildren(QWidget)) if isinstance(part, Posing)]
    for part in posing:
        part.pose(scale)
    try:
        for child, place, alone in _parts(widget, QPoint()):
            flags = QWidget.RenderFlag(0) if alone else QWidget.RenderFlag.DrawChildren
            QWidget.render(
                child, painter, place, QRegion(), flags
            )  # a graphics view has another of that name
    finally:
        for part in posing:
            part.pose(None)


def _parts(widget: QWidget, place: QPoint) -> Iterator[tuple[QWidget, QPoint, bool]]:
    """Yield each widget to paint, its position, and whether to paint it without its children."""
    if not any(widget.findChildren(kind) for kind in _CONTROLS):
        yield widget, place, False
        return
    yield widget, place, True
    for child in widget.children():
        if isinstance(child, QWidget) and not isinstance(child, _CONTROLS) and not child.isHidden():
            yield from _parts(child, place + child.pos())


def _ground(widget: QWidget) -> QColor:
    return widget.palette().color(QPalette.ColorRole.Window)


def _bytes(write: Callable[[QBuffer], object]) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    buffer.close()
    return bytes(data.data())


def _show_error(parent: QWidget, sentence: str) -> None:
    box = message_box(parent, _tr("Not saved"), sentence)
    box.setIcon(QMessageBox.Icon.Warning)
    box.finished.connect(box.deleteLater)
    box.open()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Export", text)
