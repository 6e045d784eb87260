"""Gradient flow of the losses of a sentence, at a checkpoint of a run."""

from collections.abc import Sequence

import numpy as np

from lstm_viz.analysis.gradient_flow import gradient_flow
from lstm_viz.crf import NO_TAG
from lstm_viz.messages import Floats
from lstm_viz.tagging.presets import Preset

#: T · H at most: the work grows with the square of it.
MOST_STATES = 100_000


def flow(preset: Preset, words: Sequence[str], targets: Sequence[str], layer: int, direction: int) -> Floats:
    """Return the norms (T, T) of `gradient_flow`; layer and direction are limited to those of the module.

    A target that is not in the tagset has no loss.
    """
    if not words:
        return np.zeros((0, 0), np.float32)
    net = preset.tagger.recurrent
    places = {tag: place for place, tag in enumerate(preset.settings.tags)}
    return gradient_flow(
        preset.tagger,
        words,
        [places.get(tag, NO_TAG) for tag in targets],
        layer=max(0, min(layer, net.num_layers - 1)),
        direction=max(0, min(direction, int(net.bidirectional))),
    )
