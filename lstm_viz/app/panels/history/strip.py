"""The strip with the pictures of the tracked sentence, one per epoch."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.history.page_painter import PicturePage, paint_page
from lstm_viz.app.panels.history.pages import Pages
from lstm_viz.app.queries.first_right import FirstRight
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.labels import quantity_name, unit_name
from lstm_viz.app.widgets.painting import PALE, plain, text_font
from lstm_viz.app.widgets.pictures import picture
from lstm_viz.app.widgets.tag_label import label_width
from lstm_viz.messages import History, Picture


class HistoryStrip(HoverWidget):
    """Draws a `History` at some epochs.

    Signals
    -------
    picked(epoch)
        A picture was clicked, or the mouse dragged over it.
    moved(by)
        An arrow key was pressed for the previous (-1) or next (1) checkpoint; for Home and End ``by`` exceeds
        the number of checkpoints.
    room_changed(pictures)
        The number of pictures that fit has changed.
    detail_changed()
        There is now room for words below the pictures, or no longer.
    """

    picked = Signal(int)
    moved = Signal(int)
    room_changed = Signal(int)
    detail_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history: History | None = None
        self._is_pale = False
        self._epochs: tuple[int, ...] = ()
        self._picked: int | None = None
        self._first: FirstRight | None = None
        self._tags: tuple[str, ...] = ()
        self._room, self._had_words = 0, True
        self._by_epoch: dict[int, Picture] = {}
        self._images: dict[int, tuple[Picture, QImage]] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Tracked sentence through training"))

    # ------------------------------------------------------------ data

    def set_history(self, history: History | None, tags: tuple[str, ...], pale: bool = False) -> None:
        """Set the history; ``tags`` is the tagset, ``pale`` that it is not that of the selection."""
        if history is self._history and (tags, pale) == (self._tags, self._is_pale):
            return
        another = history is None or self._history is None or history.quantity != self._history.quantity
        self._history, self._tags, self._is_pale = history, tags, pale
        self._by_epoch = {picture.epoch: picture for picture in history.pictures} if history else {}
        if another:
            self._images.clear()
        self._hover.hide()
        self._measure()
        self._describe()
        self.update()

    def set_epochs(self, epochs: tuple[int, ...], picked: int | None) -> None:
        """Set the epochs to show, and the selected one."""
        if epochs != self._epochs:
            self._hover.hide()  # another picture is under the mouse now
        if (epochs, picked) != (self._epochs, self._picked):
            self._epochs, self._picked = epochs, picked
            self._describe()
            self.update()

    def set_first_right(self, first: FirstRight | None) -> None:
        """Mark the first epoch at which the sentence is wholly right; None marks none."""
        if first != self._first:
            self._first = first
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._images.clear()
        super().set_theme(theme)

    @property
    def epochs(self) -> tuple[int, ...]:
        return self._epochs

    @property
    def picked_picture(self) -> Picture | None:
        """The picture of the selected epoch, unless it is missing or pale."""
        return None if self._is_pale or self._picked is None else self._by_epoch.get(self._picked)

    @property
    def pages(self) -> Pages:
        words = len(self._history.words) if self._history else 1
        return Pages(len(self._epochs), words, self.width(), self.height())

    def page(self, k: int) -> PicturePage:
        """Return the content of the ``k``-th picture."""
        history, epoch = self._history, self._epochs[k]
        found = self._by_epoch.get(epoch)
        return PicturePage(
            title=self._title(epoch),
            name=history.quantity if history else "h",
            picture=found,
            image=self._image(found) if found else None,
            words=history.words if history else (),
            right=history.gold if history else (),
            tags=self._tags,
            picked=epoch == self._picked,
            is_first=self._is_first(epoch),
            is_whole=self._is_posing,
        )

    def _is_first(self, epoch: int) -> bool:
        return self._first is not None and epoch == self._first.epoch

    def _title(self, epoch: int) -> str:
        if self._first is None or not self._is_first(epoch):
            return put(self.tr("epoch %1"), epoch)
        if self._first.is_exact:
            return put(self.tr("epoch %1 · first right"), epoch)
        return put(self.tr("epoch %1–%2 · first right"), self._first.earliest, epoch)

    def _image(self, found: Picture) -> QImage:
        known = self._images.get(found.epoch)
        if known is None or known[0] is not found:
            assert self._history is not None
            self._images = {e: kept for e, kept in self._images.items() if e in self._epochs}
            known = found, picture(found.values, self._history.quantity, self._theme)
            self._images[found.epoch] = known
        return known[1]

    def _measure(self) -> None:
        """Update the number of pictures that fit, and emit it if it changed."""
        if self._history is None:
            return
        tags = {*self._history.gold, *(tag for p in self._history.pictures for tag in p.tags)}
        labels = max((label_width(tag, self._theme, 9) for tag in tags), default=0.0)
        widest = max(labels, _widest(self._history.words, text_font(9)))
        room = Pages.room(len(self._history.words), self.width(), widest)
        if room != self._room:
            self._room = room
            self.room_changed.emit(room)

    def sizeHint(self) -> QSize:
        return QSize(700, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 170)

    # ------------------------------------------------------------ descriptions

    def describe(self, k: int, point: QPointF) -> str:
        """Return word, unit and exact value at a point of the ``k``-th picture, and the word's tag there."""
        page, rect = self.page(k), self.pages.picture(k)
        if page.picture is None or not page.words or self._is_pale:
            return page.title
        share = (point.x() - rect.left()) / rect.width()
        word = max(0, min(int(share * len(page.words)), len(page.words) - 1))
        lines = [f"“{shown_text(page.words[word])}” · {page.title}"]
        units = page.picture.values.shape[1]
        if rect.contains(point) and units:
            unit = max(0, min(int((point.y() - rect.top()) / rect.height() * units), units - 1))
            value = plain(float(page.picture.values[word, unit]), 6)
            lines[0] += " · " + unit_name(unit)
            lines.append(f"{quantity_name(page.name)}  {page.name} = {value}")
        return "\n".join([*lines, self._tag_line(page, page.picture, word)])

    def _tag_line(self, page: PicturePage, found: Picture, word: int) -> str:
        tag = f"{shown_text(found.tags[word])} {plain(float(found.probabilities[word]))}"
        if not page.right[word]:
            return self.tr("%1, the corpus has no tag for it").replace("%1", tag)
        if not page.is_wrong(word):
            return tag
        gold = self._history is not None and self._history.is_gold
        text = self.tr("%1, but it is %2") if gold else self.tr("%1, at the last epoch %2")
        return text.replace("%1", tag).replace("%2", shown_text(page.right[word]))

    def _describe(self) -> None:
        """Set the accessible description to the tags of the selected picture."""
        if self._picked not in self._epochs or self._history is None or self._is_pale:
            self.setAccessibleDescription("")
            return
        page = self.page(self._epochs.index(self._picked))
        if page.picture is not None:
            tags = (
                f"{shown_text(word)} {shown_text(page.picture.tags[k])}"
                + (f" ({self.tr('wrong')})" if page.is_wrong(k) else "")
                for k, word in enumerate(page.words)
            )
            self.setAccessibleDescription(f"{page.title}: {', '.join(tags)}")

    # ------------------------------------------------------------ Qt

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            pages = self.pages
            painter.setOpacity(PALE if self._is_pale else 1.0)
            for k in range(len(self._epochs)):
                paint_page(painter, self.page(k), pages, k, self._theme)
            painter.setOpacity(1.0)
            self.paint_focus(painter)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()
        if self.pages.has_words != self._had_words:
            self._had_words = self.pages.has_words
            self.detail_changed.emit()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick_at(event.position())

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick_at(event.position())
        super().mouseMoveEvent(event)

    def describe_at(self, point: QPointF) -> str:
        k = self.pages.nearest(point.x())
        inside = self._epochs and self.pages.frame(k).adjusted(0, -20, 0, 40).contains(point)
        return self.describe(k, point) if inside else ""

    def is_clickable(self, point: QPointF) -> bool:
        return True

    def _pick_at(self, point: QPointF) -> None:
        if self._epochs:
            self.picked.emit(self._epochs[self.pages.nearest(point.x())])

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        far = 1 << 30
        moves: dict[int, int] = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -far,
            Qt.Key.Key_End: far,
        }
        if event.key() in moves and self._epochs:
            self.moved.emit(moves[event.key()])
        else:
            event.ignore()


def _widest(texts: Iterable[str], font: QFont) -> float:
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(shown_text(text)) for text in texts), default=0.0)
