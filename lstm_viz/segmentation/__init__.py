"""Cuts a text into the words of a treebank, learnt from the treebank."""

from lstm_viz.segmentation.segmenter import Segmenter
from lstm_viz.segmentation.storage import SegmenterError

__all__ = ["Segmenter", "SegmenterError"]
