"""Precision, recall and F1 of each tag, and the confusion matrix."""

from lstm_viz.app.training.tags.tags_panel import TagsPanel

__all__ = ["TagsPanel"]
