"""A table of terms: numbers linked to their own arithmetic, and a bar to the left or right of zero."""

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.arithmetic.model import PART, Index, TermModel
from lstm_viz.app.panels.arithmetic.view_model import NumberLink, Terms
from lstm_viz.app.theme import DARK, Theme

_BAR_WIDTH = 72
_MEASURED = 64  # rows of a column, those with the longest texts: Qt measures 1000, which takes 60 ms


class TermTable(QTableView):
    """One row per term. Arrow keys move from number to number; a click or Enter follows an underlined one.

    Signals
    -------
    followed(place)
        The arithmetic at a `NumberLink` is requested.
    """

    followed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.terms = TermModel()
        self._styled: Theme | None = None
        self.setModel(self.terms)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self._bars = _Bars(self)
        self.setItemDelegate(self._bars)
        self.clicked.connect(self._follow)

    def set_terms(self, terms: Terms, theme: Theme) -> None:
        """Show these terms."""
        if theme is not self._styled:
            self._styled = self._bars.theme = theme
            self.setStyleSheet(_style(theme))
        self.setAccessibleName(terms.caption or self.tr("Terms of the sum"))
        self.terms.set_terms(terms, theme)
        self.resizeColumnsToContents()
        self.updateGeometry()
        self._show_marked(terms)

    def _show_marked(self, terms: Terms) -> None:
        """Scroll to the number whose link led here, else to the first."""
        marked = next((row for row, term in enumerate(terms.terms) if term.marked), 0)
        self.scrollTo(self.terms.index(marked, 0))

    def place_at(self, row: int, column: int) -> NumberLink | None:
        """Return the link of a cell's number, if it has one."""
        return self.terms.place_at(row, column)

    def _follow(self, index: QModelIndex) -> None:
        place = self.place_at(index.row(), index.column())
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
        """Follow a link with Enter; pass on keys that do not move from number to number."""
        moves = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._follow(self.currentIndex())
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
    def sizeHintForColumn(self, column: int) -> int:
        rows = self.terms.longest_texts(column, _MEASURED)
        indices = (self.terms.index(row, column) for row in rows)
        return max((self.sizeHintForIndex(index).width() for index in indices), default=0)

    @guarded
    def minimumSizeHint(self) -> QSize:
        return QSize(120, min(self.sizeHint().height(), 90))


class _Bars(QStyledItemDelegate):
    """Draws the bars of the last column, and leaves the rest to Qt."""

    theme: Theme = DARK

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        part = index.data(PART)
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
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        extra = _BAR_WIDTH if index.data(PART) is not None else 12
        return QSize(hint.width() + extra, hint.height() + 1)


def _style(theme: Theme) -> str:
    return f"""
        QTableView {{ background: {theme.panel}; color: {theme.text}; outline: none; }}
        QTableView::item:focus {{ background: transparent; border: 1px solid {theme.accent}; }}
        QHeaderView {{ background: {theme.panel}; }}
        QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: none;
                                border-bottom: 1px solid {theme.line}; padding: 3px 4px; }}
    """
