"""The panel of the gradient flow: whether the past still learns."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from lstm_viz.app.elided import ElidedLabel
from lstm_viz.app.runs import run_path
from lstm_viz.app.state import Look, State
from lstm_viz.app.training.flow_matrix import FlowMatrix
from lstm_viz.app.training.plots.export import Table
from lstm_viz.app.training.saving import SaveButton
from lstm_viz.app.training.workbench import Workbench
from lstm_viz.messages import Flow, Flowed, Problem


class FlowPanel(QWidget):
    """‖∂ loss of word t / ∂ hₖ‖ of the probe sentence, at the epoch that is looked at."""

    def __init__(self, state: State, workbench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._workbench = state, workbench
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel(self.tr("Gradient flow"), self)
        title.setObjectName("title")
        self.subtitle, self.targets = ElidedLabel(self), ElidedLabel(self)
        self.subtitle.setObjectName("muted")
        self.subtitle.say(self.tr("log₁₀ ‖∂ loss of word t / ∂ hₖ‖ : does the past still learn?"))
        self.targets.setObjectName("muted")
        self.matrix = FlowMatrix(state, self)
        self.empty = QLabel(self)
        self.empty.setObjectName("muted")
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.save = SaveButton(self, self.table, "gradient-flow")
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.matrix)
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 14, 8)
        layout.setSpacing(3)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.save)
        layout.addLayout(head)
        for widget in (self.subtitle, self.targets):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self.stack, 1)
        workbench.flowed_changed.connect(self._flowed_changed)
        workbench.trouble_changed.connect(self._trouble_changed)
        state.look_changed.connect(self._look_changed)
        self._flowed_changed(workbench.flowed)

    def table(self) -> Table:
        """Return the norms."""
        assert self._workbench.flowed is not None
        return flow_table(self._workbench.flowed)

    def _flowed_changed(self, flowed: Flowed | None) -> None:
        self.matrix.set_flowed(flowed)
        self.targets.say(self._targets_line(flowed))
        self._draw_empty()

    def _trouble_changed(self, problem: Problem | None) -> None:
        self._draw_empty()

    def _look_changed(self, new: Look, old: Look) -> None:
        if new.model != old.model:
            self._draw_empty()

    def _targets_line(self, flowed: Flowed | None) -> str:
        if flowed is None:
            return ""
        text = self.tr("epoch %1 · loss of the net’s own tags, as the true ones are not known")
        if flowed.is_gold:
            text = self.tr("epoch %1 · loss of the true tags")
            if not all(flowed.targets):
                text = self.tr("epoch %1 · loss of the true tags · grey: words without one")
        return text.replace("%1", str(flowed.epoch))

    def _draw_empty(self) -> None:
        """Show why there is nothing, also over what was there: it would be of another sentence."""
        trouble = self._workbench.troubles.get(Flow)
        nothing = self._workbench.flowed is None or trouble is not None
        if trouble is not None:
            self.empty.setText(trouble.sentence)
        elif run_path(self._state.look.model) is None:
            self.empty.setText(self.tr("Shown for a run: how far back the loss of each word reaches."))
        else:
            self.empty.setText(self.tr("Comes with the first checkpoint."))
        self.stack.setCurrentWidget(self.empty if nothing else self.matrix)
        self.targets.setVisible(not nothing)
        self.save.set_ready(not nothing)


def flow_table(flowed: Flowed) -> Table:
    """Return a row for every pair of words."""
    header = ("epoch", "t", "loss_of", "target", "k", "h_of", "norm")
    rows = [
        (flowed.epoch, t + 1, word, flowed.targets[t], k + 1, other, float(flowed.norms[t, k]))
        for t, word in enumerate(flowed.words)
        for k, other in enumerate(flowed.words)
    ]
    return Table(header, rows)
