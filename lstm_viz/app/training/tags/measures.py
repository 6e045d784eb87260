"""Precision, recall and F1 of each tag, from how often which tag was taken for which."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measure:
    """How well one tag is found.

    Attributes
    ----------
    tag : int
        Its place in the tagset; the place behind the last is for true tags that are not in it.
    precision, recall, f1 : float
        Of the words that were tagged so, the share that are; of those that are, the share that were tagged
        so; and their harmonic mean (van Rijsbergen, Information Retrieval, 1979). 0 where it would be 0/0.
    support, said, right : int
        How many words have the tag, were tagged so, and both.
    taken_for, mistakes : int or None, int
        The tag that it was most often taken for, and how often; None where it never was.
    """

    tag: int
    precision: float
    recall: float
    f1: float
    support: int
    said: int
    right: int
    taken_for: int | None
    mistakes: int


def counts(confusion: Iterable[tuple[int, int, int]], tags: int) -> Counts:
    """Return (tags + 1, tags) counts: rows are true tags, the last one those that are not in the tagset.

    What cannot be, a tag beyond the tagset that was said or a negative count, is left out.
    """
    table = np.zeros((tags + 1, tags), np.int64)
    for gold, said, words in confusion:
        if gold >= 0 and 0 <= said < tags and words > 0:
            table[min(gold, tags), said] += words
    return table


def measures(table: Counts) -> tuple[Measure, ...]:
    """Return a measure a tag, in the order of the tagset; one more where there are true tags not in it."""
    tags = table.shape[1]
    rows = range(tags + bool(table[tags].any()))
    said = np.append(table.sum(0), 0)
    right = np.append(np.diagonal(table[:tags]), 0)
    return tuple(_measure(table[tag], tag, int(said[tag]), int(right[tag])) for tag in rows)


def _measure(row: Counts, tag: int, said: int, right: int) -> Measure:
    support = int(row.sum())
    wrong = row.copy()
    wrong[tag : tag + 1] = 0
    most = int(wrong.argmax()) if wrong.any() else None
    return Measure(
        tag=tag,
        precision=_share(right, said),
        recall=_share(right, support),
        f1=_share(2 * right, said + support),
        support=support,
        said=said,
        right=right,
        taken_for=most,
        mistakes=int(wrong[most]) if most is not None else 0,
    )


def accuracy(table: Counts) -> float:
    """Return the share of words that were tagged right; 0 where there are none."""
    return _share(int(np.trace(table)), int(table.sum()))


def shares(table: Counts) -> npt.NDArray[np.float64]:
    """Return each count as the share of its row; 0 in an empty row."""
    return np.asarray(table / np.maximum(table.sum(1, keepdims=True), 1))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
