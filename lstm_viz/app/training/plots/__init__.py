"""The curves of a run, and how saturated its gates are."""

from lstm_viz.app.training.plots.beside import BesidePanel
from lstm_viz.app.training.plots.loss import LossPanel
from lstm_viz.app.training.plots.saturation import SaturationPanel

__all__ = ["BesidePanel", "LossPanel", "SaturationPanel"]
