"""The content of the chips: of one reading, of one before and after an edit, or of two in two rows."""

from typing import NamedTuple

from lstm_viz.app.panels.comparison.comparison import SIDES, Comparison, Side
from lstm_viz.app.panels.trellis.trellis_steps import tags_alone
from lstm_viz.app.texts import visible_text
from lstm_viz.messages import Reading, Word


class ChipText(NamedTuple):
    """The content of one chip.

    ``word`` is None for a character, which has no tag. ``alone`` is the tag that the word's scores alone
    would give, "" where that is its tag; ``was`` is the tag before the edits, "" where that is its tag;
    ``differs`` is whether the word it is compared with has another tag.
    """

    label: str
    word: Word | None = None
    alone: str = ""
    was: str = ""
    differs: bool = False


class ChipRow(NamedTuple):
    """A row of chips, None where there is no word, and which of a comparison it is of."""

    chips: tuple[ChipText | None, ...]
    tags: tuple[str, ...]
    mark: str = ""


def rows(reading: Reading | None, comparison: Comparison | None) -> tuple[ChipRow, ...]:
    """Return the rows of chips over the columns."""
    if reading is None or reading.view is None:
        return (ChipRow((), ()),)
    if comparison is not None and not comparison.edited:
        return tuple(_compared(comparison, side, mark) for side, mark in zip(SIDES, "AB", strict=True))
    if reading.view.module.own_columns:
        return (ChipRow(tuple(map(ChipText, reading.view.columns)), reading.model.tags),)
    if comparison is None:
        return (ChipRow(tuple(_of(reading)), reading.model.tags),)
    before = comparison.first.words
    flipped = set(comparison.flips)
    chips = (
        content._replace(was=before[k].tag, differs=True) if k in flipped else content
        for k, content in enumerate(_of(reading))
    )
    return (ChipRow(tuple(chips), reading.model.tags),)


def _of(reading: Reading) -> list[ChipText]:
    alone = tags_alone(reading) or ("",) * len(reading.words)
    words = zip(reading.words, alone, strict=True)
    return [ChipText(visible_text(word.text), word, own) for word, own in words]


def _compared(comparison: Comparison, side: Side, mark: str) -> ChipRow:
    reading, which, flips = comparison.of(side), SIDES.index(side), set(comparison.flips)
    content = _of(reading)
    places = (slot[which] for slot in comparison.slots)
    chips = (
        None if place is None else content[place]._replace(differs=k in flips)
        for k, place in enumerate(places)
    )
    return ChipRow(tuple(chips), comparison.tags, mark)
