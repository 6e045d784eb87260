"""A sentence through the epochs of a run."""

from lstm_viz.app.training.probe.panel import ProbePanel

__all__ = ["ProbePanel"]
