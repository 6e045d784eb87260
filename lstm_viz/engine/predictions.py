"""The predicted tags of a sentence, by name, and their probabilities."""

from typing import NamedTuple

import numpy as np

from lstm_viz.engine.trellis import choice
from lstm_viz.messages import Floats, Trellis
from lstm_viz.messages.base import NO_NUMBER
from lstm_viz.subjects.readout import Readout


class Choice(NamedTuple):
    """The predicted tag of each word, and its probability (T,)."""

    tags: tuple[str, ...]
    probabilities: Floats


def choose(readout: Readout, scores: Floats, decoded: Trellis | None) -> Choice:
    """Return the predicted tags for scores (T, K) and, with a linear chain, for the decoding of them."""
    best, shares = choice(readout.chain, decoded, scores)
    finite = np.asarray(np.isfinite(scores + shares).all(axis=-1))
    named = (readout.names[k] for k in best.tolist())
    tags = tuple(tag if ok else NO_NUMBER for tag, ok in zip(named, finite, strict=True))
    return Choice(tags, shares[np.arange(len(best)), best])
