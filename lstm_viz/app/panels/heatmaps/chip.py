"""One word chip as an image, cached by its content."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from lstm_viz.app.panels.heatmaps.marks_legend import paint_corner, paint_unknown
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import RADIUS, number_font, text_font
from lstm_viz.app.widgets.tag_label import label_width, paint_label
from lstm_viz.app.widgets.tag_style import tag_style
from lstm_viz.messages import Word

_NARROW_PIXELS, _NARROW_TAG_PIXELS = 12, 9
_WORD_MARGIN, _TAG_MARGIN = 6, 4
_UPRIGHT_HEIGHT = 56
_WIDTH_FOR_TAG = 56.0  # the label PROPN in 10 pixels
_WIDTH_FOR_BOTH = 106.0  # the labels PROPN and PUNCT, with a probability beside them
_MIDDLE, _CENTRE = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True, slots=True)
class Chip:
    """All that a chip's image depends on.

    ``word`` is None for a character, which has no tag. ``alone`` is the tag that the word's scores alone
    would give, "" where that is its tag, ``was`` the tag before the edits, and ``differs`` whether the word
    it is compared with has another tag. ``here`` is whether it is at the playhead. ``turned`` words run from
    bottom to top. ``is_tag`` is whether the word's tag is in the tagset, False for the placeholder of a score
    that is NaN.
    """

    label: str
    word: Word | None
    alone: str
    was: str
    differs: bool
    here: bool
    turned: bool
    width: int
    height: int
    is_tag: bool
    theme: Theme
    scale: float


@lru_cache(maxsize=1024)
def fits_across(label: str, tag: str, width: int, theme: Theme) -> bool:
    """Return whether a word and its tag fit into a narrow chip without being turned."""
    fits = not tag or label_width(tag, theme, _NARROW_TAG_PIXELS) <= width - _TAG_MARGIN
    return fits and word_fits(label, width)


def word_fits(label: str, width: int) -> bool:
    """Return whether a word, at least, fits into a narrow chip without being turned."""
    metrics = QFontMetricsF(text_font(_NARROW_PIXELS, bold=True))
    return metrics.horizontalAdvance(shown_text(label)) <= width - _WORD_MARGIN


def paint_chip(painter: QPainter, place: QPointF, chip: Chip) -> None:
    """Paint the chip itself, without the cache: for a figure."""
    painter.save()
    painter.translate(place)
    _paint(painter, chip)
    painter.restore()


@lru_cache(maxsize=128)  # of up to 45 kB each: two rows of as many words as are seen at once
def chip_image(chip: Chip) -> QImage:
    """Return the chip's image, ``chip.scale`` pixels per point."""
    image = QImage(
        round(chip.width * chip.scale),
        round(chip.height * chip.scale),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(chip.scale)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:  # ended even on an error, before the image is destroyed
        _paint(painter, chip)
    return image


def _paint(painter: QPainter, chip: Chip) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(1, 1, chip.width - 2, chip.height - 2)
    _paint_frame(painter, rect, chip)
    if chip.word is None:
        _paint_word(painter, rect, chip)
    elif chip.turned:
        _paint_turned(painter, rect, chip, chip.word)
    else:
        low = QRectF(rect)
        low.setTop(max(rect.top(), rect.bottom() - _UPRIGHT_HEIGHT + 2))  # beside turned words, at the bottom
        _paint_upright(painter, low, chip, chip.word)


def _paint_frame(painter: QPainter, rect: QRectF, chip: Chip) -> None:
    theme = chip.theme
    colour = theme.text if chip.here else theme.accent if chip.differs else theme.line
    painter.setPen(QPen(QColor(colour), 2 if chip.here or chip.differs else 1))
    painter.setBrush(QColor(theme.raised if chip.here else theme.panel))
    painter.drawRoundedRect(rect, RADIUS, RADIUS)
    if chip.differs:
        paint_corner(painter, rect.right(), rect.top(), theme)


def _paint_upright(painter: QPainter, rect: QRectF, chip: Chip, word: Word) -> None:
    """Paint the word, and below it tag and probability: side by side, or in two lines if narrow."""
    narrow = rect.width() < _WIDTH_FOR_BOTH
    _paint_word(painter, QRectF(rect.left(), rect.top() + 1, rect.width(), 17 if narrow else 25), chip)
    if not word.tag:
        return
    margin = 1 if rect.width() < _WIDTH_FOR_TAG else 3 if narrow else 8
    line = QRectF(rect.left() + margin, rect.top() + (20 if narrow else 28), rect.width() - 2 * margin, 14)
    tag_side, number_side = (
        (_CENTRE, _CENTRE) if narrow else (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
    )
    size, number = 9 if margin == 1 else 10 if narrow else 11, f"{word.probability:.2f}"
    number_width = QFontMetricsF(number_font(size)).horizontalAdvance(number) + 6
    is_long = not narrow and label_width(word.tag, chip.theme, size) > line.width() - number_width
    room = line.adjusted(0, 0, -number_width, 0) if is_long else line
    taken = _paint_tag(painter, room, tag_side, chip, word, pixels=size)
    painter.setPen(QColor(chip.theme.muted))
    painter.setFont(number_font(size))
    if narrow or taken + painter.fontMetrics().horizontalAdvance(number) + 4 <= line.width():
        painter.drawText(line.translated(0, 14 if narrow else 0), _MIDDLE | number_side, number)
    _paint_bar(painter, QRectF(line.left(), rect.bottom() - 6, line.width(), 3), chip, word)


def _paint_tag(
    painter: QPainter, line: QRectF, side: Qt.AlignmentFlag, chip: Chip, word: Word, *, pixels: int
) -> float:
    """Paint the word's tag, with as many annotations as fit; return their width."""
    painter.setFont(text_font(pixels, bold=True))
    if not chip.is_tag:
        painter.setPen(QColor(chip.theme.danger))
        painter.drawText(line, _MIDDLE | side, word.tag)
        return painter.fontMetrics().horizontalAdvance(word.tag)
    metrics, label = QFontMetricsF(painter.font()), label_width(word.tag, chip.theme, pixels)
    widths = [(metrics.horizontalAdvance(a), metrics.horizontalAdvance(b), a, b) for a, b in _around(chip)]
    left, right, before, after = next((w for w in widths if w[0] + label + w[1] <= line.width()), widths[-1])
    width = min(left + label + right, line.width())
    start = line.center().x() - width / 2 if side == _CENTRE else line.left()
    painter.setPen(QColor(chip.theme.text))
    painter.drawText(QRectF(start, line.top(), left + 1, line.height()), _MIDDLE, before)
    painter.drawText(QRectF(start + width - right, line.top(), right + 1, line.height()), _MIDDLE, after)
    place = QRectF(start + left, line.top(), width - left - right, line.height())
    label_rect = paint_label(painter, place, word.tag, chip.theme, pixels, centred=side == _CENTRE)
    if is_wrong(word):
        under = QRectF(label_rect.left(), label_rect.bottom() + 1, label_rect.width(), 2)
        painter.fillRect(under, QColor(chip.theme.danger))
    return width


def is_wrong(word: Word) -> bool:
    """Return whether the word's true tag is known and differs."""
    return bool(word.gold) and word.gold != word.tag


def _around(chip: Chip) -> tuple[tuple[str, str], ...]:
    """Return the annotations before and after the tag.

    They are the tag before the edits, the true tag where this one is wrong, or a mark where the word's scores
    alone give another.
    """
    if chip.was:
        return (f"{chip.was} → ", ""), (f"{chip.was}→", ""), ("→ ", ""), ("", "")
    if chip.word is not None and is_wrong(chip.word):
        return ("", f" ({chip.word.gold})"), ("", "")
    return (("", " ≠"), ("", "≠")) if chip.alone else (("", ""),)


def _paint_word(painter: QPainter, rect: QRectF, chip: Chip) -> None:
    narrow = rect.width() < _WIDTH_FOR_BOTH
    font = text_font(_NARROW_PIXELS if narrow else 15, bold=chip.here)
    painter.setFont(font)
    painter.setPen(QColor(chip.theme.text))
    elided = QFontMetricsF(font).elidedText(
        shown_text(chip.label), Qt.TextElideMode.ElideRight, rect.width() - (4 if narrow else 8)
    )
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, elided)
    if chip.word is not None and not chip.word.known:
        metrics, middle = QFontMetricsF(font), rect.center()
        half = metrics.horizontalAdvance(elided) / 2
        below = middle.y() + metrics.height() / 2
        paint_unknown(painter, middle.x() - half, middle.x() + half, below, chip.theme)


def _paint_turned(painter: QPainter, rect: QRectF, chip: Chip, word: Word) -> None:
    """Paint word and tag from bottom to top, where the column is too narrow; the word only if it must be."""
    is_word_turned = not word_fits(chip.label, chip.width)
    if not is_word_turned:
        _paint_word(painter, QRectF(rect.left(), rect.bottom() - 27, rect.width(), 18), chip)
    painter.save()
    painter.translate(rect.left(), rect.bottom())
    painter.rotate(-90)
    start, middle = (11.0, rect.width() * 0.56) if is_word_turned else (27.0, 1.0)
    length = rect.height() - 5 - start
    if is_word_turned:
        _paint_turned_word(painter, QRectF(start, 0, length, middle), chip, word)
    line = QRectF(start, middle, length, rect.width() - middle - 1)
    taken = _paint_tag(painter, line, Qt.AlignmentFlag.AlignLeft, chip, word, pixels=9)
    painter.setPen(QColor(chip.theme.muted))
    painter.setFont(number_font(9))
    number = f"{word.probability:.2f}"
    if word.tag and taken + painter.fontMetrics().horizontalAdvance(number) + 4 <= length:
        painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignRight, number)
    painter.restore()
    _paint_bar(painter, QRectF(rect.left() + 4, rect.bottom() - 6, rect.width() - 8, 3), chip, word)


def _paint_turned_word(painter: QPainter, line: QRectF, chip: Chip, word: Word) -> None:
    font = text_font(_NARROW_PIXELS, bold=chip.here)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(chip.theme.text))
    elided = metrics.elidedText(shown_text(chip.label), Qt.TextElideMode.ElideRight, line.width())
    painter.drawText(line, _MIDDLE, elided)
    if not word.known:
        below = (line.height() + metrics.height()) / 2 - metrics.descent() + 2
        right = line.left() + metrics.horizontalAdvance(elided)
        paint_unknown(painter, line.left(), right, below, chip.theme)


def _paint_bar(painter: QPainter, rect: QRectF, chip: Chip, word: Word) -> None:
    painter.fillRect(rect, QColor(chip.theme.line))
    if 0.0 <= word.probability <= 1.0:
        colour = tag_style(word.tag, chip.theme).fill if chip.is_tag else chip.theme.danger
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width() * word.probability, 3), QColor(colour))
