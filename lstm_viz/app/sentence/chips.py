"""The word chips, exactly over their columns: word, tag, probability."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.painting import RADIUS, number_font, shown_text, text_font
from lstm_viz.app.sentence.columns import Columns
from lstm_viz.app.sentence.hover import Hover
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.messages import Reading, Word

#: Narrower columns turn their words on their side.
UPRIGHT_WIDTH = 62.0
_UPRIGHT_HEIGHT = 56
_TURNED_HEIGHT = 108
_WIDTH_FOR_PROBABILITY = 88.0


class Chips(QWidget):
    """Draws the words of a reading, or the characters of one word.

    Signals
    -------
    clicked(column)
        A chip was clicked.
    """

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[Word, ...] = ()
        self._labels: tuple[str, ...] = ()
        self._tags: tuple[str, ...] = ()
        self._columns, self._column, self._theme = Columns(), 0, DARK
        self._hover = Hover(self)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Words"))

    def set_reading(self, reading: Reading | None, columns: Columns) -> None:
        """Draw the columns of the reading's view: its words with their tags, or characters without."""
        view = reading.view if reading else None
        self._labels = view.columns if view else ()
        self._words = reading.words if reading and view and view.module.reads == "words" else ()
        self._tags = reading.model.tags if reading else ()
        if columns.width != self._columns.width:
            self.updateGeometry()
        self._columns = columns
        self.setAccessibleDescription(", ".join(self.describe(k) for k in columns.visible()))
        self._hover.hide()
        self.update()

    def set_column(self, column: int) -> None:
        self._column = column
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._hover.set_theme(theme)
        self.update()

    def describe(self, column: int) -> str:
        """Return what a chip says, in words."""
        if not self._words:
            return shown_text(self._labels[column])
        word = self._words[column]
        known = "" if word.known else " · " + self.tr("not among this tagger's words")
        tag = f" · {word.tag} {word.probability:.4f}" if word.tag else ""
        return f"{shown_text(word.text)}{tag}{known}"

    @property
    def upright(self) -> bool:
        return self._columns.width >= UPRIGHT_WIDTH or not self._words

    def sizeHint(self) -> QSize:
        return QSize(400, _UPRIGHT_HEIGHT if self.upright else _TURNED_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    # ------------------------------------------------------------ Qt

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for column in self._columns.visible():
            self._paint_chip(painter, column)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        column = self._columns.at(event.position().x())
        if column is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(column)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        column = self._columns.at(event.position().x())
        if column is None:
            self._hover.hide()
        else:
            self._hover.show_at(event.position(), self.describe(column))

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover.hide()

    # ------------------------------------------------------------ painting

    def rect_of(self, column: int) -> QRectF:
        """Return where a chip is: as wide as its column."""
        gap = min(6.0, self._columns.width * 0.06)
        left = self._columns.left(column) + gap / 2
        return QRectF(left, 1, self._columns.width - gap, self.height() - 3)

    def _paint_chip(self, painter: QPainter, column: int) -> None:
        rect, here = self.rect_of(column), column == self._column
        word = self._words[column] if self._words else None
        edge = QPen(QColor(self._theme.text if here else self._theme.line), 2 if here else 1)
        if word and not word.known:
            edge.setStyle(Qt.PenStyle.DashLine)
            edge.setColor(QColor(self._theme.text if here else self._theme.danger))
        painter.setPen(edge)
        painter.setBrush(QColor(self._theme.raised if here else self._theme.panel))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if word is None:
            self._paint_word(painter, rect, shown_text(self._labels[column]), here)
        elif self.upright:
            self._paint_upright(painter, rect, word, here)
        else:
            self._paint_turned(painter, rect, word, here)

    def _paint_upright(self, painter: QPainter, rect: QRectF, word: Word, here: bool) -> None:
        self._paint_word(painter, rect.adjusted(0, 3, 0, -rect.height() * 0.45), shown_text(word.text), here)
        if not word.tag:
            return
        line = QRectF(rect.left() + 8, rect.top() + 28, rect.width() - 16, 14)
        colour = self._tag_colour(word)
        painter.setPen(colour)
        painter.setFont(text_font(11, bold=True))
        wide = rect.width() >= _WIDTH_FOR_PROBABILITY
        align = Qt.AlignmentFlag.AlignLeft if wide else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(line, align | Qt.AlignmentFlag.AlignVCenter, word.tag)
        if wide:
            painter.setPen(QColor(self._theme.muted))
            painter.setFont(number_font(11))
            painter.drawText(
                line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{word.probability:.2f}"
            )
        self._paint_bar(painter, QRectF(line.left(), rect.bottom() - 8, line.width(), 3), word, colour)

    def _paint_word(self, painter: QPainter, rect: QRectF, text: str, here: bool) -> None:
        font = text_font(15, bold=here)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.text))
        elided = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() - 8)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, elided)

    def _paint_turned(self, painter: QPainter, rect: QRectF, word: Word, here: bool) -> None:
        """Paint word and tag from bottom to top, where the column is too narrow for them."""
        painter.save()
        painter.translate(rect.left(), rect.bottom())
        painter.rotate(-90)
        length, half = rect.height() - 16, rect.width() / 2
        font = text_font(12, bold=here)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        elided = QFontMetricsF(font).elidedText(shown_text(word.text), Qt.TextElideMode.ElideRight, length)
        painter.drawText(QRectF(11, 1, length, half), middle, elided)
        colour, line = self._tag_colour(word), QRectF(11, half - 2, length, half)
        painter.setPen(colour)
        painter.setFont(text_font(9, bold=True))
        painter.drawText(line, middle, word.tag)
        if word.tag:
            painter.setPen(QColor(self._theme.muted))
            painter.setFont(number_font(9))
            painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, f"{word.probability:.2f}")
        painter.restore()
        bar = QRectF(rect.left() + 4, rect.bottom() - 6, rect.width() - 8, 3)
        self._paint_bar(painter, bar, word, colour)

    def _paint_bar(self, painter: QPainter, rect: QRectF, word: Word, colour: QColor) -> None:
        painter.fillRect(rect, QColor(self._theme.line))
        if word.probability == word.probability:  # noqa: PLR0124  # not NaN
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width() * word.probability, rect.height()), colour)

    def _tag_colour(self, word: Word) -> QColor:
        if word.tag not in self._tags:
            return QColor(self._theme.danger)
        return QColor(self._theme.tags[self._tags.index(word.tag) % len(self._theme.tags)])
