"""The names of the three ways, over their columns."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QButtonGroup, QWidget

from lstm_viz.app.sentence.memory.choosers import Toggle
from lstm_viz.app.sentence.owed.rows import Places
from lstm_viz.app.sentence.owed.shown import WAYS
from lstm_viz.app.sentence.owed.words import way_name, way_tip
from lstm_viz.app.state import Attribution

_HEIGHT, _PADDING = 24, 7


class Heads(QWidget):
    """A button a way: the one that is pressed is drawn over the words too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.toggles: dict[Attribution, Toggle] = {
            way: Toggle(way_name(way), way_tip(way), self) for way in WAYS
        }
        for way, toggle in self.toggles.items():
            toggle.setAccessibleName(way_name(way))
            self._group.addButton(toggle)
        self.setFixedHeight(_HEIGHT)
        self.setStyleSheet("QPushButton { padding: 1px 2px; }")

    def set_width(self, width: int) -> None:
        """Stand over the columns of rows that are so wide."""
        places = Places(float(width))
        for place, (way, toggle) in enumerate(self.toggles.items()):
            left, right = round(places.left(place) + 3), round(places.left(place + 1) - 2)
            toggle.setGeometry(QRect(QPoint(left, 1), QPoint(right, _HEIGHT - 2)))
            name = way_name(way)
            fits = toggle.fontMetrics().horizontalAdvance(name) + _PADDING <= toggle.width()
            toggle.setText(name if fits else self._short(way))

    def _short(self, way: Attribution) -> str:
        if way == "gradient_input":
            return self.tr("∂ × x")
        return self.tr("∫ ∂ × x") if way == "integrated" else way_name(way)
