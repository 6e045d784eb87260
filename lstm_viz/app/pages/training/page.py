"""The Training page: lays out its panels, which all listen to the state and the runs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.app.error_texts import error_text
from lstm_viz.app.pages.page import Page
from lstm_viz.app.pages.sources import run_source
from lstm_viz.app.pages.training.flow_or_map import FlowOrMap
from lstm_viz.app.panels.control.control_panel import ControlPanel
from lstm_viz.app.panels.curves.loss import LossPanel
from lstm_viz.app.panels.curves.second_plot import SecondPlotPanel
from lstm_viz.app.panels.embedding_map.map_panel import EmbeddingMapPanel
from lstm_viz.app.panels.engine_notice import SilenceNotice
from lstm_viz.app.panels.gradient_flow.gradient_flow_panel import GradientFlowPanel
from lstm_viz.app.panels.history.history_panel import HistoryPanel
from lstm_viz.app.panels.runs.run_summary import RunSummary
from lstm_viz.app.panels.runs.runs_panel import RunsPanel
from lstm_viz.app.panels.saturation.saturation_panel import SaturationPanel
from lstm_viz.app.panels.settings.form import Form
from lstm_viz.app.panels.tags.tags_panel import TagsPanel
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.runs.run_epoch import file_name
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.notices import Notice
from lstm_viz.app.widgets.panel import Panel, Source
from lstm_viz.app.widgets.scrolled import Scrolled
from lstm_viz.messages import Failure

_GAP = 10


class TrainingPage(Page):
    """The page to train models and to follow their training.

    Attributes
    ----------
    panels : tuple of Panel
        The panels that show data of the run; the ``run_epoch`` of each is that of its data, or None.
    """

    prefix = "training-"

    def __init__(
        self,
        state: State,
        client: EngineClient,
        runs: Runs,
        trainer: Trainer,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs
        self.setAccessibleName(self.tr("Training page"))
        self.queries = TrainingQueries(state, runs, client)
        self.control = ControlPanel(state, runs, trainer, self)
        self.form = Form(state, self.queries, self)
        self.runs_panel, self.summary = RunsPanel(state, runs, self), RunSummary(runs, self)
        self.loss, self.second_plot = LossPanel(state, runs, self), SecondPlotPanel(state, runs, self)
        self.saturation = SaturationPanel(state, runs, self)
        self.history = HistoryPanel(state, runs, self.queries, self)
        self.flow = GradientFlowPanel(state, runs, self.queries, self)
        self.embedding_map = EmbeddingMapPanel(state, runs, self.queries, self)
        self.flow_or_map = FlowOrMap(self.flow, self.embedding_map, self)
        self.tags = TagsPanel(state, runs, self.queries, self)
        self.panels = (self.loss, self.second_plot, self.history, self.saturation, self.flow, self.tags)
        self.notice = Notice(self)
        self.silence_notice = SilenceNotice(
            client.link(Priority.TRAINING), Priority.TRAINING, self.queries.retry, self
        )
        self._lay_out()
        self._connect()

    # ------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        left, right = self._left(), self._right()
        self._splitter("columns", Qt.Orientation.Horizontal, (left, right), (72, 28))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.addWidget(self.notice)
        layout.addWidget(self.silence_notice)
        layout.addWidget(self.splitters["columns"], 1)

    def _left(self) -> QWidget:
        horizontal = Qt.Orientation.Horizontal
        curves = self._splitter("curves", horizontal, (self.loss, self.second_plot), (1, 1))
        below = self._splitter(
            "below", horizontal, (self.saturation, self.flow_or_map, self.tags), (31, 31, 38)
        )
        self.tags.setMinimumWidth(230)
        rows = self._splitter("rows", Qt.Orientation.Vertical, (curves, self.history, below), (34, 30, 36))
        for row, least in ((curves, 236), (self.history, 190), (below, 270)):
            row.setMinimumHeight(least)
        left = QWidget(self)
        left.setMinimumWidth(594)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.summary)
        column.addWidget(rows, 1)
        return self._scrolled(left)

    def _right(self) -> QWidget:
        right = QWidget(self)
        right.setMinimumWidth(330)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.control)
        self._splitter("settings", Qt.Orientation.Vertical, (self.form, self.runs_panel), (3, 2))
        self.form.setMinimumHeight(180)
        self.runs_panel.setMinimumHeight(150)
        column.addWidget(self.splitters["settings"], 1)
        area = self._scrolled(right)
        area.setMaximumWidth(520)
        return area

    def _scrolled(self, widget: QWidget) -> Scrolled:
        area = Scrolled(self)
        area.show_widget(widget)
        return area

    def _splitter(
        self, name: str, way: Qt.Orientation, widgets: tuple[QWidget, ...], shares: tuple[int, ...]
    ) -> QSplitter:
        splitter = self.splitters[name] = QSplitter(way, self)
        for place, (widget, share) in enumerate(zip(widgets, shares, strict=True)):
            splitter.addWidget(widget)
            splitter.setStretchFactor(place, share)
        splitter.setSizes([1000 * share for share in shares])
        splitter.setHandleWidth(_GAP)
        splitter.setChildrenCollapsible(False)
        return splitter

    def _connect(self) -> None:
        self.form.error_changed.connect(self.control.set_form_error)
        self.control.refused.connect(lambda why_not: self.notice_requested.emit(why_not, "", _nothing))
        self.runs_panel.notice_requested.connect(self.notice_requested)
        self.runs_panel.settings_taken.connect(self.form.reset_numbers)
        self.runs_panel.report_requested.connect(self.save_report)
        self.queries.error_changed.connect(self._error_changed)

    # ------------------------------------------------------------ changes

    def _error_changed(self, failure: Failure | None) -> None:
        shown = error_text(self._state.error) if self._state.error else ""
        text = error_text(failure) if failure else ""
        if text == shown:  # the window shows it already
            text = ""
        self.notice.show_text(shown_text(text), self.tr("Try again") if text else "", self.queries.retry)

    @property
    def can_report(self) -> bool:
        """Whether an epoch of a run is selected."""
        return self._runs.run_epoch is not None

    def save_report(self) -> None:
        """Open a file dialog and save the report of the selected epoch."""
        data, run_epoch = self._runs.current, self._runs.run_epoch
        if data is None or run_epoch is None:
            self.notice_requested.emit(self.tr("No run is selected: train or select one."), "", _nothing)
            return
        from lstm_viz.app.pages.training.report import Report, save_report

        report = Report.of(data, run_epoch, [panel.figure() for panel in self._reported], self._state.theme)
        save_report(report, file_name(run_epoch, "report"), self, self.notify)

    @property
    def _reported(self) -> tuple[Panel, ...]:
        """The panels of a report; the map of the embeddings while it is shown."""
        return (*self.panels, self.embedding_map) if self.embedding_map.is_ready else self.panels

    def source(self) -> Source:
        return run_source(self._runs.current, self._runs.run_epoch)


def _nothing() -> None:
    pass
