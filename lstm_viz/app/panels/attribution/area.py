"""The frame of the rows of the words: the methods above them, and the area that scrolls them."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QScrollArea, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.attribution.labels import method_name, method_tip
from lstm_viz.app.panels.attribution.rows import AttributionRows, RowLayout
from lstm_viz.app.panels.attribution.view_model import METHODS
from lstm_viz.app.selection.selection import AttributionMethod
from lstm_viz.app.widgets.buttons import Toggle

_HEIGHT, _PADDING = 24, 7


class MethodHeader(QWidget):
    """One button per method: the checked one is also drawn in the strip over the columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.toggles: dict[AttributionMethod, Toggle] = {
            method: Toggle(method_name(method), method_tip(method), self) for method in METHODS
        }
        for method, toggle in self.toggles.items():
            toggle.setAccessibleName(method_name(method))
            self._group.addButton(toggle)
        self.setFixedHeight(_HEIGHT)
        self.setStyleSheet("QPushButton { padding: 1px 2px; }")

    def set_width(self, width: int) -> None:
        """Align the buttons with the columns of rows of this width."""
        places = RowLayout(float(width))
        for place, (method, toggle) in enumerate(self.toggles.items()):
            left, right = round(places.left(place) + 3), round(places.left(place + 1) - 2)
            toggle.setGeometry(QRect(QPoint(left, 1), QPoint(right, _HEIGHT - 2)))
            name = method_name(method)
            fits = toggle.fontMetrics().horizontalAdvance(name) + _PADDING <= toggle.width()
            toggle.setText(name if fits else self._short(method))

    def _short(self, method: AttributionMethod) -> str:
        if method == "gradient_input":
            return self.tr("∂ × x")
        return self.tr("∫ ∂ × x") if method == "integrated" else method_name(method)


class RowsArea(QScrollArea):
    """Shows as many whole rows as fit, starting at the top of one."""

    def __init__(self, rows: AttributionRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._word = rows, 0
        self.setWidget(rows)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        rows.setObjectName("scrolled")
        self.verticalScrollBar().valueChanged.connect(self._snap)

    def fit(self) -> None:
        """Leave less than a row's height free at the bottom."""
        row = self._rows.row_height
        self.setViewportMargins(0, 0, 0, self.height() % row if self.height() > row else 0)
        # Qt drops the event of a viewport that is resized while it is being shown, and with it the new range
        size = self.viewport().size()
        super().resizeEvent(QResizeEvent(size, size))
        self.verticalScrollBar().setSingleStep(row)
        self._snap()

    def show_row(self, word: int) -> None:
        """Scroll as little as possible to show a row; it stays in view when the area is resized."""
        self._word = word
        row = self._rows.row(word)
        self.ensureVisible(0, int(row.center().y()), 0, int(row.height() / 2))

    def _snap(self) -> None:
        bar, row = self.verticalScrollBar(), self._rows.row_height
        bar.setValue(round(bar.value() / row) * row)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
        if event.size().height() != event.oldSize().height():
            self.show_row(self._word)
