"""Descriptions of what is under the mouse, without delay and in plain text: a word may look like markup."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.painting import number_font, paint_focus
from lstm_viz.app.widgets.plain_text import PlainLabel

_OFFSET = 16


class Hover(PlainLabel):
    """A small plain label that follows the mouse within the window."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(parent=over)
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(number_font(12))
        self.setObjectName("hover")
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"#hover {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.muted};"
            " border-radius: 4px; padding: 4px 7px; }"
        )

    def show_at(self, position: QPointF, text: str) -> None:
        """Show ``text`` beside ``position``, in coordinates of the widget it was created for; "" hides it."""
        if not text:
            self.hide()
            return
        if self.parent() is not self._over.window():
            self.setParent(self._over.window())
        self.setText(text)
        self.adjustSize()
        window = self._over.window().rect()
        place = self._over.mapTo(self._over.window(), position.toPoint())
        x, y = place.x() + _OFFSET, place.y() + _OFFSET
        if x + self.width() > window.right():
            x = place.x() - _OFFSET - self.width()
        if y + self.height() > window.bottom():
            y = place.y() - _OFFSET - self.height()
        self.move(max(0, x), max(0, y))
        self._hide_others()
        self.show()
        self.raise_()

    def _hide_others(self) -> None:
        """Hide the label of another widget, whose leave event may come late, or not at all."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for other in self._over.window().findChildren(Hover, self.objectName(), direct):
            if other is not self:
                other.hide()


class HoverWidget(QWidget):
    """A painted widget that describes what is under the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = DARK
        self._hover = Hover(self)
        self._is_posing = False
        self.setMouseTracking(True)

    def set_theme(self, theme: Theme) -> None:
        """Paint with the colours of ``theme``."""
        self._theme = theme
        self._hover.set_theme(theme)
        self.update()

    def pose(self, scale: float | None) -> None:
        """Leave out the focus in a figure; None resets it."""
        self._is_posing = scale is not None

    def paint_focus(self, painter: QPainter) -> None:
        """Paint the frame of the widget while it has the focus."""
        if self.hasFocus() and not self._is_posing:
            paint_focus(painter, QRectF(self.rect()), self._theme)

    def describe_at(self, point: QPointF) -> str:
        """Return the description of what is at a point of the widget, "" for nothing."""
        raise NotImplementedError

    def is_clickable(self, point: QPointF) -> bool:
        """Return whether a click at a point has an effect."""
        return False

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointing = self.is_clickable(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        self._hover.show_at(event.position(), self.describe_at(event.position()))

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover.hide()

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hover.hide()
        self.update()
