"""Readings made by hand: what a net might have said, without a net."""

from itertools import count

import numpy as np

from lstm_viz.cells import KINDS
from lstm_viz.messages import Model, Module, Reading, View, Word
from lstm_viz.text.tokenized_text import spaced

_seeds = count()


def reading(
    text, tags=None, *, cell="LSTM", hidden=4, reads="words", name="preset:tutorial", epoch=1, values=None
):
    """Return a reading of ``text``; its numbers are random, or all ``values``."""
    words, generator = tuple(text.split()), np.random.default_rng(next(_seeds))

    def numbers(width):
        shape = (len(words), width)
        given = generator.uniform(-1, 1, shape) if values is None else np.full(shape, values)
        return given.astype(np.float32)

    module = Module("net", cell, reads, 1, 1, 3, hidden, reads == "characters")
    starts = dict.fromkeys(KINDS[cell].states, np.zeros(hidden, np.float32))
    quantities = {name: numbers(hidden) for name in KINDS[cell].order}
    columns = words if reads == "words" else tuple(words[0])
    view = View(module, 0, 0, columns, quantities, numbers(3), (("word", 3),), starts, 0.0)
    title, can = name.removeprefix("preset:").title(), ("scores", "linear_scores")
    model = Model(name, title, "", text, ("DET", "NN", "V"), (0, 1), (module,), can)
    given = tags or ("NN",) * len(words)
    tokens = zip(spaced(words).tokens, given, strict=True)
    said = tuple(Word(token.text, token.start, token.end, True, tag, 0.5) for token, tag in tokens)
    scores = generator.normal(size=(len(words), 3)).astype(np.float32)
    return Reading(1, model, epoch, None, 0, 0, said, len(words), scores, view if words else None, None)
