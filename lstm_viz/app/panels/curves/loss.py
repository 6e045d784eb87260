"""The loss plot: training loss of each step, its moving average, and the validation loss."""

import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSlider, QWidget

from lstm_viz.app.panels.curves.curve_panel import CurvePanel
from lstm_viz.app.panels.curves.legend import LegendEntry
from lstm_viz.app.panels.curves.named_points import NamedPoint
from lstm_viz.app.panels.curves.plot import Marker, PlotLine
from lstm_viz.app.panels.curves.readout import readout, thousands
from lstm_viz.app.panels.curves.run_curves import RunCurves
from lstm_viz.app.panels.runs.colours import run_colour
from lstm_viz.app.selection.training_view import LogField, TrainingView
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import plain
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.app.widgets.spoken import say_value
from lstm_viz.app.widgets.tables import Cell, Table

#: The slider's range of the decay is 0 … 1 − 10⁻³, logarithmic in the number of averaged steps.
_ENDS = 100
_DECADES = 3.0


class LossPanel(CurvePanel):
    """Plots the loss of each step faint, its moving average solid, the loss after each epoch with dots."""

    columns = ("loss", "learning_rate", "dev_loss")
    stem = "loss"

    def _under_widgets(self) -> Sequence[QWidget]:
        return (self.smoothing,)

    def _configure(self) -> None:
        super()._configure()
        self.smoothing = QSlider(Qt.Orientation.Horizontal, self)
        self.smoothing.setRange(0, _ENDS)
        self.smoothing.setFixedWidth(60)
        set_tip(self.smoothing, self.tr("Decay of the smoothed loss"))
        self._show_share(self._state.training.smoothing)
        self.smoothing.valueChanged.connect(
            lambda place: self._state.change_training(smoothing=share_of(place))
        )

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.smoothing != old.smoothing:
            self._show_share(new.smoothing)
        super()._training_changed(new, old)

    def _show_share(self, share: float) -> None:
        with QSignalBlocker(self.smoothing):
            self.smoothing.setValue(place_of(share))
        say_value(self.smoothing, self.tr("Smoothing"), f"{share:g}")

    def log_name(self) -> LogField:
        return "log_loss"

    def _texts(self) -> tuple[str, str]:
        none = self.tr("Select or train a run to see its loss.")
        waiting = self.tr("The loss is shown from the first step on.")
        current = self._runs.current
        waiting = shown_text(current.error) if current and current.error else waiting
        return self.tr("Loss (NLL per word)"), waiting if current else none

    def _axis_title(self) -> str:
        return self.tr("NLL per word")

    def _lines(self) -> Sequence[PlotLine]:
        theme, lines = self._state.theme, list[PlotLine]()
        for index, follow in reversed(list(enumerate(self.compared, 1))):
            colour = run_colour(theme, index)
            lines.append(PlotLine(follow.epochs["dev_loss"], colour, dots=True))
            lines.append(PlotLine(follow.steps["loss"].smooth, colour, 1.2, dashed=True, smooth=True))
        if self.current is not None:
            loss = self.current.steps["loss"]
            lines.insert(0, PlotLine(loss.raw, faint(theme)))
            lines.append(PlotLine(loss.smooth, run_colour(theme, 0), 2.0, smooth=True))
            lines.append(PlotLine(self.current.epochs["dev_loss"], theme.validation, 1.6, dots=True))
        return lines

    def _keys(self) -> Sequence[LegendEntry]:
        theme, keys = self._state.theme, list[LegendEntry]()
        if self.current is not None:
            keys.append(LegendEntry(self.tr("each step"), faint(theme)))
            smoothed = self.tr("smoothed %1").replace("%1", f"{self._state.training.smoothing:.3g}")
            keys.append(LegendEntry(self._of_current(smoothed), run_colour(theme, 0), 2.0))
            if len(self.current.epochs["dev_loss"]):
                keys.append(LegendEntry(self.measured_on(self.current), theme.validation, 1.6, dots=True))
        for index, follow in enumerate(self.compared, 1):
            keys.append(LegendEntry(follow.data.name, run_colour(theme, index), 1.2, dashed=True, dots=True))
        return keys

    def _named_points(self) -> Sequence[NamedPoint]:
        """Return the lowest loss of the current run after an epoch."""
        line = self.current.data.lowest if self.current else None
        if line is None or line.dev_loss is None:
            return ()
        name = put(self.tr("lowest %1 at epoch %2"), plain(line.dev_loss), f"{line.epoch:,}")
        return (NamedPoint(name, line.step, line.dev_loss, "star", self._state.theme.text),)

    # ------------------------------------------------------------ exact numbers

    def _readout(self, step: float) -> tuple[str, Sequence[Marker]]:
        first = self.current or next(iter(self.compared), None)
        loss = first.steps["loss"] if first else None
        place = loss.raw.nearest(step) if loss else None
        if first is None or loss is None or place is None:
            return "", ()
        there = float(loss.raw.steps[place])
        head = self.tr("step %1 · epoch %2").replace("%1", thousands(there))
        head = head.replace("%2", thousands(first.epoch_of_step.values[place]))
        numbers = [(self.tr("loss"), float(loss.raw.values[place]))]
        numbers.append((self.tr("smoothed"), float(loss.smooth.values[place])))
        rate = float(first.steps["learning_rate"].raw.values[place])
        if math.isfinite(rate):
            numbers.append((self.tr("learning rate"), rate))
        markers = [Marker(there, numbers[0][1], run_colour(self._state.theme, 0))]
        numbers += self._validation(first, step, markers)
        return readout(head, [*numbers, *self._of_others(there)]), markers

    def _validation(
        self, follow: RunCurves, step: float, markers: list[Marker]
    ) -> Iterator[tuple[str, float]]:
        """Yield the validation loss under the mouse, if there is one, and add its marker."""
        curve = follow.epochs["dev_loss"]
        place = curve.nearest(step)
        if place is not None and self._is_near(float(curve.steps[place]), step):
            value = float(curve.values[place])
            markers.append(Marker(float(curve.steps[place]), value, self._state.theme.validation))
            yield (
                put(self.tr("%1 at step %2"), self.measured_on(follow), thousands(curve.steps[place])),
                value,
            )

    def _of_others(self, step: float) -> Iterator[tuple[str, float]]:
        for follow in self.compared if self.current else ():
            curve = follow.steps["loss"].smooth
            place = curve.nearest(step)
            if place is not None and curve.steps[place] == step:
                yield self.tr("%1, smoothed").replace("%1", follow.data.name), float(curve.values[place])

    def table(self) -> Table:
        """Return a table with a row per run and step: loss, moving average, and validation loss after it."""
        header = ("run", "step", "epoch", "loss", "smoothed_loss", "learning_rate", "validation_loss")
        runs = [follow for follow in (self.current, *self.compared) if follow is not None]
        return Table(header, [row for follow in runs for row in _rows(follow)])


