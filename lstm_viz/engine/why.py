"""Answers why a word got its tag: what the words gave, and which units it stands on."""

from lstm_viz.engine.ablating import ablate
from lstm_viz.engine.owing import owe

__all__ = ["ablate", "owe"]
