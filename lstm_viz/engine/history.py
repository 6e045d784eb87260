"""History of the tracked sentence: its quantities and tags at the checkpoints of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from torch import nn

from lstm_viz.engine import forward_pass
from lstm_viz.engine.predictions import Choice, choose
from lstm_viz.engine.trellis import trellis
from lstm_viz.engine.views import describe
from lstm_viz.messages import Floats, History, HistoryQuery, Module, Picture
from lstm_viz.tagging.presets import Preset


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A forward pass of one checkpoint over a sentence: its quantities (L, D, T, 1, H) and its tags."""

    epoch: int
    quantities: Mapping[str, Floats]
    choice: Choice


def take_snapshot(preset: Preset, words: tuple[str, ...]) -> Snapshot:
    """Return the forward pass over a sentence of at least one word, from the zero state."""
    done = forward_pass.read(preset.tagger, words, None, None)
    with torch.no_grad():
        scores = preset.tagger.scores(done.output)
    decoded = trellis(preset.tagger.chain, scores)
    return Snapshot(preset.epoch, done.trace.quantities, choose(preset, scores[:, 0].numpy(), decoded))


def empty_history(
    query: HistoryQuery,
    preset: Preset,
    words: tuple[str, ...],
    truth: tuple[tuple[str, ...], bool],
    epochs: tuple[int, ...],
) -> History:
    """Return the result without pictures; a quantity that the module does not have is replaced by h."""
    modules = _modules(preset)
    return History(
        number=query.number,
        run=query.run,
        words=words,
        gold=truth[0],
        is_gold=truth[1],
        quantity=query.quantity if query.quantity in modules[0].kind else "h",
        modules=modules,
        epochs=epochs,
        pictures=(),
    )


def with_picture(history: History, query: HistoryQuery, snapshot: Snapshot) -> History:
    """Return the result with one more picture; layer and direction are limited to those of the module."""
    values = snapshot.quantities[history.quantity]
    layer = max(0, min(query.layer, values.shape[0] - 1))
    direction = max(0, min(query.direction, values.shape[1] - 1))
    picture = Picture(
        epoch=snapshot.epoch,
        values=np.ascontiguousarray(values[layer, direction, :, 0]),
        tags=snapshot.choice.tags,
        probabilities=snapshot.choice.probabilities,
    )
    return msgspec.structs.replace(history, pictures=(*history.pictures, picture))


def _modules(preset: Preset) -> tuple[Module, ...]:
    """Return the word-level recurrent modules; a character-level one has no column per word."""
    found = []
    for path, reads in preset.tagger.recurrent_modules().items():
        module = preset.tagger.get_submodule(path)
        if reads == "words" and isinstance(module, nn.RNNBase):
            found.append(describe(path, module, reads))
    return tuple(found)