def _rows(follow: RunCurves) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of a run; an evaluation before the first step has a row of its own."""
    dev = follow.epochs["dev_loss"]
    measured = dict(zip(dev.steps.tolist(), dev.values.tolist(), strict=True))
    loss, rate = follow.steps["loss"], follow.steps["learning_rate"].raw
    columns = (loss.raw.steps, follow.epoch_of_step.values, loss.raw.values, loss.smooth.values, rate.values)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    stepped = {row[0] for row in rows}
    for step in measured.keys() - stepped:
        rows.append((step, None, None, None, None))
    for step, epoch, *numbers in sorted(rows, key=lambda row: row[0]):
        whole = None if epoch is None else int(epoch)
        yield (follow.data.name, int(step), whole, *map(_cell, numbers), _cell(measured.get(step)))


def _cell(number: float | None) -> float | None:
    return None if number is None or math.isnan(number) else number


def share_of(place: int) -> float:
    """Return the decay at a position of the slider: 0 at its left, 0.999 at its right end."""
    return round(1 - 10 ** (-_DECADES * place / _ENDS), 5)


def place_of(share: float) -> int:
    """Return the slider's position for a decay."""
    left = max(1 - share, 10**-_DECADES)
    return round(-math.log10(left) * _ENDS / _DECADES)


def faint(theme: Theme) -> str:
    """Return the colour of single steps: the current run's, blended half with the panel's."""
    run, panel = QColor(run_colour(theme, 0)), QColor(theme.panel)
    parts = zip(run.getRgb()[:3], panel.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(0.5 * a + 0.5 * b) for a, b in parts)).name()
