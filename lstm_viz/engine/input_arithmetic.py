"""The sources of a cell's input: rows of embeddings, the character-level h of a word, the layer below."""

import numpy as np
from torch import Tensor

from lstm_viz.analysis.unrolled import Interventions
from lstm_viz.engine.reading_parts import spelled
from lstm_viz.engine.state_arithmetic import clamped_units
from lstm_viz.messages import InputArithmetic, InputPart, InputQuery, View
from lstm_viz.tagging.models import CharWordTagger, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary


def input_arithmetic(
    query: InputQuery, tagger: WordTagger, view: View, interventions: Interventions
) -> InputArithmetic:
    """Return the sources of x at a column, and the largest difference between x and them.

    Parameters
    ----------
    interventions : mapping
        Of these, clamps on h of the layer below are reported.
    """
    column = query.column
    parts = _embedded(tagger, view, column) if view.layer == 0 else _from_below(view, interventions, column)
    values = np.concatenate([part.values for part in parts])
    error = float(np.abs(view.x[column] - values).max(initial=0.0))
    return InputArithmetic(query.reading, column, parts, error)


def _embedded(tagger: WordTagger, view: View, column: int) -> tuple[InputPart, ...]:
    text = view.columns[column]
    if isinstance(tagger, CharWordTagger) and view.module.reads == "characters":
        return (_row("character", tagger.characters, tagger.char_embedding.weight, text),)
    word = _row("word", tagger.words, tagger.word_embedding.weight, text)
    return (word, _spelled(tagger, text)) if isinstance(tagger, CharWordTagger) else (word,)


def _row(name: str, vocabulary: Vocabulary, weight: Tensor, text: str) -> InputPart:
    row = vocabulary.indices([text])[0]
    values = weight[row].detach().numpy()
    return InputPart(name, values, text, row, text in vocabulary)


def _spelled(tagger: CharWordTagger, word: str) -> InputPart:
    """Return the part from the character-level module: its h after the last character in reading order."""
    path = next(path for path, reads in tagger.recurrent_modules().items() if reads == "characters")
    trace, columns = spelled(tagger, path, word)
    return InputPart("characters", trace.h[-1, 0, -1, 0], "".join(columns), module=path)


def _from_below(view: View, interventions: Interventions, column: int) -> tuple[InputPart, ...]:
    """Return h of each direction of the layer below, the input of this layer."""
    names, sizes = zip(*view.parts, strict=True)
    split = np.split(view.x[column], np.cumsum(sizes)[:-1])
    return tuple(
        InputPart(
            name,
            values,
            module=view.module.path,
            layer=view.layer - 1,
            direction=direction,
            held=clamped_units(interventions.get((view.layer - 1, direction), {}), "h", column),
        )
        for direction, (name, values) in enumerate(zip(names, split, strict=True))
    )
