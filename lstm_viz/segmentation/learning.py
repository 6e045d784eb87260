"""Training of a segmenter: softmax regression with Adagrad on hashed features.

Adagrad: Duchi, Hazan and Singer 2011. The weights are averaged over the last epochs (Polyak and Juditsky
1992). Only numpy is used: a batch is a few gathers and one ``np.add.at``.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_viz.segmentation import features, samples
from lstm_viz.segmentation.characters import Codes
from lstm_viz.segmentation.edits import Edit
from lstm_viz.segmentation.encoding import MARGIN, encode, padded
from lstm_viz.segmentation.features import LONGEST, keys_of, word_keys
from lstm_viz.segmentation.hashing import Keys
from lstm_viz.segmentation.lookup import Lookup
from lstm_viz.segmentation.model import (
    FIRST_EDIT,
    MOST_CELLS,
    MOST_FEATURES,
    MOST_WEIGHTS,
    MOST_WORDS,
    Labels,
    SegmenterModel,
    Weights,
    gaps_of,
)
from lstm_viz.segmentation.samples import Aligned, Marks, Sample, Spacing
from lstm_viz.segmentation.segmenter import Segmenter
from lstm_viz.text.token import Token

Progress = Callable[[float], None]
Floats = npt.NDArray[np.float32]

#: Longer training data is sampled at random.
_MOST_CHARACTERS = 1_500_000
_EPOCHS = 8
_SMALLEST_BATCH, _LARGEST_BATCH = 8, 256
_RATE = 0.3
#: Adagrad's initial sum of squares: rarely updated weights stay small, and are pruned.
_FIRST_SQUARES = 1.0
#: A gap is confident if the true label has this probability.
_CONFIDENT = 0.999
#: Every n-th epoch includes the confident gaps.
_FULL_EPOCH = 4
_SMALLEST_WEIGHT = 0.05
_BLOCK = 1 << 12


def learn(
    examples: Sequence[tuple[str, Sequence[Token]]],
    seed: int = 0,
    progress: Progress | None = None,
) -> Segmenter | None:
    """Return a segmenter trained on the examples; None if no example has tokens.

    Parameters
    ----------
    examples : sequence of (text, tokens)
        Texts and their syntactic words; the words of a multiword token share a span.
    seed : int
        The seed of the order of the texts and of their gaps.
    progress : callable or None
        Called with the fraction done, from 0 to 1.
    """
    random = np.random.default_rng(seed)
    report = progress or (lambda _: None)
    texts = _aligned(examples, random)
    if not texts:
        return None
    report(0.1)
    data = _training_data(texts, random)
    report(0.3)
    weights = _fit(data, random, report)
    report(1.0)
    return Segmenter(_packed(data, weights))


def _aligned(examples: Sequence[tuple[str, Sequence[Token]]], random: np.random.Generator) -> list[Aligned]:
    """Return the examples in random order, up to the limit."""
    chosen: list[Aligned] = []
    budget = _MOST_CHARACTERS
    for number in random.permutation(len(examples)).tolist():
        if budget < _MOST_CHARACTERS // 100:
            break
        text, tokens = examples[number]
        if len(text) > budget:
            continue
        budget -= len(text)
        aligned = samples.align(text, tokens)
        if aligned is not None:
            chosen.append(aligned)
    return chosen


@dataclass(frozen=True)
class _TrainingData:
    """The features and label of every gap, and the other parts of the model."""

    rows: npt.NDArray[np.int32]  # (G, features), index in ``keys``; len(keys) if a feature is not kept
    labels: Labels  # (G,)
    keys: Keys
    edits: tuple[Edit, ...]
    marks: Marks
    words: Keys | None
    spaces_cut: bool
    letters: dict[str, tuple[str, ...]]


def _training_data(texts: list[Aligned], random: np.random.Generator) -> _TrainingData:
    edits = samples.common_edits(texts)
    numbered = {edit: number for number, edit in enumerate(edits, FIRST_EDIT)}
    given = [samples.sample(text, numbered) for text in texts]
    spacing = samples.spacing(given)
    spaces_cut = spacing.within < 0.0002
    marks = samples.marks_of(given)
    words, common = (
        _words(texts, marks.known) if spacing.between < 0.1 or spacing.within > 0.01 else (None, None)
    )
    known = None if common is None else Lookup(common)
    keys, labels = _features(_augmented(given, spacing), marks.known, known, spaces_cut=spaces_cut)
    kept = _kept(keys)
    rows = _rows(keys, kept)
    return _TrainingData(rows, labels, kept, edits, marks, words, spaces_cut, samples.letters(texts))


def _words(texts: list[Aligned], marks: Codes) -> tuple[Keys, Keys]:
    """Return the keys of all words, and of those that occur at least twice."""
    counted: Counter[int] = Counter()
    for text in texts:
        encoded = encode(padded(text.folded.codes), marks)
        spans = np.array([(start, end) for start, end, _ in text.tokens if end - start <= LONGEST]) + MARGIN
        if len(spans):
            counted.update(word_keys(encoded, spans[:, 0], spans[:, 1]).tolist())
    common = [word for word, number in counted.items() if number > 1]
    known = [word for word, _ in counted.most_common(MOST_WORDS)]
    return np.array(sorted(known), np.uint32), np.array(sorted(common), np.uint32)


def _augmented(given: list[Sample], spacing: Spacing) -> list[Sample]:
    """Return the samples in pairs; if all tokens are separated by spaces, also copies spaced as typed."""
    spaced = spacing.between >= 0.1
    if spacing.between <= 0.999:
        return _in_pairs(given, spaced=spaced)
    given = _within(given, _MOST_CHARACTERS // 2)
    copies = [samples.glued(one) for one in given]
    return _in_pairs(given, spaced=spaced) + _in_pairs(copies, spaced=spaced)


def _within(given: list[Sample], most: int) -> list[Sample]:
    """Return the first samples, up to ``most`` characters but at least one."""
    sizes = np.cumsum([len(one.codes) for one in given])
    return given[: max(1, int(np.searchsorted(sizes, most, side="right")))]


def _in_pairs(given: list[Sample], *, spaced: bool) -> list[Sample]:
    """Return the samples, half of them joined in pairs, so that ends also occur inside a text."""
    quarter = len(given) // 4
    pairs = zip(given[:quarter], given[quarter : 2 * quarter], strict=True)
    return [samples.joined(one, other, spaced=spaced) for one, other in pairs] + given[2 * quarter :]


def _features(
    augmented: list[Sample], marks: Codes, words: Lookup | None, *, spaces_cut: bool
) -> tuple[Keys, Labels]:
    """Return the keys (G, features) and the labels of all gaps."""
    codes = [padded(one.codes) for one in augmented]
    encoded = encode(np.concatenate(codes), marks)
    offsets = np.cumsum([0, *map(len, codes)])
    gaps, labels = [], []
    for one, offset in zip(augmented, offsets.tolist(), strict=False):
        places = gaps_of(one.folded, spaces_cut=spaces_cut)
        gaps.append(places + offset)
        labels.append(one.labels[places - MARGIN])
    places = np.concatenate(gaps)
    keys = np.empty((len(places), features.count(with_words=words is not None)), np.uint32)
    done = 0
    for block in keys_of(encoded, places, words):
        keys[done : done + block.shape[1]] = block.T
        done += block.shape[1]
    return keys, np.concatenate(labels)


def _kept(keys: Keys) -> Keys:
    """Return the sorted keys of features that occur at least twice, the most frequent if there are many."""
    found, numbers = [], []
    for column in keys.T:
        ordered = np.sort(column)
        firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(ordered)])
        number = np.diff(np.append(firsts, len(ordered)))
        found.append(ordered[firsts[number > 1]])
        numbers.append(number[number > 1])
    every, number = np.concatenate(found), np.concatenate(numbers)
    most = np.argsort(-number, kind="stable")[:MOST_FEATURES]
    return np.unique(every[most])


def _rows(keys: Keys, kept: Keys) -> npt.NDArray[np.int32]:
    """Return the index of each key in ``kept``, in the memory of ``keys``."""
    rows = keys.view(np.int32)
    lookup = Lookup(kept)
    for start in range(0, len(keys), _BLOCK):
        rows[start : start + _BLOCK] = lookup(keys[start : start + _BLOCK])
    return rows


def _fit(data: _TrainingData, random: np.random.Generator, report: Progress) -> Floats:
    """Return the weights (features + 1, labels); the last row is for dropped features."""
    regression = _Regression(len(data.keys) + 1, FIRST_EDIT + len(data.edits))
    mean = np.zeros_like(regression.weights)
    uncertain = np.ones(len(data.labels), bool)
    batch = min(max(len(uncertain) // 64, _SMALLEST_BATCH), _LARGEST_BATCH)
    for epoch in range(_EPOCHS):
        full = epoch % _FULL_EPOCH == 0
        gaps = np.arange(len(uncertain)) if full else np.flatnonzero(uncertain)
        random.shuffle(gaps)
        for start in range(0, len(gaps), batch):
            some = gaps[start : start + batch]
            probability = regression.step(data.rows.take(some, axis=0), data.labels[some])
            uncertain[some] = probability < _CONFIDENT
        if epoch >= _EPOCHS // 2:
            mean += regression.weights
        report(0.3 + 0.7 * (epoch + 1) / _EPOCHS)
    mean /= _EPOCHS - _EPOCHS // 2
    return mean


class _Regression:
    """Softmax regression on sets of features, with a learning rate per weight."""

    def __init__(self, count: int, labels: int) -> None:
        self.weights = np.zeros((count, labels), np.float32)
        self._squares = np.full((count, labels), _FIRST_SQUARES, np.float32)
        self._gradient = np.zeros((count, labels), np.float32)

    def step(self, rows: npt.NDArray[np.int32], labels: Labels) -> Floats:
        """Train on a batch, rows (B, features), and return the probabilities of the true labels."""
        columns = np.ascontiguousarray(rows.T)
        flat = columns.ravel()
        probability = _softmax(self.weights.take(columns, axis=0).sum(axis=0))
        each = np.arange(len(labels))
        right = probability[each, labels]
        probability[each, labels] -= 1
        for label, column in enumerate(probability.T):
            # np.add.at is seven times as fast in one dimension.
            np.add.at(self._gradient[:, label], flat, np.tile(column, len(columns)))
        self._descend(_distinct(flat))
        return right

    def _descend(self, rows: npt.NDArray[np.int32]) -> None:
        gradient = self._gradient.take(rows, axis=0)
        self._gradient[rows] = 0
        squares = self._squares.take(rows, axis=0)
        squares += gradient * gradient
        self._squares[rows] = squares
        self.weights[rows] -= _RATE * gradient / np.sqrt(squares)
        self.weights[-1] = 0


def _distinct(rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return each row once; ``np.unique`` takes ten times as long."""
    rows = np.sort(rows)
    first = np.append(True, rows[1:] != rows[:-1])
    return rows.compress(first)


