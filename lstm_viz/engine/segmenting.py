"""The words of a text, as a model reads it."""

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
    """Return how text is cut for a run: as it learnt, as the bundled corpora are, or by Unicode rules.

    Raises `lstm_viz.runs.errors.RunError` where it is no run.
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
    """Return the first ``limit`` tokens of a text, and how many tokens all of it has.

    The words that are fixed in one of ``cuts`` stay; the rest is cut as the model's treebank is.
    """
    cut = cut_of(text, cuts)
    tokens = cut.tokens if is_whole(cut) else with_fixed(preset.segmentation.segment(text), cut)
    return tokens[:limit], len(tokens)


def first_words(preset: Preset, text: str, cuts: Sequence[Cut], limit: int) -> tuple[str, ...]:
    """Return what the tagger reads of a text: the texts of its first ``limit`` tokens."""
    return tuple(token.text for token in first_tokens(preset, text, cuts, limit)[0])
