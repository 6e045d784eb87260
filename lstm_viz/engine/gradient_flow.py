"""Gradient flow of the losses of a sentence, at a checkpoint of a run."""

from collections.abc import Sequence

import numpy as np
import torch

from lstm_viz.analysis.gradient_flow import gradient_flow
from lstm_viz.crf import NO_TAG
from lstm_viz.messages import Floats
from lstm_viz.subjects.subject import SequentialSubject, main_module, scored

#: T · H at most: the work grows with the square of it.
MOST_STATES = 100_000


def flow(
    subject: SequentialSubject, words: tuple[str, ...], targets: Sequence[str], layer: int, direction: int
) -> Floats:
    """Return the norms (T, T) of `gradient_flow`; layer and direction are limited to those of the module.

    A target that is not in the tagset has no loss.
    """
    if not words:
        return np.zeros((0, 0), np.float32)
    net, readout = main_module(subject), scored(subject)
    places = {tag: place for place, tag in enumerate(readout.names)}
    with torch.no_grad():
        x = subject.inputs(words)
    return gradient_flow(
        net,
        readout,
        x,
        [places.get(tag, NO_TAG) for tag in targets],
        layer=max(0, min(layer, net.num_layers - 1)),
        direction=max(0, min(direction, int(net.bidirectional))),
    )
