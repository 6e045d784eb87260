"""The base class of the panels with curves: the runs they draw, cursor, zoom, readout and menu."""

import math
from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.curves.actions import clamped, menu_of, take_key
from lstm_viz.app.panels.curves.legend import CurveLegend, LegendEntry
from lstm_viz.app.panels.curves.named_points import NamedPoint
from lstm_viz.app.panels.curves.plot import Marker, Plot, PlotLine, Range
from lstm_viz.app.panels.curves.run_curves import RunCurves
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.training_view import LogField, TrainingChanges, TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.hover import Hover
from lstm_viz.app.widgets.panel import SaveButton, TitledPanel
from lstm_viz.app.widgets.plain_text import set_tip

#: The style of a plot's small buttons.
_SMALL = "QToolButton { padding: 1px 7px; font-size: 11px; }"
_FEWEST_STEPS = 4.0
_GROWTH = 1.1
#: The fields of `TrainingView` on which the plot depends.
_WATCHED_FIELDS = ("compared", "smoothing", "log_loss", "log_norms", "second_plot", "zoom")
_HERE = 8  # a dot within so many pixels of the mouse is hovered


def room_ahead(step: float) -> float:
    """Return the end of an axis that shows ``step``; it grows by a tenth at a time."""
    return float(_GROWTH ** math.ceil(math.log(step, _GROWTH) - 1e-9))


