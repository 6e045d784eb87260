"""Figures: what a widget paints, on any painter, as PNG, SVG or PDF.

A figure is painted by the paint events of the widgets themselves. Into a vector format they paint shapes and
text; what they cache as a pixmap for the screen goes through `Background`, and images of few cells through
`draw_cells`, so that neither becomes a blurred bitmap.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QPageSize,
    QPaintDevice,
    QPaintEngine,
    QPainter,
    QPalette,
    QPdfWriter,
    QPixmap,
    QRegion,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider, QWidget

from lstm_viz.app.widgets.painting import text_font

#: Pixels of a PNG per pixel of the screen.
SCALE = 2
_MARGIN = 14
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft) | int(Qt.TextFlag.TextWordWrap)
_CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)
#: Larger images stay images in a vector format: a rectangle a cell would make a file of megabytes.
_MOST_CELLS = 20_000


@runtime_checkable
class Lazy(Protocol):
    """A widget that is not updated while it is hidden, unless `refresh` is called."""

    def refresh(self) -> None: ...


@runtime_checkable
class Posing(Protocol):
    """A widget that paints differently into a picture of ``scale`` pixels per point than on screen (None)."""

    def pose(self, scale: float | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """What a widget shows, without its buttons and other controls, and a caption below it."""

    widget: QWidget
    caption: str = ""

    @property
    def size(self) -> QSize:
        return self.widget.size() + QSize(0, self._caption_height)

    @property
    def _caption_height(self) -> int:
        if not self.caption:
            return 0
        room = QRect(0, 0, self.widget.width() - 2 * _MARGIN, 1 << 14)
        return QFontMetrics(_caption_font()).boundingRect(room, _WRAPPED, self.caption).height() + _MARGIN

    @property
    def title(self) -> str:
        return self.widget.accessibleName()

    @property
    def background(self) -> QColor:
        return self.widget.palette().color(QPalette.ColorRole.Window)

    def paint(self, painter: QPainter, scale: float = 1.0) -> None:
        """Paint at ``scale`` pixels per point, from the painter's origin."""
        if isinstance(self.widget, Lazy):
            self.widget.refresh()
        self.widget.ensurePolished()
        with _posed(self.widget, scale):
            for child, place, alone in _parts(self.widget, QPoint()):
                flags = QWidget.RenderFlag(0) if alone else QWidget.RenderFlag.DrawChildren
                # a graphics view has another method of that name
                QWidget.render(child, painter, place, QRegion(), flags)

    def png(self) -> bytes:
        """Return the figure as PNG, with `SCALE` times the resolution of the screen."""
        image = QImage(self.size * SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(SCALE)
        image.fill(self.background)
        self._paint_on(image, SCALE)
        return _bytes(lambda device: image.save(device, "PNG"))  # type: ignore[call-overload]  # bytes are refused

    def svg(self) -> bytes:
        """Return the figure as SVG."""

        def draw(device: QBuffer) -> None:
            generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the older one has no clipping
            generator.setOutputDevice(device)
            generator.setResolution(self.widget.logicalDpiX())
            generator.setSize(self.size)
            generator.setViewBox(QRect(QPoint(), self.size))
            generator.setTitle(self.title)
            self._paint_on(generator)

        return _bytes(draw)

    def pdf(self) -> bytes:
        """Return the figure as PDF, a page of its size."""

        def draw(device: QBuffer) -> None:
            writer, dpi = QPdfWriter(device), self.widget.logicalDpiX()
            writer.setResolution(dpi)
            points = QSizeF(self.size) * (72 / dpi)
            writer.setPageSize(
                QPageSize(points, QPageSize.Unit.Point, matchPolicy=QPageSize.SizeMatchPolicy.ExactMatch)
            )
            writer.setPageMargins(QMarginsF())
            writer.setTitle(self.title)
            self._paint_on(writer)

        return _bytes(draw)

    def _paint_on(self, device: QPaintDevice, scale: float = 1.0) -> None:
        with QPainter(device) as painter:
            painter.fillRect(QRect(QPoint(), self.size), self.background)
            self.paint(painter, scale)
            self._paint_caption(painter)

    def _paint_caption(self, painter: QPainter) -> None:
        room = QRect(_MARGIN, self.widget.height(), self.widget.width() - 2 * _MARGIN, self._caption_height)
        painter.setFont(_caption_font())
        painter.setPen(self.widget.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(room, _WRAPPED, self.caption)


def _caption_font() -> QFont:
    return text_font(11)


class Background:
    """The static part of a plot, painted into a pixmap only when it would look different."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._of: object = None

    def draw(
        self, painter: QPainter, widget: QWidget, colour: str, of: object, paint: Callable[[QPainter], None]
    ) -> None:
        """Draw what ``paint`` paints on ``colour``; ``of`` is all that it depends on, besides the size."""
        if not is_screen(painter, widget):
            painter.fillRect(widget.rect(), QColor(colour))
            painter.save()
            paint(painter)
            painter.restore()
            return
        key = (of, colour, widget.size(), widget.devicePixelRatio())
        if key != self._of:
            self._pixmap = QPixmap(widget.size() * widget.devicePixelRatio())
            self._pixmap.setDevicePixelRatio(widget.devicePixelRatio())
            self._pixmap.fill(QColor(colour))
            with QPainter(self._pixmap) as into:
                paint(into)
            self._of = key
        painter.drawPixmap(0, 0, self._pixmap)


def draw_cells(painter: QPainter, rect: QRectF, image: QImage, source: QRectF | None = None) -> None:
    """Draw the cells of an image, one pixel each, over ``rect``: in a vector format as rectangles."""
    part = QRectF(image.rect()) if source is None else source
    if is_raster(painter) or part.width() * part.height() > _MOST_CELLS:
        painter.drawImage(rect, image, part)
        return
    cells = part.toRect()
    width, height = rect.width() / part.width(), rect.height() / part.height()
    for row in range(cells.top(), cells.top() + cells.height()):
        top = rect.top() + (row - part.top()) * height
        for start, end in _runs(image, row, cells.left(), cells.left() + cells.width()):
            left = rect.left() + (start - part.left()) * width
            painter.fillRect(QRectF(left, top, (end - start) * width, height), image.pixelColor(start, row))


def _runs(image: QImage, row: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of equal colour of a row."""
    first = start
    for column in range(start + 1, end + 1):
        if column == end or image.pixel(column, row) != image.pixel(first, row):
            yield first, column
            first = column


def is_raster(painter: QPainter) -> bool:
    return painter.paintEngine().type() == QPaintEngine.Type.Raster


def is_screen(painter: QPainter, widget: QWidget) -> bool:
    """Return whether pixels of the painter are those of the widget's screen."""
    return is_raster(painter) and painter.deviceTransform().m11() == widget.devicePixelRatio()


@contextmanager
def _posed(widget: QWidget, scale: float) -> Iterator[None]:
    posing = [part for part in (widget, *widget.findChildren(QWidget)) if isinstance(part, Posing)]
    for part in posing:
        part.pose(scale)
    try:
        yield
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


def _bytes(write: Callable[[QBuffer], object]) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    write(buffer)
    buffer.close()
    return bytes(data.data())
