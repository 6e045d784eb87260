"""Paints a picture of the tracked sentence at an epoch, with its title above and words and tags below."""

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from lstm_viz.app.panels.history.pages import HEAD, Pages
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import fitted_font, number_font, signed, text_font
from lstm_viz.app.widgets.pictures import dark_text, levels
from lstm_viz.app.widgets.tag_label import label_width, paint_label
from lstm_viz.cells import QUANTITIES
from lstm_viz.messages import Picture

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_ELIDED = Qt.TextElideMode.ElideRight
_CELL_FOR_GAPS, _WIDTH_FOR_NUMBERS, _HEIGHT_FOR_NUMBERS = 6.0, 44.0, 11.0
_WIDTH_FOR_LARGE = 34.0
_TAG_PIXELS, _LEAST_TAG_PIXELS = 9, 4


@dataclass(frozen=True, slots=True)
class PicturePage:
    """A picture, and the texts around it.

    ``picture`` is None while it is pending. ``right`` are the reference tags, "" for words without one;
    ``tags`` is the tagset. ``is_first`` is whether it is the first at which the sentence is wholly right.
    ``is_whole`` is whether words and tags are smaller where there is no room, instead of elided.
    """

    title: str
    name: str
    picture: Picture | None
    image: QImage | None
    words: tuple[str, ...]
    right: tuple[str, ...]
    tags: tuple[str, ...]
    picked: bool
    is_first: bool = False
    is_whole: bool = False

    def is_wrong(self, k: int) -> bool:
        return self.picture is not None and self.right[k] not in {"", self.picture.tags[k]}

    @property
    def wrong(self) -> int:
        """The number of words whose tag differs from the reference."""
        return sum(map(self.is_wrong, range(len(self.words)))) if self.picture else 0

    @property
    def counted(self) -> int:
        """The number of words with a reference tag."""
        return sum(map(bool, self.right))


def paint_page(painter: QPainter, page: PicturePage, pages: Pages, k: int, theme: Theme) -> None:
    """Paint the ``k``-th page of the strip."""
    rect = pages.picture(k)
    room = QRectF(rect.left() - 4, 0, rect.width() + 8, HEAD - 5)
    painter.setFont(fitted_font(number_font(11, bold=page.picked), page.title, room.width()))
    painter.setPen(QColor(theme.good if page.is_first else theme.text if page.picked else theme.muted))
    painter.drawText(room, _CENTRE, page.title)
    if page.picture is None or page.image is None:
        _paint_waiting(painter, rect, theme)
    else:
        _paint_numbers(painter, rect, page, page.image, theme)
        paint_words = _paint_words if pages.has_words else _paint_marks
        paint_words(painter, QRectF(rect.left(), rect.bottom() + 5, rect.width(), pages.foot), page, theme)
    if page.picked:
        _paint_frame(painter, pages.frame(k), theme)


def _paint_frame(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.text), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_waiting(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect.adjusted(0, 0, -1, -1))
    painter.setPen(QColor(theme.muted))
    painter.drawText(rect, _CENTRE, "…")


