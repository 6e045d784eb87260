"""A sentence as the checkpoints of a run read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec
import numpy as np
import torch
from torch import nn

from lstm_viz.engine import passes
from lstm_viz.engine.choosing import Choice, choose
from lstm_viz.engine.trellis import trellis
from lstm_viz.engine.views import describe
from lstm_viz.messages import Floats, Module, Picture, Probe, Probed
from lstm_viz.tagging.presets import Preset

_QUANTITIES = MappingProxyType({"LSTM": "ifgoch", "GRU": "rznh", "RNN": "h"})


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one checkpoint made of a sentence: its quantities (L, D, T, 1, H) and its tags."""

    epoch: int
    quantities: Mapping[str, Floats]
    choice: Choice


def see(preset: Preset, words: tuple[str, ...]) -> Seen:
    """Read a sentence of at least one word, from zero."""
    done = passes.read(preset.tagger, words, None, None)
    with torch.no_grad():
        scores = preset.tagger.scores(done.output)
    decoded = trellis(preset.tagger.chain, scores)
    return Seen(preset.epoch, done.trace.quantities, choose(preset, scores[:, 0].numpy(), decoded))


def nothing_yet(
    question: Probe,
    preset: Preset,
    words: tuple[str, ...],
    truth: tuple[tuple[str, ...], bool],
    epochs: tuple[int, ...],
) -> Probed:
    """Return the answer without its pictures; a quantity that the net has not is h."""
    modules = _modules(preset)
    has_it = question.quantity in tuple(_QUANTITIES[modules[0].cell])
    return Probed(
        number=question.number,
        run=question.run,
        words=words,
        gold=truth[0],
        is_gold=truth[1],
        quantity=question.quantity if has_it else "h",
        modules=modules,
        epochs=epochs,
        pictures=(),
    )


def with_picture(answer: Probed, question: Probe, seen: Seen) -> Probed:
    """Return the answer with one picture more; layer and direction are clamped to what there is."""
    values = seen.quantities[answer.quantity]
    layer = max(0, min(question.layer, values.shape[0] - 1))
    direction = max(0, min(question.direction, values.shape[1] - 1))
    picture = Picture(
        epoch=seen.epoch,
        values=np.ascontiguousarray(values[layer, direction, :, 0]),
        tags=seen.choice.tags,
        probabilities=seen.choice.probabilities,
    )
    return msgspec.structs.replace(answer, pictures=(*answer.pictures, picture))


def _modules(preset: Preset) -> tuple[Module, ...]:
    """Return the recurrent modules that read words: one that reads characters has no column a word."""
    found = []
    for path, reads in preset.tagger.recurrent_modules().items():
        module = preset.tagger.get_submodule(path)
        if reads == "words" and isinstance(module, nn.RNNBase):
            found.append(describe(path, module, reads))
    return tuple(found)
