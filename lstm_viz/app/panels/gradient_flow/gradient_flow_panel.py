"""The gradient flow panel: how far back the gradients of the losses reach."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.gradient_flow.flow_matrix import FlowMatrix, relative
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.panel import SaveButton, TitledPanel
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import GradientFlow, GradientFlowQuery
from lstm_viz.ordinals import ordinal


class GradientFlowPanel(TitledPanel):
    """‖∂ loss of word t / ∂ hₖ‖ of the tracked sentence at the selected epoch, relative to that at k = t.

    Until there is a result for that epoch, the previous one of the same run is shown pale.

    Attributes
    ----------
    run_epoch : RunEpoch or None
        The epoch of the result; None if none is shown, or an outdated one.
    """

    stem = "gradient-flow"

    def __init__(
        self, state: State, runs: Runs, queries: TrainingQueries, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.matrix = FlowMatrix(self)
        self.body = (self.matrix,)
        self._runs, self._queries = runs, queries
        self._drawn: tuple[RunEpoch, GradientFlow] | None = None
        self.run_epoch: RunEpoch | None = None
        self.title.show_text(self.tr("Gradient flow"))
        self.subtitle, self.targets = ElidedLabel(self), ElidedLabel(self)
        self.subtitle.setObjectName("muted")
        self.subtitle.show_text(self.tr("‖∂ loss t / ∂ h k‖ ÷ ‖∂ loss t / ∂ h t‖"))
        self.targets.setObjectName("muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 14, 8)
        layout.setSpacing(3)
        self.head = QHBoxLayout()
        self.head.addWidget(self.title, 1)
        self.head.addWidget(SaveButton(self))
        layout.addLayout(self.head)
        for widget in (self.subtitle, self.targets):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self.matrix, 1)
        layout.addWidget(self.note, 1)
        queries.gradient_flow_changed.connect(self.draw)
        queries.error_changed.connect(self.draw)
        runs.run_epoch_changed.connect(self.draw)
        state.theme_changed.connect(self.set_theme)
        self.set_theme(state.theme)
        self.draw()

    def table(self) -> Table:
        """Return the norms that are shown."""
        assert self._drawn is not None
        return flow_table(self._drawn[1])

    # ------------------------------------------------------------ drawing

    def draw(self, *_: object) -> None:
        """Show the result for the selected epoch, or why there is none."""
        run_epoch, gradient_flow = self._runs.run_epoch, self._queries.gradient_flow
        error = self._queries.errors.get(GradientFlowQuery)
        if run_epoch is not None and gradient_flow is not None:
            self._drawn = run_epoch, gradient_flow
        elif error is not None or self._drawn is None or not self._drawn[0].is_of_run(run_epoch):
            self._drawn = None
        self.run_epoch = run_epoch if gradient_flow is not None else None
        self.matrix.set_gradient_flow(self._drawn[1] if self._drawn else None, pale=self.run_epoch is None)
        self.targets.show_text(self._targets_line(run_epoch))
        self.targets.setVisible(self._drawn is not None)
        if self._drawn is None:
            self.show_note(error_text(error) if error else self._why_empty(run_epoch))
        else:
            self.show_body(ready=self.run_epoch is not None)

    def _targets_line(self, run_epoch: RunEpoch | None) -> str:
        if self._drawn is None or run_epoch is None:
            return ""
        if self.run_epoch is None:
            return self._waiting(run_epoch)
        gradient_flow = self._drawn[1]
        text = self.tr("epoch %1 · loss of the predicted tags, as the true ones are not known")
        if gradient_flow.is_gold:
            text = self.tr("epoch %1 · loss of the true tags")
            if not all(gradient_flow.targets):
                text = self.tr("epoch %1 · loss of the true tags (grey: no tag)")
        return text.replace("%1", str(gradient_flow.epoch))

    def _waiting(self, run_epoch: RunEpoch) -> str:
        return self.tr("epoch %1 · being computed…").replace("%1", str(run_epoch.epoch))

    def _why_empty(self, run_epoch: RunEpoch | None) -> str:
        if run_epoch is None:
            return self.tr("Select or train a run to see how far back gradients reach.")
        if self._runs.current and self._runs.current.error:
            return shown_text(self._runs.current.error)
        if self._queries.epoch is None:
            return self.tr("Shown from the first checkpoint on.")
        return self._waiting(run_epoch)


def flow_table(gradient_flow: GradientFlow) -> Table:
    """Return a table with a row for every pair of words."""
    shares = relative(gradient_flow.norms)
    header = ("epoch", "t", "loss_of", "target", "k", "h_of", "norm", "relative_norm")
    rows = [
        (
            gradient_flow.epoch,
            ordinal(t),
            word,
            gradient_flow.targets[t],
            ordinal(k),
            other,
            float(gradient_flow.norms[t, k]),
            float(shares[t, k]),
        )
        for t, word in enumerate(gradient_flow.words)
        for k, other in enumerate(gradient_flow.words)
    ]
    return Table(header, rows)
