"""The next token of a text that a language model writes on."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from lstm_viz.messages import Floats, Reading, Word


def next_scores(reading: Reading | None) -> Floats | None:
    """Return the log-softmax (K,) of the token after the last column; None where the model predicts none.

    A score that is not a number makes it None, too.
    """
    if reading is None or reading.model.readout != "tokens" or not len(reading.scores):
        return None
    scores: Floats = reading.scores[-1]
    return None if np.isnan(scores).any() else scores


def sampled(scores: Floats, temperature: float, seed: int, step: int) -> int:
    """Return the index of a token drawn from the softmax of ``scores / temperature``; at 0 the most probable.

    The random number depends on the seed and the step alone: the same text is written on in the same way.
    """
    if temperature <= 0:
        return int(scores.argmax())
    scaled = scores.astype(np.float64) / temperature
    shares = np.exp(scaled - scaled.max()).cumsum()
    drawn = np.random.default_rng((seed, step)).random() * shares[-1]
    return min(int(np.searchsorted(shares, drawn, side="right")), len(scores) - 1)


def appended(text: str, words: Sequence[Word], token: str, vocabulary: Sequence[str]) -> str:
    """Return what to write behind a text for a token: with a space where the columns are separated.

    A single column does not tell: then tokens are separated unless most of the ``vocabulary`` are characters.
    """
    is_apart = any(word.start > before.end for before, word in pairwise(words))
    if len(words) < 2:
        is_apart = 2 * sum(len(known) == 1 for known in vocabulary) <= len(vocabulary)
    return f" {token}" if is_apart and not text[-1:].isspace() else token
