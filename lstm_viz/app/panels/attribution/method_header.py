"""The header of the attribution columns: the names of the three methods."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QButtonGroup, QWidget

from lstm_viz.app.panels.attribution.labels import method_name, method_tip
from lstm_viz.app.panels.attribution.rows import Places
from lstm_viz.app.panels.attribution.view_model import METHODS
from lstm_viz.app.state import AttributionMethod
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
        places = Places(float(width))
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
