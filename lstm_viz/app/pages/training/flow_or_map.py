"""The gradient flow and the map of the embeddings at one place, with toggles in the head of each."""

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QWidget

from lstm_viz.app.panels.embedding_map.map_panel import EmbeddingMapPanel
from lstm_viz.app.panels.gradient_flow.gradient_flow_panel import GradientFlowPanel
from lstm_viz.app.widgets.buttons import Toggle


class FlowOrMap(QStackedWidget):
    """Shows one of two panels."""

    def __init__(self, flow: GradientFlowPanel, embedding_map: EmbeddingMapPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._toggles: list[tuple[Toggle, Toggle]] = []
        for panel in (flow, embedding_map):
            self.addWidget(panel)
            panel.head.insertLayout(1, self._toggles_in(panel))
        self.show_panel(0)

    def _toggles_in(self, panel: QWidget) -> QHBoxLayout:
        """Return the toggles of a head; the same ones are in the other."""
        group, row = QButtonGroup(panel), QHBoxLayout()
        row.setSpacing(4)
        toggles = (
            Toggle(self.tr("flow"), self.tr("How far back gradients reach"), panel),
            Toggle(self.tr("map"), self.tr("Map of the embeddings"), panel),
        )
        for place, toggle in enumerate(toggles):
            group.addButton(toggle)
            row.addWidget(toggle)
            toggle.clicked.connect(lambda _=False, place=place: self.show_panel(place))
        self._toggles.append(toggles)
        return row

    def show_panel(self, place: int) -> None:
        """Show the gradient flow, 0, or the map, 1; the focus stays on the toggle."""
        had_focus = any(toggle.hasFocus() for toggles in self._toggles for toggle in toggles)
        self.setCurrentIndex(place)
        for toggles in self._toggles:
            toggles[place].setChecked(True)
        if had_focus:
            self._toggles[place][place].setFocus()
