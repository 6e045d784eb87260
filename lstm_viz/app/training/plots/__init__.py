"""The plots of a run: loss, metrics and gate saturation."""

from lstm_viz.app.training.plots.loss import LossPanel
from lstm_viz.app.training.plots.saturation import SaturationPanel
from lstm_viz.app.training.plots.second_plot import SecondPlotPanel

__all__ = ["LossPanel", "SaturationPanel", "SecondPlotPanel"]
