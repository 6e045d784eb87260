"""The arithmetic of one number, beside the diagram, the equations and the scores, of which it covers none."""

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QFont, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.opened import can_open
from lstm_viz.app.plain_text import no_mnemonic, set_tip
from lstm_viz.app.sentence.arithmetic.choose import shown_of
from lstm_viz.app.sentence.arithmetic.sheet import Sheet, text_label
from lstm_viz.app.sentence.arithmetic.shown import Place, Shown, selected
from lstm_viz.app.state import Look, State
from lstm_viz.app.theme import Theme
from lstm_viz.messages import Reading

_MARGINS = (16, 10, 12, 10)
_BORDER = 1
_TAB_PADDING = 32  # at both sides together
#: What has not been answered for so long is hidden: its numbers are those of something else.
_LATE_MS = 300


class ArithmeticPanel(QFrame):
    """Explains the number that is open in the state: at its step and unit, also while these change.

    It lies within ``room`` of its parent. Numbers that have an arithmetic of their own lead to it, and
    `back` leads back.
    """

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._room = QRect(0, 0, 640, 480)
        self._past: list[dict[str, Any]] = []
        self._returns = False
        self._opener: QWidget | None = None
        self._drawn: tuple[Shown, Theme, QRect] | None = None
        self.shown: Shown | None = None
        self.setObjectName("arithmetic")
        self.title, self.sheet = text_label(), Sheet(self)
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
                "How a number comes about, recomputed in float64 from what went into it, and how far that is "
                "from the forward pass. An underlined number leads to its own arithmetic: from a tag's score "
                "over h, c and the gates to the embedding. Backspace leads back, Esc closes."
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
        self.close_button.clicked.connect(self.shut)
        self.sheet.followed.connect(self.follow)
        self._late.timeout.connect(self.hide)
        state.look_changed.connect(self._look_changed)
        state.reading_changed.connect(self._reading_changed)
        state.explanation_changed.connect(self._draw)
        state.arithmetic_changed.connect(self._draw)
        state.theme_changed.connect(self._draw)
        state.trouble_changed.connect(self._draw)

    # ------------------------------------------------------------ what a person does

    def follow(self, place: Place) -> None:
        """Open the arithmetic of a number that went into this one; `back` comes back here."""
        self._past.append(selected(self._state.look))
        self._move(place.changes(self._state.reads_characters))

    def go_back(self) -> None:
        """Open what was open before."""
        if self._past:
            self._move(self._past.pop())

    def shut(self) -> None:
        """Close, and give the focus back to where it was when this was opened."""
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self.window())
        opener, self._opener = self._opener, None
        self._state.change(opened=None)
        if had_focus and opener is not None:
            opener.setFocus()

    def _move(self, changes: dict[str, Any]) -> None:
        self._returns = True
        self._state.change(**changes)
        self._returns = False
        self._draw()

    # ------------------------------------------------------------ what changed

    def _look_changed(self, new: Look, old: Look) -> None:
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
        """Let Tab go from what opened this into it."""
        if opener is None or opener.window() is not self.window():
            return
        tables = (block.table for block in self.sheet.blocks)
        order = (opener, *tables, self.sheet.copy, self.back, self.close_button)
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)

    def _reading_changed(self, reading: Reading) -> None:
        opened = self._state.look.opened
        if opened is not None and reading.view is not None and not can_open(opened, reading):
            self._state.change(opened=None)
        else:
            self._draw()

    def set_room(self, room: QRect) -> None:
        """Lie within ``room``, in its upper right corner."""
        if room != self._room:
            self._room = room
            self._draw()

    # ------------------------------------------------------------ drawing

    @property
    def is_answered(self) -> bool:
        """Whether what is open is what is shown."""
        return self.shown is not None and self.isVisible() and not self._late.isActive()

    def _draw(self, *_: object) -> None:
        """Show what is open; what is not answered yet lets the last stay for a moment."""
        look = self._state.look
        if look.opened is None or self._state.trouble is not None:
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

    def _show(self, shown: Shown, theme: Theme) -> None:
        is_new = self.shown is None or self.shown.title != shown.title or not self.isVisible()
        self.shown = shown
        self.show()  # only now are its fonts and so its size final
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

    def _set_tabs(self, shown: Shown) -> None:
        """Show a tab a number of the tag; they stay the same widgets while there are as many."""
        row = self.tabs.layout()
        assert isinstance(row, QHBoxLayout)
        while len(self._group.buttons()) < len(shown.tabs):
            tab = QPushButton(self.tabs)
            tab.setObjectName("tab")
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(tab, len(self._group.buttons()))
            row.insertWidget(row.count() - 1, tab)
            tab.show()  # Qt would with the next event only, and its room is measured now
        self.tabs.setVisible(bool(shown.tabs))
        for button, (name, opened) in zip(self._group.buttons(), shown.tabs, strict=False):
            button.setText(no_mnemonic(name))
            button.setMinimumWidth(_bold_width(button, name))
            button.setChecked(opened == shown.opened)
        row.activate()

    def _pick(self, tab: int) -> None:
        if self.shown is not None and tab < len(self.shown.tabs):
            self._state.change(opened=self.shown.tabs[tab][1])

    def _place(self) -> None:
        """Take the room that the numbers need, and no more than there is."""
        size = self._wanted().boundedTo(self._room.size())
        corner = self._room.topRight() + QPoint(1 - size.width(), 0)
        self.setGeometry(QRect(corner, size))

    def _inner_width(self) -> int:
        return self._room.width() - _MARGINS[0] - _MARGINS[2] - 2 * _BORDER

    def _wanted(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        self.sheet.settle()
        layout.activate()
        wide = min(layout.sizeHint().width() + 2 * _BORDER, self._room.width())
        return QSize(wide, layout.totalHeightForWidth(wide - 2 * _BORDER) + 2 * _BORDER)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.isVisible():
            self._place()


def _bold_width(tab: QAbstractButton, name: str) -> int:
    """Return how wide a tab is in front, where its name is bold."""
    bold = QFont(tab.font())
    bold.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(bold).horizontalAdvance(name) + _TAB_PADDING


def _style(theme: Theme, shown: Shown) -> str:
    proof = theme.muted if shown.holds else theme.danger
    return f"""
        #arithmetic {{ background: {theme.panel}; border: {_BORDER}px solid {theme.muted};
                       border-radius: 8px; }}
        #title {{ color: {shown.ink}; font-weight: 600; }}
        #note {{ color: {theme.muted}; }}
        #replaced {{ color: {shown.ink}; font-weight: 600; }}
        #proof {{ color: {proof}; }}
    """
