"""Segmentation of a text into the words that a model reads."""

from collections.abc import Sequence
from pathlib import Path

from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.segmenter import SegmenterFileError, has_segmenter, read_segmenter
from lstm_viz.segmentation import Segmenter, SegmenterError
from lstm_viz.tagging.presets import Preset
from lstm_viz.text.cut import Cut, cut_of, is_whole, with_fixed
from lstm_viz.text.rules import DAMAGED, ENGLISH, UNICODE
from lstm_viz.text.segmentation import Segmentation
from lstm_viz.text.token import Token


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


def first_tokens(preset: Preset, text: str, cuts: Sequence[Cut], limit: int) -> tuple[tuple[Token, ...], int]:
    """Return the first ``limit`` tokens of a text, and the number of all of them.

    Words that are fixed in one of ``cuts`` are kept; the rest is segmented like the model's treebank.
    """
    cut = cut_of(text, cuts)
    tokens = cut.tokens if is_whole(cut) else with_fixed(preset.segmentation.segment(text), cut)
    return tokens[:limit], len(tokens)


def first_words(preset: Preset, text: str, cuts: Sequence[Cut], limit: int) -> tuple[str, ...]:
    """Return the texts of the first ``limit`` tokens of a text."""
    return tuple(token.text for token in first_tokens(preset, text, cuts, limit)[0])
