"""History of the tracked sentence: its quantities and tags at the checkpoints of a run."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import torch

from lstm_viz.engine import forward_pass
from lstm_viz.engine.predictions import Choice, choose
from lstm_viz.engine.trellis import trellis
from lstm_viz.engine.views import describe
from lstm_viz.messages import Floats, History, HistoryQuery, Module, Picture
from lstm_viz.subjects.subject import SequentialSubject, scored


@dataclass(frozen=True, slots=True, eq=False)
class CheckpointPass:
    """A forward pass of one checkpoint over a sentence: its quantities (L, D, T, 1, H) and its tags."""

    epoch: int
    quantities: Mapping[str, Floats]
    choice: Choice


def read_checkpoint(subject: SequentialSubject, words: tuple[str, ...]) -> CheckpointPass:
    """Return the forward pass over a sentence of at least one word, from the zero state."""
    done, readout = forward_pass.read(subject, words, None, None), scored(subject)
    with torch.no_grad():
        scores = readout.scores(done.output)
    choice = choose(readout, scores[:, 0].numpy(), trellis(readout.chain, scores))
    return CheckpointPass(subject.identity.epoch, done.trace.quantities, choice)


def empty_history(
    query: HistoryQuery,
    subject: SequentialSubject,
    words: tuple[str, ...],
    truth: tuple[tuple[str, ...], bool],
    epochs: tuple[int, ...],
) -> History:
    """Return the result without pictures; a quantity that the module does not have is replaced by h."""
    modules = _modules(subject)
    return History(
        model=query.model,
        words=words,
        gold=truth[0],
        is_gold=truth[1],
        quantity=query.quantity if query.quantity in modules[0].kind else "h",
        modules=modules,
        epochs=epochs,
        pictures=(),
    )


def with_picture(history: History, query: HistoryQuery, checkpoint: CheckpointPass) -> History:
    """Return the result with one more picture; layer and direction are limited to those of the module."""
    values = checkpoint.quantities[history.quantity]
    layer = max(0, min(query.layer, values.shape[0] - 1))
    direction = max(0, min(query.direction, values.shape[1] - 1))
    picture = Picture(
        epoch=checkpoint.epoch,
        values=np.ascontiguousarray(values[layer, direction, :, 0]),
        tags=checkpoint.choice.tags,
        probabilities=checkpoint.choice.probabilities,
    )
    return msgspec.structs.replace(history, pictures=(*history.pictures, picture))


def _modules(subject: SequentialSubject) -> tuple[Module, ...]:
    """Return the word-level recurrent modules; a character-level one has no column per word."""
    aligned = (one for one in subject.recurrents if not one.own_columns)
    return tuple(describe(one) for one in aligned)
