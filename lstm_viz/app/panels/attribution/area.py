"""A scroll area that shows whole rows only."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.attribution.rows import AttributionRows


class RowsArea(QScrollArea):
    """Shows as many whole rows as fit, starting at the top of one."""

    def __init__(self, rows: AttributionRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
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
        self.verticalScrollBar().setSingleStep(row)
        self._snap()

    def show_row(self, word: int) -> None:
        """Scroll as little as possible to show a row."""
        row = self._rows.row(word)
        self.ensureVisible(0, int(row.center().y()), 0, int(row.height() / 2))

    def _snap(self) -> None:
        bar, row = self.verticalScrollBar(), self._rows.row_height
        bar.setValue(round(bar.value() / row) * row)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
