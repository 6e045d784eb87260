"""Precision, recall and F1 of each tag, and the confusion matrix."""

from lstm_viz.app.panels.tags.tags_panel import TagsPanel

__all__ = ["TagsPanel"]
