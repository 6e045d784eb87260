"""The probe sentence through training: a small picture an epoch, scrubbed with the hand."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.hover import Hover
from lstm_viz.app.painting import PALE, plain, shown_text, text_font
from lstm_viz.app.pictures import picture
from lstm_viz.app.tag_label import label_width
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.training.probe.page_painter import Page, paint_page
from lstm_viz.app.training.probe.pages import Pages
from lstm_viz.app.words import quantity_name
from lstm_viz.messages import Picture, Probed


class Strip(QWidget):
    """Draws a `Probed` at some epochs.

    Signals
    -------
    picked(epoch)
        A picture was clicked, or dragged over.
    moved(by)
        An arrow key asked for the checkpoint before (-1) or after (1); Home and End for the first and the
        last, by more than there can be.
    room_changed(pictures)
        There is room for so many.
    """

    picked = Signal(int)
    moved = Signal(int)
    room_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._probed: Probed | None = None
        self._is_pale = False
        self._epochs: tuple[int, ...] = ()
        self._picked: int | None = None
        self._tags: tuple[str, ...] = ()
        self._theme: Theme = DARK
        self._room = 0
        self._by_epoch: dict[int, Picture] = {}
        self._images: dict[int, tuple[Picture, QImage]] = {}
        self._hover = Hover(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Probe sentence through training"))

    # ------------------------------------------------------------ what is drawn

    def set_probed(self, probed: Probed | None, tags: tuple[str, ...], pale: bool = False) -> None:
        """Draw these pictures; ``tags`` is the tagset.

        Pale ones are of something else than what is looked at.
        """
        if probed is self._probed and (tags, pale) == (self._tags, self._is_pale):
            return
        another = probed is None or self._probed is None or probed.quantity != self._probed.quantity
        self._probed, self._tags, self._is_pale = probed, tags, pale
        self._by_epoch = {picture.epoch: picture for picture in probed.pictures} if probed else {}
        if another:
            self._images.clear()
        self._hover.hide()
        self._measure()
        self._describe()
        self.update()

    def set_epochs(self, epochs: tuple[int, ...], picked: int | None) -> None:
        """Draw the pictures of these epochs, one of them picked."""
        if epochs != self._epochs:
            self._hover.hide()  # another picture is under the mouse now
        if (epochs, picked) != (self._epochs, self._picked):
            self._epochs, self._picked = epochs, picked
            self._describe()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._images.clear()
        self._hover.set_theme(theme)
        self.update()

    @property
    def epochs(self) -> tuple[int, ...]:
        return self._epochs

    @property
    def picked_picture(self) -> Picture | None:
        """The picture of the picked epoch, if it is drawn in full colour."""
        return None if self._is_pale or self._picked is None else self._by_epoch.get(self._picked)

    @property
    def pages(self) -> Pages:
        words = len(self._probed.words) if self._probed else 1
        return Pages(len(self._epochs), words, self.width(), self.height())

    def page(self, k: int) -> Page:
        """Return what the ``k``-th picture shows."""
        probed, epoch = self._probed, self._epochs[k]
        found = self._by_epoch.get(epoch)
        return Page(
            title=self.tr("epoch %1").replace("%1", str(epoch)),
            name=probed.quantity if probed else "h",
            picture=found,
            image=self._image(found) if found else None,
            words=probed.words if probed else (),
            right=probed.gold if probed else (),
            tags=self._tags,
            picked=epoch == self._picked,
        )

    def _image(self, found: Picture) -> QImage:
        known = self._images.get(found.epoch)
        if known is None or known[0] is not found:
            assert self._probed is not None
            self._images = {e: kept for e, kept in self._images.items() if e in self._epochs}
            known = found, picture(found.values, self._probed.quantity, self._theme)
            self._images[found.epoch] = known
        return known[1]

    def _measure(self) -> None:
        """Tell how many pictures there is room for, where that changed."""
        if self._probed is None:
            return
        tags = {*self._probed.gold, *(tag for p in self._probed.pictures for tag in p.tags)}
        labels = max((label_width(tag, self._theme, 9) for tag in tags), default=0.0)
        widest = max(labels, _widest(self._probed.words, text_font(9)))
        room = Pages.room(len(self._probed.words), self.width(), widest)
        if room != self._room:
            self._room = room
            self.room_changed.emit(room)

    def sizeHint(self) -> QSize:
        return QSize(700, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 170)

    # ------------------------------------------------------------ words for a place

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
            lines[0] += " · " + self.tr("unit %1").replace("%1", str(unit))
            lines.append(f"{quantity_name(page.name)}  {page.name} = {value}")
        return "\n".join([*lines, self._tag_line(page, page.picture, word)])

    def _tag_line(self, page: Page, found: Picture, word: int) -> str:
        said = f"{shown_text(found.tags[word])} {plain(float(found.probabilities[word]))}"
        if not page.right[word]:
            return self.tr("%1, the corpus has no tag for it").replace("%1", said)
        if not page.is_wrong(word):
            return said
        gold = self._probed is not None and self._probed.is_gold
        text = self.tr("%1, but it is %2") if gold else self.tr("%1, at the last epoch %2")
        return text.replace("%1", said).replace("%2", shown_text(page.right[word]))

    def _describe(self) -> None:
        """Say what the picked picture says, for who hears the window."""
        if self._picked not in self._epochs or self._probed is None or self._is_pale:
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
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.accent), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick_at(event.position())

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._epochs:
            return
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick_at(event.position())
        k = self.pages.nearest(event.position().x())
        if self.pages.frame(k).adjusted(0, -20, 0, 40).contains(event.position()):
            self._hover.show_at(event.position(), self.describe(k, event.position()))
        else:
            self._hover.hide()

    def _pick_at(self, point: QPointF) -> None:
        if self._epochs:
            self.picked.emit(self._epochs[self.pages.nearest(point.x())])

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover.hide()

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

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hover.hide()
        self.update()


def _widest(texts: Iterable[str], font: QFont) -> float:
    metrics = QFontMetricsF(font)
    return max((metrics.horizontalAdvance(shown_text(text)) for text in texts), default=0.0)
