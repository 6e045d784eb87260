"""The plot beside the loss: accuracy, learning rate, or norms."""

import math
from collections.abc import Iterator, Sequence

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from lstm_viz.app.panels.curves.curve import Curve
from lstm_viz.app.panels.curves.curve_panel import CurvePanel
from lstm_viz.app.panels.curves.legend import LegendEntry
from lstm_viz.app.panels.curves.loss import faint
from lstm_viz.app.panels.curves.named_points import NamedPoint
from lstm_viz.app.panels.curves.plot import Marker, PlotLine, Range
from lstm_viz.app.panels.curves.readout import readout, thousands
from lstm_viz.app.panels.curves.run_curves import RunCurves
from lstm_viz.app.panels.runs.colours import run_colour
from lstm_viz.app.selection.training_view import LogField
from lstm_viz.app.texts import put
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.painting import plain, text_font
from lstm_viz.app.widgets.tables import Cell, Table
from lstm_viz.runs.history import Epoch

_ARROW = 34  # the width of the chooser without its text
_ABOVE_ONE = 1.06  # room for the symbol of an accuracy of 1
_COLUMNS = {
    "accuracy": ("dev_accuracy",),
    "rate": ("learning_rate",),
    "norms": ("gradient_norm", "weight_norm"),
}


class SecondPlotPanel(CurvePanel):
    """Plots the validation accuracy, the learning rate, or the norms of gradient and weights."""

    columns = ("learning_rate", "gradient_norm", "weight_norm", "dev_accuracy")

    @property
    def stem(self) -> str:  # type: ignore[override]
        return {"accuracy": "accuracy", "rate": "learning-rate", "norms": "norms"}[self._kind]

    @property
    def _kind(self) -> str:
        return self._state.training.second_plot

    def _head_widgets(self) -> Sequence[QWidget]:
        return (self.chooser, *super()._head_widgets())

    def _configure(self) -> None:
        super()._configure()
        kinds = (
            (self.tr("Accuracy"), "accuracy"),
            (self.tr("Learning rate"), "rate"),
            (self.tr("Norms"), "norms"),
        )
        self.chooser = Chooser(self.tr("Content of this plot"), self, kinds)
        self.chooser.setStyleSheet(
            "QComboBox { font-size: 11px; padding: 1px 18px 1px 7px; min-height: 15px; }"
        )
        metrics = QFontMetrics(text_font(11))
        self.chooser.setFixedWidth(max(metrics.horizontalAdvance(name) for name, _ in kinds) + _ARROW)
        self.chooser.activated.connect(self._choose)

    def _choose(self, place: int) -> None:
        self.plot.forget_values()
        self._state.change_training(second_plot=self.chooser.itemData(place))

    def log_name(self) -> LogField | None:
        return "log_norms" if self._kind == "norms" else None

    def _full(self) -> Range | None:
        return (0.0, _ABOVE_ONE) if self._kind == "accuracy" else None

    def _texts(self) -> tuple[str, str]:
        title = {
            "accuracy": self.tr("Accuracy"),
            "rate": self.tr("Learning rate"),
            "norms": self.tr("Norms"),
        }[self._kind]
        if self._runs.current is None:
            return title, self.tr("Select or train a run to see its accuracy.")
        if self._kind == "accuracy":
            return title, self.tr("The accuracy is shown from the first evaluation on.")
        return title, self.tr("This run has no such numbers yet.")

    def _axis_title(self) -> str:
        return {
            "accuracy": self.tr("share of right tags"),
            "rate": self.tr("learning rate"),
            "norms": self.tr("Euclidean norm"),
        }[self._kind]

    def _draw(self) -> None:
        self.chooser.show_data(self._kind)
        self.plot.set_label_height(0.3 if self._kind == "accuracy" else 1.0)
        super()._draw()

    # ------------------------------------------------------------ lines

    def _lines(self) -> Sequence[PlotLine]:
        theme, lines = self._state.theme, list[PlotLine]()
        for index, follow in reversed(list(enumerate(self.compared, 1))):
            lines += self._lines_of(follow, run_colour(theme, index), 1.2, dashed=True)
        if self.current is not None:
            lines += self._lines_of(self.current, self._own_colour, 2.0)
            if self._kind == "norms":
                lines.insert(0, PlotLine(self.current.steps["gradient_norm"].raw, faint(theme)))
        return lines

    def _lines_of(
        self, follow: RunCurves, colour: str, width: float, dashed: bool = False
    ) -> Iterator[PlotLine]:
        if self._kind == "accuracy":
            yield PlotLine(follow.epochs["dev_accuracy"], colour, width, dashed, dots=True)
        elif self._kind == "rate":
            yield PlotLine(follow.steps["learning_rate"].raw, colour, width, dashed, smooth=True)
        else:
            yield PlotLine(follow.steps["gradient_norm"].smooth, colour, width, dashed, smooth=True)
            weights = self._state.theme.validation if follow is self.current else colour
            yield PlotLine(follow.steps["weight_norm"].raw, weights, width, dashed, smooth=True)

    @property
    def _own_colour(self) -> str:
        """The colour of the current run's line: an accuracy has that of the validation loss."""
        theme = self._state.theme
        return theme.validation if self._kind == "accuracy" else run_colour(theme, 0)

    def _keys(self) -> Sequence[LegendEntry]:
        theme, keys = self._state.theme, list[LegendEntry]()
        if self.current is not None:
            colour = self._own_colour
            if self._kind == "accuracy":
                on = self._of_current(self.measured_on(self.current))
                keys.append(LegendEntry(on, colour, 2.0, dots=True))
            elif self._kind == "rate":
                keys.append(LegendEntry(self._of_current(self.tr("of each step")), colour, 2.0))
            else:
                gradient = self._of_current(self.tr("gradient, before clipping"))
                keys.append(LegendEntry(gradient, colour, 2.0))
                keys.append(LegendEntry(self.tr("weights"), theme.validation, 2.0))
        for index, follow in enumerate(self.compared, 1):
            dots = self._kind == "accuracy"
            keys.append(LegendEntry(follow.data.name, run_colour(theme, index), 1.2, dashed=True, dots=dots))
        return keys

    def _named_points(self) -> Sequence[NamedPoint]:
        """Return the best and the last accuracy of the current run."""
        data = self.current.data if self.current else None
        if self._kind != "accuracy" or data is None or data.best is None or data.last is None:
            return ()
        if data.best is data.last:
            return (self._point(self.tr("best and last %1 at epoch %2"), data.best, "star"),)
        best, last = self.tr("best %1 at epoch %2"), self.tr("last %1 at epoch %2")
        return (self._point(best, data.best, "star"), self._point(last, data.last, "d"))

    def _point(self, name: str, line: Epoch, symbol: str) -> NamedPoint:
        accuracy, theme = line.dev_accuracy or 0.0, self._state.theme
        name = put(name, plain(accuracy), f"{line.epoch:,}")
        return NamedPoint(name, line.step, accuracy, symbol, theme.text)

    # ------------------------------------------------------------ exact numbers

    def _readout(self, step: float) -> tuple[str, Sequence[Marker]]:
        first = self.current or next(iter(self.compared), None)
        curves = self._curves(first) if first else []
        place = curves[0][1].nearest(step) if curves else None
        if first is None or place is None:
            return "", ()
        there = float(curves[0][1].steps[place])
        numbers = list(_numbers_at(curves, there))
        markers = [Marker(there, value, self._own_colour) for _, value in numbers]
        if self.current:
            numbers += self._of_others(there)
        return readout(self._head(first, there), numbers), markers

    def _head(self, follow: RunCurves, step: float) -> str:
        """Return the head of the readout: the step and its epoch or, for an accuracy, the one that ended."""
        epochs = follow.ended if self._kind == "accuracy" else follow.epoch_of_step
        text = (
            self.tr("step %1 · after epoch %2") if self._kind == "accuracy" else self.tr("step %1 · epoch %2")
        )
        place = epochs.nearest(step)
        text = text if place is not None else self.tr("step %1")
        text = text.replace("%1", thousands(step))
        return text if place is None else text.replace("%2", thousands(epochs.values[place]))

    def _of_others(self, step: float) -> Iterator[tuple[str, float]]:
        for follow in self.compared:
            for name, value in _numbers_at(self._curves(follow), step):
                yield f"{follow.data.name}, {name}", value

    def _curves(self, follow: RunCurves) -> list[tuple[str, Curve]]:
        """Return the (label, curve) pairs of a run that are plotted."""
        names = {
            "dev_accuracy": self.tr("accuracy"),
            "learning_rate": self.tr("learning rate"),
            "gradient_norm": self.tr("gradient norm"),
            "weight_norm": self.tr("weight norm"),
        }
        curves = {**follow.epochs, **{name: trail.raw for name, trail in follow.steps.items()}}
        return [(names[column], curves[column]) for column in _COLUMNS[self._kind]]

    def table(self) -> Table:
        """Return a table with a row per run and point."""
        columns = _COLUMNS[self._kind]
        rows: list[tuple[Cell, ...]] = []
        for follow in (self.current, *self.compared):
            if follow is not None:
                curves = [curve for _, curve in self._curves(follow)]
                for row in zip(curves[0].steps, *(curve.values for curve in curves), strict=True):
                    values = (None if math.isnan(value) else float(value) for value in row[1:])
                    rows.append((follow.data.name, int(row[0]), *values))
        return Table(("run", "step", *columns), rows)


def _numbers_at(curves: Sequence[tuple[str, Curve]], step: float) -> Iterator[tuple[str, float]]:
    for name, curve in curves:
        place = curve.nearest(step)
        if place is not None and curve.steps[place] == step and not math.isnan(curve.values[place]):
            yield name, float(curve.values[place])
