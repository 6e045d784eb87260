"""A table of terms: numbers that lead to their own arithmetic, and a bar to the left or right of zero."""

import math

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.sentence.arithmetic.shown import Entry, Place, Term, Terms
from lstm_viz.app.sentence.cell.figures import decimal, significant
from lstm_viz.app.sentence.cell.fonts import fixed_font, underlined
from lstm_viz.app.theme import DARK, Theme

_BAR_WIDTH = 72
_PART = Qt.ItemDataRole.UserRole  # of the longest bar, −1…1
_LINK = Qt.ItemDataRole.UserRole + 1  # a Place
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class TermTable(QTableWidget):
    """One row a term. Arrow keys move from number to number; a click or Enter follows an underlined one.

    Signals
    -------
    followed(place)
        The arithmetic at a `Place` is wanted.
    """

    followed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 0, parent)
        self._theme = DARK
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self._bars = _Bars(self)
        self.setItemDelegate(self._bars)
        self.cellClicked.connect(self._follow)

    def set_terms(self, terms: Terms, theme: Theme) -> None:
        """Show these terms."""
        self._theme = self._bars.theme = theme
        heads = (*terms.heads, "") if terms.has_bars else terms.heads
        self.setAccessibleName(terms.caption or self.tr("Terms of the sum"))
        self.clear()
        self.setColumnCount(len(heads))
        self.setRowCount(len(terms.terms))
        for column, text in enumerate(heads):
            self.setHorizontalHeaderItem(column, _head(text, column))
        for row, term in enumerate(terms.terms):
            self._set_row(row, term, terms)
        self.setStyleSheet(_style(theme))
        self.resizeColumnsToContents()
        self.updateGeometry()
        self._show_marked(terms)

    def _set_row(self, row: int, term: Term, terms: Terms) -> None:
        items = [_name(term, self._theme)]
        items += [_number(entry, term, terms.digits, self._theme) for entry in term.entries]
        if terms.has_bars:
            items.append(_bar(term, terms.longest))
        for column, item in enumerate(items):
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            if term.marked:
                item.setBackground(QColor(self._theme.raised))
            self.setItem(row, column, item)

    def _show_marked(self, terms: Terms) -> None:
        """Scroll to the number that was followed here, else to the first."""
        marked = next((row for row, term in enumerate(terms.terms) if term.marked), 0)
        self.scrollTo(self.model().index(marked, 0))

    def place_at(self, row: int, column: int) -> Place | None:
        """Return where the number of a cell leads, if it does."""
        item = self.item(row, column)
        return item.data(_LINK) if item is not None else None

    def _follow(self, row: int, column: int) -> None:
        place = self.place_at(row, column)
        if place is not None:
            self.followed.emit(place)

    # ---------------------------------------------------------------- Qt

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_link = index.isValid() and self.place_at(index.row(), index.column()) is not None
        shape = Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Follow with Enter; leave what is no step from number to number to the page."""
        moves = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._follow(self.currentRow(), self.currentColumn())
        elif event.key() in moves:
            super().keyPressEvent(event)
        else:
            event.ignore()

    @guarded
    def sizeHint(self) -> QSize:
        header, bar = self.horizontalHeader(), self.verticalScrollBar().sizeHint().width()
        height = self.verticalHeader().length() + max(header.height(), header.sizeHint().height())
        return QSize(header.length() + bar + 4, height + 2)

    @guarded
    def minimumSizeHint(self) -> QSize:
        return QSize(120, min(self.sizeHint().height(), 90))


class _Bars(QStyledItemDelegate):
    """Draws the bars of the last column, and leaves the rest to Qt."""

    theme: Theme = DARK

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        part = index.data(_PART)
        if part is None:
            return
        area = QRectF(option.rect).adjusted(6, 4, -2, -4)
        zero = area.center().x()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(zero - 0.5, area.top() - 4, 1, area.height() + 8), QColor(self.theme.line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.plus if part > 0 else self.theme.minus))
        bar = QRectF(zero, area.top(), part * area.width() / 2, area.height()).normalized()
        painter.drawRoundedRect(bar, 2, 2)
        painter.restore()

    @guarded
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        hint = super().sizeHint(option, index)
        extra = _BAR_WIDTH if index.data(_PART) is not None else 12
        return QSize(hint.width() + extra, hint.height() + 1)


def _head(text: str, column: int) -> QTableWidgetItem:
    head = QTableWidgetItem(text)
    head.setTextAlignment(_RIGHT if column else _LEFT)
    return head


def _name(term: Term, theme: Theme) -> QTableWidgetItem:
    name = QTableWidgetItem(term.name)
    if term.ink:
        name.setForeground(QColor(term.ink))
    _make_bold(name, term.total)
    return name


def _bar(term: Term, longest: float) -> QTableWidgetItem:
    item = QTableWidgetItem()
    if term.bar is not None:
        item.setData(_PART, term.bar / longest if longest and math.isfinite(term.bar) else 0.0)
    return item


def _number(entry: Entry | None, term: Term, digits: int, theme: Theme) -> QTableWidgetItem:
    if entry is None:
        return QTableWidgetItem()
    item = QTableWidgetItem(decimal(entry.value, digits))
    item.setToolTip(significant(entry.value))
    item.setForeground(QColor(theme.text if math.isfinite(entry.value) else theme.danger))
    item.setFont(underlined(fixed_font()) if entry.link is not None else fixed_font())
    item.setTextAlignment(_RIGHT)
    item.setData(_LINK, entry.link)
    _make_bold(item, term.total or entry.strong)
    return item


def _make_bold(item: QTableWidgetItem, bold: bool) -> None:
    if bold:
        font = item.font()
        font.setBold(True)
        item.setFont(font)


def _style(theme: Theme) -> str:
    return f"""
        QTableWidget {{ background: {theme.panel}; color: {theme.text}; outline: none; }}
        QTableWidget::item:focus {{ background: transparent; border: 1px solid {theme.accent}; }}
        QHeaderView {{ background: {theme.panel}; }}
        QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: none;
                                border-bottom: 1px solid {theme.line}; padding: 3px 4px; }}
    """
