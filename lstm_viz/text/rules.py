"""The rule-based segmentations."""

from lstm_viz.text.segmentation import Segmentation
from lstm_viz.text.tokens import tokenize
from lstm_viz.text.unicode_words import unicode_words

ENGLISH = Segmentation("english", tokenize)
UNICODE = Segmentation("unicode", unicode_words)
#: The fallback if the segmenter of a run cannot be read.
DAMAGED = Segmentation("damaged", unicode_words)
