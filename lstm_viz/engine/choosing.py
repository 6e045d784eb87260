"""Which tags a tagger gives a sentence, by name, and how sure it is of each."""

from typing import NamedTuple

import numpy as np

from lstm_viz.engine.trellis import choice
from lstm_viz.messages import Floats, Trellis
from lstm_viz.tagging.presets import Preset

#: Stands where a score is not a number: nothing was chosen there.
NO_NUMBER = "NaN"


class Choice(NamedTuple):
    """The tag of each word, and its probability (T,)."""

    tags: tuple[str, ...]
    probabilities: Floats


def choose(preset: Preset, scores: Floats, decoded: Trellis | None) -> Choice:
    """Return the tags of a sentence for its scores (T, K), and what its chain made of them, if it has one."""
    best, shares = choice(preset.tagger.chain, decoded, scores)
    finite = np.asarray(np.isfinite(scores + shares).all(axis=-1))
    named = (preset.settings.tags[k] for k in best.tolist())
    tags = tuple(tag if ok else NO_NUMBER for tag, ok in zip(named, finite, strict=True))
    return Choice(tags, shares[np.arange(len(best)), best])