def _softmax(scores: Floats) -> Floats:
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def _packed(data: _TrainingData, weights: Floats) -> SegmenterModel:
    """Return the model with weights quantised to int8."""
    quantised = _quantised(weights[:-1].T)
    used = _used(quantised)
    return SegmenterModel(
        keys=data.keys[used],
        weights=np.pad(quantised.take(used, axis=1), ((0, 0), (0, 1))),
        edits=data.edits,
        marks=data.marks.known,
        apart=data.marks.apart,
        quotes=data.marks.quotes,
        words=data.words,
        spaces_cut=data.spaces_cut,
        letters=data.letters,
    )


def _quantised(weights: Floats) -> Weights:
    """Return the weights (labels, features) pruned and quantised to int8.

    Adding a constant to all weights of a feature changes no decision: each feature's median is subtracted, so
    that most weights are near zero and can be pruned.
    """
    relative = weights - np.sort(weights, axis=0)[(len(weights) - 1) // 2]
    sizes = np.abs(relative)
    smallest = _SMALLEST_WEIGHT
    if np.count_nonzero(sizes > smallest) > MOST_WEIGHTS:
        smallest = float(np.partition(sizes, -MOST_WEIGHTS - 1, axis=None)[-MOST_WEIGHTS - 1])
    relative[sizes <= smallest] = 0
    scale = max(float(sizes.max(initial=0)), _SMALLEST_WEIGHT) / 127
    quantised: Weights = np.rint(relative / scale).astype(np.int8)
    return quantised


def _used(weights: Weights) -> npt.NDArray[np.intp]:
    """Return the columns that are not all zero, those of the largest weights if there are many."""
    largest = np.abs(weights).max(axis=0, initial=0)
    order = np.argsort(-largest, kind="stable")[: MOST_CELLS // len(weights)]
    return np.sort(order[largest[order] > 0])
