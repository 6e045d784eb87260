"""The word chips, exactly over their columns: word, tag, probability."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.hover import Hover
from lstm_viz.app.painting import shown_text
from lstm_viz.app.sentence.chip import Chip, chip_image
from lstm_viz.app.sentence.columns import Columns
from lstm_viz.app.sentence.trellis_steps import tags_alone
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.messages import Reading, Word

#: Narrower columns turn their words on their side.
UPRIGHT_WIDTH = 58.0
_UPRIGHT_HEIGHT = 56
_TURNED_HEIGHT = 108

_Said = tuple[Columns, tuple[str, ...], tuple[str, ...], tuple[tuple[Word, str], ...]]


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
        self._words: tuple[tuple[Word, str], ...] = ()
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
        view, drawn = reading.view if reading else None, self._said()
        self._labels = view.columns if view else ()
        by_word = reading is not None and view is not None and view.module.reads == "words"
        self._words = _with_tags_alone(reading) if reading and by_word else ()
        self._tags = reading.model.tags if reading else ()
        if columns.width != self._columns.width:
            self.updateGeometry()
        self._columns = columns
        self._update_from(drawn)
        self.setAccessibleDescription(", ".join(self.describe(k) for k in columns.visible()))
        self._hover.hide()

    def _said(self) -> _Said:
        return self._columns, self._tags, self._labels, self._words

    def _update_from(self, drawn: _Said) -> None:
        """Paint anew from the first chip on that says something else than what is ``drawn``."""
        columns, tags, labels, words = self._said()
        if (columns, tags, bool(words)) != (drawn[0], drawn[1], bool(drawn[3])):
            self.update()
        elif (labels, words) != drawn[2:]:
            pairs = zip(words or labels, drawn[3] or drawn[2], strict=False)
            first = next((k for k, (new, old) in enumerate(pairs) if new != old), 0)
            self.update(columns.strip(first, self.height(), onward=True))

    def set_column(self, column: int) -> None:
        if column != self._column:
            self.update(self._columns.strip(self._column, self.height()))
            self.update(self._columns.strip(column, self.height()))
            self._column = column

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._hover.set_theme(theme)
        self.update()

    def describe(self, column: int) -> str:
        """Return what a chip says, in words."""
        if not self._words:
            return shown_text(self._labels[column])
        word, alone = self._words[column]
        known = "" if word.known else " · " + self.tr("not among this tagger's words")
        tag = f" · {word.tag} {word.probability:.4f}" if word.tag else ""
        other = " · " + self.tr("%1 by itself").replace("%1", alone) if alone else ""
        return f"{shown_text(word.text)}{tag}{other}{known}"

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
        for column in self._columns.within(event.rect()):
            painter.drawImage(self.rect_of(column).topLeft(), chip_image(self.chip(column)))

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

    def rect_of(self, column: int) -> QRect:
        """Return where a chip is: as wide as its column, on whole pixels."""
        left, right = (round(self._columns.left(k)) for k in (column, column + 1))
        gap = min(6, max(1, round(self._columns.width * 0.06)))
        return QRect(left + gap // 2, 0, right - left - gap, self.height())

    def chip(self, column: int) -> Chip:
        """Return what a column's chip says and how it looks."""
        rect = self.rect_of(column)
        word, alone = self._words[column] if self._words else (None, "")
        return Chip(
            label=self._labels[column],
            word=word,
            alone=alone,
            here=column == self._column,
            turned=not self.upright,
            width=rect.width(),
            height=rect.height(),
            colour=self._tag_colour(word.tag if word else ""),
            theme=self._theme,
            scale=self.devicePixelRatio(),
        )

    def _tag_colour(self, tag: str) -> str:
        if tag not in self._tags:
            return self._theme.danger
        return self._theme.tags[self._tags.index(tag) % len(self._theme.tags)]


def _with_tags_alone(reading: Reading) -> tuple[tuple[Word, str], ...]:
    """Return each word with the tag that it would have by itself, "" where it has that tag."""
    alone = tags_alone(reading) or ("",) * len(reading.words)
    return tuple(zip(reading.words, alone, strict=True))
