"""A widget with one row per tag, each of which opens the arithmetic of the tag's score."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.reading_panel import ReadingPanel
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.panel import Panel
from lstm_viz.app.widgets.plain_text import show_tip

_MARGIN = 6.0  # of a marked row, at both sides


class TagRows(ReadingPanel, Panel):
    """Base of widgets with one row per tag: a click or Enter opens one, ↑ and ↓ move between tags.

    While the arithmetic of a tag is open, it follows.
    """

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._tag = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def tag_places(self) -> list[tuple[str, QRectF]]:
        """Return the tags and their rows from top to bottom as shown."""
        raise NotImplementedError

    @property
    def current(self) -> str:
        """The open tag, else the focused one, else the first; "" where none is shown."""
        opened, tags = self._state.selection.opened, [tag for tag, _ in self.tag_places()]
        candidates = (opened.tag if opened is not None else "", self._tag, *tags)
        return next((tag for tag in candidates if tag in tags), "")

    def tag_at(self, point: QPointF) -> str:
        """Return the tag whose row is at ``point``, "" for none."""
        return next((tag for tag, row in self.tag_places() if row.contains(point)), "")

    def open_tag(self, tag: str) -> None:
        """Open the arithmetic of a tag's score."""
        if tag:
            self._tag = tag
            self._state.change(opened=OpenedNumber("score", tag))

    def _step(self, by: int) -> None:
        tags = [tag for tag, _ in self.tag_places()]
        if not tags:
            return
        self._tag = tags[max(0, min(tags.index(self.current) + by, len(tags) - 1))]
        opened = self._state.selection.opened
        if opened is not None and opened.is_of_tag:
            self._state.change(opened=replace(opened, tag=self._tag))
        self._name()
        self.update()

    def _name(self) -> None:
        """Report the focused tag to screen readers."""
        current = self.current if self.hasFocus() else ""
        name = self.tr("Tag scores: %1").replace("%1", current) if current else self.tr("Tag scores")
        self.setAccessibleName(name)

    @property
    def marked(self) -> tuple[str, bool]:
        """The tag whose row is marked, because it is open or focused, and whether it is open; "" for none."""
        opened, current = self._state.selection.opened, ""
        if self.hasFocus() or (opened is not None and opened.is_of_tag):
            current = self.current
        is_open = opened is not None and opened.is_of_tag and opened.tag == current
        return (current, is_open) if is_open or self.hasFocus() else ("", False)

    def paint_mark(self, painter: QPainter) -> None:
        """Paint the mark of the open or focused tag."""
        (tag, is_open), theme = self.marked, self._state.theme
        row = next((row for shown, row in self.tag_places() if shown == tag), None) if tag else None
        if row is None:
            return
        painter.setPen(QPen(QColor(theme.accent), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.raised) if is_open else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(row.adjusted(-_MARGIN, 0.5, _MARGIN, -0.5), 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # ------------------------------------------------------------ Qt

    @guarded
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            tag = self.tag_at(QPointF(event.pos()))
            tip = f"{shown_text(tag)}\n{self.tr('Click for its arithmetic')}" if tag else ""
            show_tip(event.globalPos(), tip, self)
            return True
        return super().event(event)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_tag(self.tag_at(event.position()))

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        on_row = bool(self.tag_at(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_row else Qt.CursorShape.ArrowCursor)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_tag(self.current)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._name()
        self.update()

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._name()
        self.update()
