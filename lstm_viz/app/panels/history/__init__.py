"""The history of the tracked sentence through the epochs of a run."""

from lstm_viz.app.panels.history.history_panel import HistoryPanel

__all__ = ["HistoryPanel"]
