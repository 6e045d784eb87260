"""The plots of a run: loss, metrics and gate saturation."""

from lstm_viz.app.panels.curves.loss import LossPanel
from lstm_viz.app.panels.curves.second_plot import SecondPlotPanel
from lstm_viz.app.panels.saturation.saturation_panel import SaturationPanel

__all__ = ["LossPanel", "SaturationPanel", "SecondPlotPanel"]
