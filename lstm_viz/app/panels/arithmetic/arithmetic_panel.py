"""The panel of the arithmetic of one number; it covers neither the diagram, the equations nor the scores."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.arithmetic.arithmetic_sheet import ArithmeticSheet, text_label
from lstm_viz.app.panels.arithmetic.choose import shown_of
from lstm_viz.app.panels.arithmetic.view_model import ArithmeticViewModel, NumberLink, joined, selected
from lstm_viz.app.panels.reading_panel import ReadingPanel
from lstm_viz.app.selection.opened import can_open
from lstm_viz.app.selection.selection import Selection, SelectionChanges
from lstm_viz.app.state import State
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.buttons import Tab
from lstm_viz.app.widgets.panel import Panel
from lstm_viz.app.widgets.plain_text import no_mnemonic, set_tip
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Reading

_BORDER = 1
_MARGINS = (16 + _BORDER, 10 + _BORDER, 12 + _BORDER, 10 + _BORDER)
#: A result that is stale for so long is hidden: its numbers are those of something else.
_LATE_MS = 300


class ArithmeticPanel(ReadingPanel, Panel):
    """Shows the arithmetic of the number opened in the selection, and follows its step and unit.

    It lies within `set_room` of its parent: to the left of the column of the number, which ``column``
    returns, where it fits there and would cover it otherwise; else at the right. Numbers that have an
    arithmetic of their own are links to it, and `back` returns.
    """

    stem = "arithmetic"

    def __init__(
        self, state: State, parent: QWidget | None = None, column: Callable[[], QRect] = QRect
    ) -> None:
        super().__init__(parent)
        self._state, self._column = state, column
        self._room = QRect(0, 0, 640, 480)
        self._past: list[SelectionChanges] = []
        self._returns = False
        self._opener: QWidget | None = None
        self._drawn: tuple[ArithmeticViewModel, Theme, QRect] | None = None
        self.shown: ArithmeticViewModel | None = None
        self.setObjectName("arithmetic")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.sheet = text_label(), ArithmeticSheet(self)
        self.title.setObjectName("title")
        self.title.setWordWrap(True)
        self.back = self._button("‹", self.tr("Back"), self.tr("Back to the previous number (Backspace)"))
        self.close_button = self._button("✕", self.tr("Close"), self.tr("Close the arithmetic (Esc)"))
        self.tabs = QWidget(self)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._pick)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_LATE_MS)
        self._lay_out()
        self._connect()
        self.setWhatsThis(
            self.tr(
                "The number, recomputed in float64 from its operands, and its difference from the forward "
                "pass. An underlined number leads to its own arithmetic: from a tag's score over h, c and "
                "the gates to the embedding. Backspace leads back, Esc closes."
            )
        )
        self.hide()

    def _button(self, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAccessibleName(name)
        set_tip(button, tip)
        button.setObjectName("link")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.tabs)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addStretch(1)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*_MARGINS)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.tabs)
        column.addWidget(self.sheet, 1)

    def _connect(self) -> None:
        state = self._state
        self.back.clicked.connect(self.go_back)
        self.close_button.clicked.connect(self.close_panel)
        self.sheet.followed.connect(self.follow)
        self._late.timeout.connect(self.hide)
        state.selection_changed.connect(self._selection_changed)
        state.reading_changed.connect(self._reading_changed)
        state.gate_arithmetic_changed.connect(self._draw)
        state.arithmetic_changed.connect(self._draw)
        state.theme_changed.connect(self._draw)
        state.error_changed.connect(self._draw)

    # ------------------------------------------------------------ user actions

    def follow(self, place: NumberLink) -> None:
        """Open the arithmetic of an operand of this number; `back` returns here."""
        self._past.append(selected(self._state.selection))
        self._move(place.changes(self._state.reads_characters))

    def go_back(self) -> None:
        """Open the previous number."""
        if self._past:
            self._move(self._past.pop())

    def close_panel(self) -> None:
        """Close, and return the focus to the widget that had it when this was opened."""
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self.window())
        opener, self._opener = self._opener, None
        self._state.change(opened=None)
        if had_focus and opener is not None:
            opener.setFocus()

    def _move(self, changes: SelectionChanges) -> None:
        self._returns = True
        self._state.change(**changes)
        self._returns = False
        self._draw()

    # ------------------------------------------------------------ what changed

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.opened is None:
            self._past.clear()
        elif old.opened is None:
            self._opener = QApplication.focusWidget()
            self._come_after(self._opener)
        elif not self._returns and new.opened.name != old.opened.name:
            self._past.append(selected(old))
        if new != old:
            self._draw()

    def _come_after(self, opener: QWidget | None) -> None:
        """Insert this into the tab order after the widget that opened it."""
        if opener is None or opener.window() is not self.window():
            return
        tables = (block.table for block in self.sheet.blocks)
        order = (opener, *tables, self.sheet.copy, self.back, self.close_button)
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)

    def _reading_changed(self, reading: Reading) -> None:
        opened = self._state.selection.opened
        if opened is not None and reading.view is not None and not can_open(opened, reading):
            self._state.change(opened=None)
        else:
            self._draw()

    def set_room(self, room: QRect) -> None:
        """Set the available rectangle; the panel lies at its top."""
        if room != self._room:
            self._room = room
            self._draw()

    def table(self) -> Table:
        """Return the terms of the sums, with unrounded numbers."""
        assert self.shown is not None
        return joined(self.shown)

    # ------------------------------------------------------------ drawing

    @property
    def is_answered(self) -> bool:
        """Whether the displayed arithmetic is that of the open number."""
        return self.shown is not None and self.isVisible() and not self._late.isActive()

    def _draw(self, *_: object) -> None:
        """Show the open number; until its result arrives, the last one stays for a moment."""
        selection = self._state.selection
        if selection.opened is None or self._state.error is not None:
            self._late.stop()
            self.hide()
            return
        shown = shown_of(self._state)
        if shown is None:
            if not self._late.isActive():
                self._late.start()
            return
        self._late.stop()
        self.back.setEnabled(bool(self._past))
        drawn = shown, self._state.theme, self._room
        if drawn != self._drawn or not self.isVisible():
            self._drawn = drawn
            self._show(shown, self._state.theme)

    def _show(self, shown: ArithmeticViewModel, theme: Theme) -> None:
        is_new = self.shown is None or self.shown.title != shown.title or not self.isVisible()
        self.shown = shown
        self.set_ready(bool(shown.tables))
        self.show()  # its fonts, and so its size, are final only now
        self.raise_()
        self.title.setText(shown.title)
        self.setStyleSheet(_style(theme, shown))
        self._set_tabs(shown)
        self.sheet.set_shown(shown, theme, self._inner_width())
        self.setAccessibleName(self.tr("Arithmetic: %1").replace("%1", shown.title))
        self.setAccessibleDescription("\n".join((*shown.results, shown.note, shown.replaced, shown.proof)))
        self._place()
        if is_new:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _set_tabs(self, shown: ArithmeticViewModel) -> None:
        """Show one tab per number of the tag; the widgets are reused while their count is the same."""
        row = self.tabs.layout()
        assert isinstance(row, QHBoxLayout)
        while len(self._group.buttons()) < len(shown.tabs):
            tab = Tab(parent=self.tabs)
            self._group.addButton(tab, len(self._group.buttons()))
            row.insertWidget(row.count() - 1, tab)
            tab.show()  # Qt would show it with the next event only, and its size is measured now
        self.tabs.setVisible(bool(shown.tabs))
        for button, (name, opened) in zip(self._group.buttons(), shown.tabs, strict=False):
            assert isinstance(button, Tab)
            button.setText(no_mnemonic(name))
            button.fit(name)
            button.setChecked(opened == shown.opened)
        row.activate()

    def _pick(self, tab: int) -> None:
        if self.shown is not None and tab < len(self.shown.tabs):
            self._state.change(opened=self.shown.tabs[tab][1])

    def _place(self) -> None:
        """Take the size that the numbers need, within ``room``."""
        size = self._preferred_size().boundedTo(self._room.size())
        self.setGeometry(QRect(QPoint(self._left(size.width()), self._room.top()), size))

    def _left(self, width: int) -> int:
        room, column = self._room, self._column()
        right = room.right() + 1 - width
        fits_before = column.left() - width >= room.left()
        return column.left() - width if fits_before and column.right() >= right else right

    def _inner_width(self) -> int:
        return self._room.width() - _MARGINS[0] - _MARGINS[2]

    def _preferred_size(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        self.sheet.settle()
        layout.activate()
        wide = min(layout.sizeHint().width(), self._room.width())
        return QSize(wide, layout.totalHeightForWidth(wide - 2 * _BORDER) + 2 * _BORDER)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.isVisible():
            self._place()


def _style(theme: Theme, shown: ArithmeticViewModel) -> str:
    proof = theme.muted if shown.holds else theme.danger
    return f"""
        #arithmetic {{ background: {theme.panel}; border: {_BORDER}px solid {theme.muted};
                       border-radius: 8px; }}
        #title {{ color: {shown.ink}; font-weight: 600; }}
        #note {{ color: {theme.muted}; }}
        #replaced {{ color: {shown.ink}; font-weight: 600; }}
        #proof {{ color: {proof}; }}
    """
