"""The table of a sum's terms, each with a bar to the left or right of zero."""

import math

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
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
from lstm_viz.app.sentence.cell.figures import decimal, significant, subscript
from lstm_viz.app.sentence.cell.fonts import fixed_font
from lstm_viz.app.sentence.cell.formulas import in_direction
from lstm_viz.app.sentence.cell.products import Line, Products
from lstm_viz.app.theme import DARK, Theme

_BAR = 4  # the last column
_BAR_WIDTH = 110
_PART = Qt.ItemDataRole.UserRole  # of the longest bar, −1…1
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class ProductTable(QTableWidget):
    """One row a term, and the sum in the last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self.setAccessibleName(self.tr("Terms of the sum"))
        for column, text in enumerate((*_heads(), "")):
            self.setHorizontalHeaderItem(column, _head(text, column))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        self._bars = _Bars(self)
        self.setItemDelegate(self._bars)

    def set_products(self, found: Products, theme: Theme) -> None:
        """Show these terms and their sum."""
        self._bars.theme = theme
        longest = max((abs(line.term) for line in found.lines if math.isfinite(line.term)), default=0.0)
        self.setRowCount(len(found.lines) + 1)
        for row, line in enumerate(found.lines):
            self._set_row(row, _row(line, _name(line, found), longest, theme))
        self._set_row(len(found.lines), _sum_row(found.total, theme))
        self.setStyleSheet(_style(theme))
        self.updateGeometry()

    def _set_row(self, row: int, items: list[QTableWidgetItem]) -> None:
        for column, item in enumerate(items):
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.setItem(row, column, item)

    @guarded
    def sizeHint(self) -> QSize:
        header = self.horizontalHeader()
        columns = (max(self.sizeHintForColumn(c), header.sectionSizeHint(c)) for c in range(_BAR + 1))
        width = sum(columns) + self.verticalScrollBar().sizeHint().width()
        return QSize(width, self.verticalHeader().length() + self.horizontalHeader().height() + 2)


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
        extra = _BAR_WIDTH if index.column() == _BAR else 14
        return QSize(hint.width() + extra, hint.height() + 1)


def tsv(found: Products) -> str:
    """Return the table as tab-separated values, its numbers in full."""
    rows = [list(_heads())]
    for line in found.lines:
        single = (repr(line.weight), repr(line.value)) if line.kind == "product" else ("", "")
        rows.append([_name(line, found), *single, repr(line.term)])
    rows.append([QCoreApplication.translate("ProductTable", "sum"), "", "", repr(found.total)])
    return "\n".join("\t".join(row) for row in rows) + "\n"


def _heads() -> tuple[str, ...]:
    translate = QCoreApplication.translate
    return (
        translate("ProductTable", "term"),
        translate("ProductTable", "weight"),
        translate("ProductTable", "value"),
        translate("ProductTable", "product"),
    )


def _head(text: str, column: int) -> QTableWidgetItem:
    head = QTableWidgetItem(text)
    head.setTextAlignment(_RIGHT if column else _LEFT)
    return head


def _row(line: Line, text: str, longest: float, theme: Theme) -> list[QTableWidgetItem]:
    name, bar = QTableWidgetItem(text), QTableWidgetItem()
    name.setForeground(QColor(theme.ink[line.source]))
    bar.setData(_PART, line.term / longest if longest and math.isfinite(line.term) else 0.0)
    if line.kind == "product":
        factors = [_number(line.weight, theme), _number(line.value, theme)]
    else:
        factors = [QTableWidgetItem(), QTableWidgetItem()]
    return [name, *factors, _number(line.term, theme), bar]


def _sum_row(total: float, theme: Theme) -> list[QTableWidgetItem]:
    name, number = QTableWidgetItem(QCoreApplication.translate("ProductTable", "sum")), _number(total, theme)
    for item in (name, number):
        font = item.font()
        font.setBold(True)
        item.setFont(font)
    return [name, QTableWidgetItem(), QTableWidgetItem(), number]


def _number(value: float, theme: Theme) -> QTableWidgetItem:
    item = QTableWidgetItem(decimal(value))
    item.setToolTip(significant(value))
    item.setForeground(QColor(theme.text if math.isfinite(value) else theme.danger))
    item.setFont(fixed_font())
    item.setTextAlignment(_RIGHT)
    return item


def _name(line: Line, found: Products) -> str:
    source = "xₜ" if line.source == "x" else in_direction("hₜ₋₁", found.backward)
    if line.kind == "rest":
        text = QCoreApplication.translate("ProductTable", "the rest of %1 (%2 more)")
        return text.replace("%1", source).replace("%2", str(line.count))
    if line.kind == "bias":
        return f"b_{'i' if line.source == 'x' else 'h'}{found.gate}"
    return f"{line.source}{subscript(line.index)}"


def _style(theme: Theme) -> str:
    return f"""
        QTableWidget {{ background: {theme.panel}; color: {theme.text}; outline: none; }}
        QTableWidget::item:focus {{ background: transparent; border: none; }}
        QHeaderView {{ background: {theme.panel}; }}
        QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: none;
                                border-bottom: 1px solid {theme.line}; padding: 3px 6px; }}
    """
