"""Decomposition of the cell state: what each step wrote to it that is still there."""

from lstm_viz.messages.base import Floats, Index, Number, Query, Result


class DecompositionQuery(Query["Decomposition"], frozen=True):
    """Query for the decomposition of the state at one column, in the view of the reading ``reading``.

    ``unit`` None means the mean over all units.
    """

    reading: Number
    column: Index
    unit: Index | None


class Decomposition(Result, frozen=True):
    """The cell state of an LSTM (h of a GRU) as the sum of what each step wrote and the gates kept.

    N columns, H units, K tags. Of N + 1 sources, the first is the initial state, and k + 1 is column k.

    Attributes
    ----------
    reading, column, unit :
        Those of the query.
    by_unit : array (N + 1, H)
        The contribution of each source to the state at the column; their sum is the state there.
    triangle : array (N, N + 1)
        For the selected unit (or the mean): at [t, source] the contribution of the source at column t.
    half_lives : array (H,)
        The number of steps after which half of a contribution is left, at the unit's mean rate over this
        sentence.
    scores : array (N + 1, K) or None
        The contribution of each source to each tag's logit, with the output gate and tanh(c)/c taken as
        constants. None where they are no linear function of this state: in a layer below the top, or a
        character-level module. A clamped state or h counts as written by its own column.
    bias, other_direction : array (K,) or None
        The other terms of the logits: the bias, and the contribution of the other direction.
    error, score_error : float
        The proof: the errors of the sums against the state (all units, this column) and the logits.
    """

    reading: Number
    column: Index
    unit: Index | None
    by_unit: Floats
    triangle: Floats
    half_lives: Floats
    scores: Floats | None
    bias: Floats | None
    other_direction: Floats | None
    error: float
    score_error: float
