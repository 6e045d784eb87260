"""The sources of a cell's input: rows of embeddings, the character-level h of a word, the layer below."""

import numpy as np

from lstm_viz.analysis.unrolled import Interventions
from lstm_viz.engine.state_arithmetic import clamped_units
from lstm_viz.messages import InputArithmetic, InputPart, InputQuery, View
from lstm_viz.subjects.subject import Source


def input_arithmetic(
    query: InputQuery, sources: tuple[Source, ...], view: View, interventions: Interventions
) -> InputArithmetic:
    """Return the sources of x at a column, and the largest difference between x and them.

    Parameters
    ----------
    sources : tuple of Source
        Of the input of the module, for its first layer.
    interventions : mapping
        Of these, clamps on h of the layer below are reported.
    """
    column = query.column
    parts = tuple(map(_part, sources)) if view.layer == 0 else _from_below(view, interventions, column)
    values = np.concatenate([part.values for part in parts])
    error = float(np.abs(view.x[column] - values).max(initial=0.0))
    return InputArithmetic(query.reading, column, parts, error)


def _part(one: Source) -> InputPart:
    return InputPart(one.name, one.values, one.text, one.row, one.known, one.module)


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
            clamped=clamped_units(interventions.get((view.layer - 1, direction), {}), "h", column),
        )
        for direction, (name, values) in enumerate(zip(names, split, strict=True))
    )
