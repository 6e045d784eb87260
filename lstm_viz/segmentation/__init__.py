"""A trainable segmenter of text into the words of a treebank."""

from lstm_viz.segmentation.segmenter import Segmenter
from lstm_viz.segmentation.storage import SegmenterError

__all__ = ["Segmenter", "SegmenterError"]
