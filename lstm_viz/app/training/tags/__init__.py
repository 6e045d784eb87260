"""How well each tag is found, and which is taken for which."""

from lstm_viz.app.training.tags.panel import TagsPanel

__all__ = ["TagsPanel"]
