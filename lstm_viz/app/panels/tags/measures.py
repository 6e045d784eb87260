"""Precision, recall and F1 of each tag, from the confusion matrix."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measure:
    """The metrics of one tag.

    Attributes
    ----------
    tag : int
        The index in the tagset; the one after the last is for true tags that are not in it.
    precision, recall, f1 : float
        The share of words with the predicted tag that have it, the share of words with the true tag that are
        predicted so, and their harmonic mean (van Rijsbergen, Information Retrieval, 1979). 0 instead of 0/0.
    support, predicted, right : int
        The numbers of words with the true tag, with the predicted tag, and with both.
    taken_for, mistakes : int or None, int
        The other tag most often predicted for it, and how often; None if there is none.
    """

    tag: int
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int
    right: int
    taken_for: int | None
    mistakes: int


def counts(confusion: Iterable[tuple[int, int, int]], tags: int) -> Counts:
    """Return (tags + 1, tags) counts: rows are true tags, the last one those that are not in the tagset.

    Invalid entries, with a predicted tag beyond the tagset or a negative count, are left out.
    """
    table = np.zeros((tags + 1, tags), np.int64)
    for gold, predicted, words in confusion:
        if gold >= 0 and 0 <= predicted < tags and words > 0:
            table[min(gold, tags), predicted] += words
    return table


def measures(table: Counts) -> tuple[Measure, ...]:
    """Return the measures in the order of the tagset, with one more if there are true tags not in it."""
    tags = table.shape[1]
    rows = range(tags + bool(table[tags].any()))
    predicted = np.append(table.sum(0), 0)
    right = np.append(np.diagonal(table[:tags]), 0)
    return tuple(_measure(table[tag], tag, int(predicted[tag]), int(right[tag])) for tag in rows)


def _measure(row: Counts, tag: int, predicted: int, right: int) -> Measure:
    support = int(row.sum())
    wrong = row.copy()
    wrong[tag : tag + 1] = 0
    most = int(wrong.argmax()) if wrong.any() else None
    return Measure(
        tag=tag,
        precision=_share(right, predicted),
        recall=_share(right, support),
        f1=_share(2 * right, predicted + support),
        support=support,
        predicted=predicted,
        right=right,
        taken_for=most,
        mistakes=int(wrong[most]) if most is not None else 0,
    )


def accuracy(table: Counts) -> float:
    """Return the share of correctly tagged words; 0 without words."""
    return _share(int(np.trace(table)), int(table.sum()))


def shares(table: Counts) -> npt.NDArray[np.float64]:
    """Return each count as the share of its row; 0 in an empty row."""
    return np.asarray(table / np.maximum(table.sum(1, keepdims=True), 1))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
