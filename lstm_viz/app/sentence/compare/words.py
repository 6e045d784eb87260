"""What the chips say: of one reading, of one before and after an edit, or of two under each other."""

from typing import NamedTuple

from lstm_viz.app.sentence.pair import SIDES, Pairing, Side
from lstm_viz.app.sentence.trellis_steps import tags_alone
from lstm_viz.messages import Reading, Word


class Said(NamedTuple):
    """What one chip says.

    ``word`` is None for a character, which has no tag. ``alone`` is the tag that the word would have by
    itself, "" where that is its tag; ``was`` is the tag before the edits, "" where that is its tag;
    ``differs`` tells that the word that it is paired with has another tag.
    """

    label: str
    word: Word | None = None
    alone: str = ""
    was: str = ""
    differs: bool = False


class Row(NamedTuple):
    """Chips beside each other, None where there is no word, and which of a pair they are of."""

    chips: tuple[Said | None, ...]
    tags: tuple[str, ...]
    mark: str = ""


def rows(reading: Reading | None, pairing: Pairing | None) -> tuple[Row, ...]:
    """Return the rows of chips over the columns."""
    if reading is None or reading.view is None:
        return (Row((), ()),)
    if pairing is not None and not pairing.edited:
        return tuple(_compared(pairing, side, mark) for side, mark in zip(SIDES, "AB", strict=True))
    if reading.view.module.reads != "words":
        return (Row(tuple(map(Said, reading.view.columns)), reading.model.tags),)
    if pairing is None:
        return (Row(tuple(_of(reading)), reading.model.tags),)
    before = pairing.first.words
    flipped = set(pairing.flips)
    chips = (
        said._replace(was=before[k].tag, differs=True) if k in flipped else said
        for k, said in enumerate(_of(reading))
    )
    return (Row(tuple(chips), reading.model.tags),)


def _of(reading: Reading) -> list[Said]:
    alone = tags_alone(reading) or ("",) * len(reading.words)
    return [Said(word.text, word, own) for word, own in zip(reading.words, alone, strict=True)]


def _compared(pairing: Pairing, side: Side, mark: str) -> Row:
    reading, which, flips = pairing.of(side), SIDES.index(side), set(pairing.flips)
    said = _of(reading)
    places = (slot[which] for slot in pairing.slots)
    chips = (
        None if place is None else said[place]._replace(differs=k in flips) for k, place in enumerate(places)
    )
    return Row(tuple(chips), pairing.tags, mark)