def _paint_numbers(painter: QPainter, rect: QRectF, page: PicturePage, image: QImage, theme: Theme) -> None:
    columns, rows = image.width(), image.height()
    width, height = rect.width() / max(1, columns), rect.height() / max(1, rows)
    dense = (
        height < 1 or width < 1
    )  # smoothed, so that units smaller than a pixel are averaged instead of left out
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, dense)
    draw_cells(painter, rect, image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    if width >= _CELL_FOR_GAPS and height >= _CELL_FOR_GAPS:
        _paint_gaps(painter, rect, columns, rows, theme)
    if width >= _WIDTH_FOR_NUMBERS and height >= _HEIGHT_FOR_NUMBERS:
        _paint_values(painter, rect, page, theme)


def _paint_gaps(painter: QPainter, rect: QRectF, columns: int, rows: int, theme: Theme) -> None:
    xs = (rect.left() + rect.width() * k / columns for k in range(1, columns))
    ys = (rect.top() + rect.height() * k / rows for k in range(1, rows))
    painter.setPen(QPen(QColor(theme.panel), 1))
    painter.drawLines([QLineF(x, rect.top(), x, rect.bottom()) for x in xs])
    painter.drawLines([QLineF(rect.left(), y, rect.right(), y) for y in ys])


def _paint_values(painter: QPainter, rect: QRectF, page: PicturePage, theme: Theme) -> None:
    assert page.picture is not None
    name, values = page.name, page.picture.values
    words, units = values.shape
    width, height = rect.width() / words, rect.height() / units
    dark = dark_text(name, theme)[levels(values, name)]
    plus = QUANTITIES[name].is_signed
    painter.setFont(number_font(min(11, int(height - 1))))
    for t in range(words):
        for unit in range(units):
            text = signed(float(values[t, unit]))
            painter.setPen(QColor("#000000" if dark[t, unit] else "#ffffff"))
            cell = QRectF(rect.left() + t * width, rect.top() + unit * height, width, height)
            painter.drawText(cell, _CENTRE, text if plus else text.removeprefix("+"))


# ---------------------------------------------------------------- under the numbers


def _paint_words(painter: QPainter, rect: QRectF, page: PicturePage, theme: Theme) -> None:
    """Paint each word and its tag; a wrong tag is underlined in red."""
    assert page.picture is not None
    width = rect.width() / max(1, len(page.words))
    word_font = text_font(9 if width < _WIDTH_FOR_LARGE else 10)
    metrics = QFontMetricsF(word_font)
    for k, word in enumerate(page.words):
        cell = QRectF(rect.left() + k * width, rect.top(), width, 14)
        text = shown_text(word)
        painter.setFont(fitted_font(word_font, text, width - 2) if page.is_whole else word_font)
        painter.setPen(QColor(theme.muted))
        fitted = text if page.is_whole else metrics.elidedText(text, _ELIDED, width - 2)
        painter.drawText(cell, _CENTRE, fitted)
        _paint_tag(painter, cell.adjusted(0.5, 14, -0.5, 14), page, k, theme)


def _paint_tag(painter: QPainter, room: QRectF, page: PicturePage, k: int, theme: Theme) -> None:
    assert page.picture is not None
    tag = page.picture.tags[k]
    if tag in page.tags:
        pixels = _fitted_size(tag, room.width(), theme) if page.is_whole else _TAG_PIXELS
        label = paint_label(painter, room, tag, theme, pixels, centred=True)
    else:
        label = room
        painter.setPen(QColor(theme.danger if page.is_wrong(k) else theme.muted))
        painter.setFont(text_font(9, bold=True))
        painter.drawText(room, _CENTRE, tag)
    if page.is_wrong(k):
        painter.fillRect(QRectF(label.left(), label.bottom() + 1, label.width(), 2), QColor(theme.danger))


def _fitted_size(tag: str, width: float, theme: Theme) -> int:
    """Return the size of the font in which a tag's label is at most ``width`` pixels wide."""
    sizes = range(_TAG_PIXELS, _LEAST_TAG_PIXELS, -1)
    return next((size for size in sizes if label_width(tag, theme, size) <= width), _LEAST_TAG_PIXELS)


def _paint_marks(painter: QPainter, rect: QRectF, page: PicturePage, theme: Theme) -> None:
    """Paint a point for each correct word, a cross for each wrong one, and the number of correct ones."""
    width = rect.width() / max(1, len(page.words))
    middle, arm = rect.top() + 4, max(1.5, min(3.0, width / 2 - 0.5))
    places = [rect.left() + (k + 0.5) * width for k in range(len(page.words))]
    right = [QPointF(x, middle) for k, x in enumerate(places) if page.right[k] and not page.is_wrong(k)]
    wrong = [x for k, x in enumerate(places) if page.is_wrong(k)]
    painter.setPen(QPen(QColor(theme.muted), 1))
    painter.drawPoints(right)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.danger), 1.4))
    for x in wrong:
        painter.drawLine(QPointF(x - arm, middle - arm), QPointF(x + arm, middle + arm))
        painter.drawLine(QPointF(x - arm, middle + arm), QPointF(x + arm, middle - arm))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(number_font(10))
    painter.setPen(QColor(theme.danger if wrong else theme.muted))
    text = f"{page.counted - page.wrong}/{page.counted} ✓"
    painter.drawText(QRectF(rect.left(), rect.top() + 9, rect.width(), 14), _CENTRE, text)
