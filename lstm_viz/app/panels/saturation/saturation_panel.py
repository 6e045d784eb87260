"""The panel of gate saturation: a line of ``gates.jsonl``, written from the training batches."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.curves.readout import thousands
from lstm_viz.app.panels.saturation.scatter import Scatter, gates_of
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.panel import SaveButton, TitledPanel
from lstm_viz.app.widgets.tables import Cell, Table
from lstm_viz.cells import by_class
from lstm_viz.ordinals import ordinal
from lstm_viz.runs.gates import CLOSED, OPEN, Saturation


class SaturationPanel(TitledPanel):
    """Shows which units have saturated gates at the end of the selected epoch.

    Attributes
    ----------
    run_epoch : RunEpoch or None
        The epoch that is drawn; None if nothing is drawn.
    """

    stem = "gate-saturation"

    def __init__(self, state: State, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scatter = Scatter(self)
        self.body = (self.scatter,)
        self._state, self._runs = state, runs
        self._drawn: Saturation | None = None
        self.run_epoch: RunEpoch | None = None
        self.setAccessibleName(self.tr("Gate saturation"))
        self.title.show_text(self.tr("Gate saturation"))
        self.subtitle = ElidedLabel(self)
        self.subtitle.setObjectName("muted")
        self._arrange()
        self.scatter.unit_picked.connect(lambda unit: state.change(unit=unit))
        self.scatter.unit_stepped.connect(self._step_unit)
        runs.grown.connect(self._grown)
        runs.run_epoch_changed.connect(self._refresh_if_visible)
        state.selection_changed.connect(self._selection_changed)
        state.theme_changed.connect(self._theme_changed)

    def _arrange(self) -> None:
        head, layout = QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self.title, 1)
        head.addWidget(SaveButton(self))
        layout.setContentsMargins(14, 9, 10, 6)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self.subtitle)
        layout.addWidget(self.scatter, 1)
        layout.addWidget(self.note, 1)

    # ------------------------------------------------------------ changes

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and (self._drawn is None or self._is_of_another_run_epoch()):
            self._refresh_if_visible()

    def _refresh_if_visible(self, *_: object) -> None:
        if self.isVisible():
            self.refresh()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.unit != old.unit:
            self._refresh_if_visible()

    def _theme_changed(self, theme: Theme) -> None:
        self._refresh_if_visible()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Draw the saturation at the selected epoch."""
        self._drawn = self._saturation
        data, run_epoch = self._runs.current, self._runs.run_epoch
        if data and run_epoch and self._drawn and not self._runs.has_saturation_of(data, run_epoch.step):
            self.set_ready(False)
            return  # the drawn line and its epoch stay until the other line has been read
        there = bool(gates_of(self._drawn))
        self.run_epoch = self._runs.run_epoch if there else None
        if there:
            self.show_body()
        else:
            self.show_note(self._why_empty())
        self.subtitle.show_text(self._subtitle())
        self.scatter.set_saturation(self._drawn, self._state.selection.unit, self._state.theme)

    def _is_of_another_run_epoch(self) -> bool:
        return self._saturation is not self._drawn or self.run_epoch != self._runs.run_epoch

    @property
    def _saturation(self) -> Saturation | None:
        """The newest line up to the last step of the selected epoch."""
        data, run_epoch = self._runs.current, self._runs.run_epoch
        return self._runs.saturation_at(data, run_epoch.step) if data and run_epoch else None

    def _why_empty(self) -> str:
        current = self._runs.current
        if current is None:
            return self.tr("Select or train a run to see its gates.")
        if current.error:
            return shown_text(current.error)
        settings = current.run.settings if current.run else None
        if settings is not None and not by_class(settings.cell.upper()).gates:
            return self.tr("An RNN has no gates.")
        return self.tr("The gates are shown from the end of the first epoch on.")

    def _subtitle(self) -> str:
        text = self.tr("a dot per gate and unit")
        if self._drawn is None or self.run_epoch is None:
            return text
        when = self.tr("epoch %1 · as of step %2").replace("%1", str(self.run_epoch.epoch))
        return f"{when.replace('%2', thousands(self._drawn.step))} · {text}"

    # ------------------------------------------------------------ user actions

    def _step_unit(self, by: int) -> None:
        units = max((rows.shape[1] for rows in gates_of(self._drawn).values()), default=0)
        unit = self._state.selection.unit
        if units:
            self._state.change(unit=0 if unit is None else max(0, min(unit + by, units - 1)))

    def table(self) -> Table:
        """Return a table with a row per gate and unit, with the two shares that are drawn."""
        step = self._drawn.step if self._drawn else None
        rows: list[tuple[Cell, ...]] = [
            (step, gate, ordinal(unit), float(closed), float(open_))
            for gate, both in gates_of(self._drawn).items()
            for unit, (closed, open_) in enumerate(both.T)
        ]
        return Table(("step", "gate", "unit", f"share_below_{CLOSED:g}", f"share_above_{OPEN:g}"), rows)