class CurvePanel(TitledPanel):
    """Plots columns of the current run, and of those compared with it, over their steps.

    Attributes
    ----------
    current, compared : RunCurves or None, and tuple of RunCurves
        The runs that are drawn.
    run_epoch : RunEpoch or None
        The epoch that the cursor marks.
    """

    columns: tuple[str, ...] = ()
    is_of_epoch = False

    def __init__(self, state: State, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs
        self.current: RunCurves | None = None
        self.compared: tuple[RunCurves, ...] = ()
        self.run_epoch: RunEpoch | None = None
        self.legend, self.plot = CurveLegend(self), Plot(self)
        self.log, self.all, self.save = QToolButton(self), QToolButton(self), SaveButton(self)
        self.hover = Hover(self.plot)
        self._configure()
        self._arrange()
        self._listen()
        self._theme_changed(state.theme)

    # ------------------------------------------------------------ overridden by subclasses

    @abstractmethod
    def _texts(self) -> tuple[str, str]:
        """Return the title, and the text that is shown while there is nothing to plot."""

    @abstractmethod
    def _lines(self) -> Sequence[PlotLine]:
        """Return the lines in drawing order."""

    @abstractmethod
    def _keys(self) -> Sequence[LegendEntry]:
        """Return the entries of the legend."""

    def _of_current(self, name: str) -> str:
        """Return the name of a line of the current run, with the run's own where there are others."""
        return f"{self.current.data.name}: {name}" if self.compared and self.current else name

    def measured_on(self, follow: RunCurves) -> str:
        """Return the label of the set that a run is evaluated on, which may be the training set itself."""
        match follow.data.run.corpus.measured_on if follow.data.run else "dev":
            case "train":
                return self.tr("on the training sentences")
            case "held out":
                return self.tr("on sentences held out")
            case _:
                return self.tr("validation")

    def _named_points(self) -> Sequence[NamedPoint]:
        """Return the points that the legend names."""
        return ()

    @abstractmethod
    def _readout(self, step: float) -> tuple[str, Sequence[Marker]]:
        """Return the text of the readout at a step and its markers; both empty if there is none."""

    @abstractmethod
    def _axis_title(self) -> str:
        """Return the title of the axis of values."""

    def log_name(self) -> LogField | None:
        """Return the name of the field of `TrainingView` for the logarithmic scale, if there is one."""
        return None

    def _full(self) -> Range | None:
        """Return the range of values while all steps are shown; None to fit the data."""
        return None

    # ------------------------------------------------------------ layout

    def _configure(self) -> None:
        set_tip(
            self.title,
            self.tr(
                "Wheel: zoom (with Ctrl: the values). Drag: move. Shift and drag: a part of it.\n"
                "Double click: all of it. Drag the white line: another epoch."
            ),
        )
        self.log.setCheckable(True)
        for button, name, about in (
            (self.log, self.tr("log"), self.tr("Logarithmic values (L)")),
            (self.all, self.tr("all"), self.tr("Show all steps, and all values (0)")),
        ):
            button.setStyleSheet(_SMALL)
            button.setText(name)
            set_tip(button, about)
            button.setAccessibleName(about)
        self.setContextMenuPolicy(
            Qt.ContextMenuPolicy.DefaultContextMenu
        )  # it has more entries than a Panel's
        self.log.clicked.connect(self.toggle_log)
        self.all.clicked.connect(self.show_all)

    def _arrange(self) -> None:
        head, under, layout = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        head.addWidget(self.title, 1)
        for widget in self._head_widgets():
            head.addWidget(widget)
        under.addWidget(self.legend, 1)
        for widget in self._under_widgets():
            under.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        layout.setContentsMargins(14, 9, 10, 6)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addLayout(under)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.note, 1)
        self.body = (self.legend, self.plot, *self._under_widgets())

    def _head_widgets(self) -> Sequence[QWidget]:
        return (self.log, self.all, self.save)

    def _under_widgets(self) -> Sequence[QWidget]:
        return ()

    def _listen(self) -> None:
        state, runs, box = self._state, self._runs, self.plot.box
        runs.grown.connect(self._grown)
        runs.current_changed.connect(self._current_changed)
        state.training_changed.connect(self._training_changed)
        runs.run_epoch_changed.connect(self._draw_if_visible)
        state.theme_changed.connect(self._theme_changed)
        self.plot.hovered.connect(self._hovered)
        self.plot.resized.connect(self._draw_if_visible)
        box.steps_requested.connect(self._zoom)
        box.values_requested.connect(lambda _low, _high: self._update_all_button())
        box.reset_requested.connect(self.show_all)
        box.scrubbed.connect(self._scrub)

    # ------------------------------------------------------------ changes

    def _grown(self, data: RunData) -> None:
        if not self.isVisible():
            return
        known = (follow for follow in (self.current, *self.compared) if follow is not None)
        follow = next((follow for follow in known if follow.data is data), None)
        if follow is None or self.is_empty:
            self.refresh()
        elif follow.update():
            self._draw()
        else:
            self._draw_legend()  # the run may have another name

    def _current_changed(self) -> None:
        self.plot.forget_values()
        self._state.change_training(zoom=None)
        if self.isVisible():
            self.refresh()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if self.isVisible() and any(getattr(new, name) != getattr(old, name) for name in _WATCHED_FIELDS):
            self.refresh()

    def _theme_changed(self, theme: Theme) -> None:
        self.plot.set_theme(theme)
        self.hover.set_theme(theme)
        self._draw_if_visible()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._hovered(None)

    # ------------------------------------------------------------ drawing

    def refresh(self) -> None:
        """Read the new data of the runs and draw it."""
        share = max(0.0, min(self._state.training.smoothing, 0.9999))
        known = {follow.data: follow for follow in (self.current, *self.compared) if follow is not None}

        def followed(data: RunData) -> RunCurves:
            follow = known.get(data) or RunCurves(data, self.columns, share)
            follow.set_share(share)
            follow.update()
            return follow

        before = self.current, *self.compared
        self.current = None if self._runs.current is None else followed(self._runs.current)
        self.compared = tuple(map(followed, self._runs.compared))
        if (self.current, *self.compared) != before:
            self._hovered(None)  # the readout under the mouse is of other runs
        self._draw()

    def _draw_if_visible(self, *_: object) -> None:
        if self.isVisible() and self._is_current:
            self._draw()

    @property
    def _is_current(self) -> bool:
        """Whether the plotted run is still the selected one."""
        return (self.current.data if self.current else None) is self._runs.current

    def _draw(self) -> None:
        lines = [line for line in self._lines() if len(line.curve)]
        title, note = self._texts()
        self.title.show_text(title)
        self.setAccessibleName(title)
        self.plot.setAccessibleName(title)
        self.log.setVisible(self.log_name() is not None)
        self.log.setChecked(self.is_log)
        self.run_epoch = None
        if not lines:
            self.show_note(note)
        else:
            self.show_body()
            self._draw_legend()
            self.plot.set_titles(self.tr("step"), self._axis_title())
            zoom = self._state.training.zoom
            full = self._full() if zoom is None else None
            self.plot.draw(lines, zoom or self._all_steps(), log=self.is_log, full=full)
            self.plot.name_points(self._named_points())
            self._draw_cursor()
        self._update_all_button()

    def _draw_legend(self) -> None:
        points = (LegendEntry(p.name, p.colour, symbol=p.symbol) for p in self._named_points())
        self.legend.set_keys([*self._keys(), *points], self._state.theme)

    def _update_all_button(self) -> None:
        self.all.setEnabled(self._state.training.zoom is not None or self.plot.has_own_values)

    def _all_steps(self) -> Range:
        """Return the range of all steps, with room ahead for a growing run: the axis grows in jumps."""
        last = max(self._last_step, _FEWEST_STEPS)
        run = self.current.data.run if self.current and self.current.data.written else None
        ahead = min(room_ahead(last), run.steps) if run is not None else last
        return 0.0, 1.01 * max(last, ahead)

    @property
    def _last_step(self) -> float:
        return max((follow.last_step for follow in (self.current, *self.compared) if follow), default=0.0)

    @property
    def is_log(self) -> bool:
        """Whether the scale of the values is logarithmic."""
        name = self.log_name()
        return name is not None and bool(getattr(self._state.training, name))

    def _draw_cursor(self) -> None:
        self.run_epoch = self._runs.run_epoch
        step, epoch = (self.run_epoch.step, self.run_epoch.epoch) if self.run_epoch else (None, None)
        self.plot.set_cursor(step, self.tr("epoch %1").replace("%1", str(epoch)))

    # ------------------------------------------------------------ user actions

    def show_all(self) -> None:
        """Show all steps and all values again."""
        self.plot.forget_values()
        if self._state.training.zoom is None:
            self._draw_if_visible()
        self._state.change_training(zoom=None)

    def toggle_log(self) -> None:
        """Toggle the logarithmic scale of the values."""
        name = self.log_name()
        if name is not None:
            changes: TrainingChanges = {}
            changes[name] = not self.is_log
            self._state.change_training(**changes)

    def pick(self, by: int) -> None:
        """Select the checkpoint ``by`` positions after the selected one."""
        if self.current is not None and len(self.current.checkpoints):
            last = len(self.current.checkpoints) - 1
            step = self.run_epoch.step if self.run_epoch else None
            place = last if step is None else self.current.checkpoints.nearest(step)
            self._pick_place(max(0, min((place or 0) + by, last)))

    def _pick_place(self, place: int) -> None:
        """Select a checkpoint; the last position selects the newest one, also as the run grows."""
        if self.current is not None:
            epochs = self.current.checkpoints.values
            self._state.change(epoch=None if place == len(epochs) - 1 else int(epochs[place]))

    def _scrub(self, step: float) -> None:
        place = self.current.checkpoints.nearest(step) if self.current else None
        if place is not None:
            self._pick_place(place)

    def _zoom(self, low: float, high: float) -> None:
        self._state.change_training(zoom=clamped(low, high, self._all_steps()[1], _FEWEST_STEPS))

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.is_empty:
            return
        self._hovered(None)
        menu = menu_of(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not take_key(self, event):
            super().keyPressEvent(event)

    # ------------------------------------------------------------ the readout

    def _hovered(self, place: QPointF | None) -> None:
        text, markers = ("", ()) if place is None else self._readout(self.plot.step_at(place))
        self.plot.mark(markers)
        if place is not None and text:
            self.hover.show_at(place, text)
        else:
            self.hover.hide()

    def _is_near(self, step: float, other: float) -> bool:
        """Return whether two steps are within `_HERE` pixels of each other."""
        pixels = self.plot.place_of(step, 1.0).x() - self.plot.place_of(other, 1.0).x()
        return abs(pixels) <= _HERE
