"""Segmentation of a text into the words that the model of a run reads."""

from pathlib import Path

from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.segmenter import SegmenterFileError, has_segmenter, read_segmenter
from lstm_viz.segmentation import Segmenter, SegmenterError
from lstm_viz.text.rules import DAMAGED, ENGLISH, UNICODE
from lstm_viz.text.segmentation import Segmentation


def segmentation_of(run: Path) -> Segmentation:
    """Return the segmentation of a run: its own segmenter, that of the bundled corpora, or Unicode rules.

    Raises `lstm_viz.runs.errors.RunError` where it is not a run.
    """
    settings = RunFolder(run).run().settings
    if settings is not None and settings.is_bundled:
        return ENGLISH
    if not has_segmenter(run):
        return UNICODE
    try:
        return Segmentation("treebank", Segmenter.from_bytes(read_segmenter(run)).segment)
    except (SegmenterFileError, SegmenterError):
        return DAMAGED
