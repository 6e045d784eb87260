"""Where a memory comes from: what each step wrote that is still there."""

from lstm_viz.messages.base import Floats, Index, Message, Number


class Remember(Message, frozen=True):
    """Say where the state at one column comes from, of the view that answered question ``number``.

    ``unit`` None means the mean over all units.
    """

    number: Number
    column: Index
    unit: Index | None


class Memory(Message, frozen=True):
    """The cell state of an LSTM (h of a GRU) as the sum of what each step wrote and the gates let survive.

    N columns, H units, K tags. Wherever there are N + 1 sources, the first is what is left of the initial
    state, and k + 1 is what column k wrote.

    Attributes
    ----------
    number, column, unit :
        As asked.
    by_unit : array (N + 1, H)
        What is alive of each source at the column; the sum over the sources is the state there.
    triangle : array (N, N + 1)
        Of the picked unit (or the mean): at [t, source] what is alive at column t.
    half_lives : array (H,)
        After how many steps half of what was written is left, at the unit's mean rate over this sentence.
    scores : array (N + 1, K) or None
        How much of each tag's logit is owed to each source, the output gate and the squash being held. None
        where no tag is read off this state directly: a layer below the top, or characters. What is set by
        hand, the state or h, is the column's own.
    bias, beside : array (K,) or None
        What the logits have besides: the bias, and what the other direction gives.
    error, score_error : float
        The proof: how far the sums are from the state (all units, this column) and from the logits.
    """

    number: Number
    column: Index
    unit: Index | None
    by_unit: Floats
    triangle: Floats
    half_lives: Floats
    scores: Floats | None
    bias: Floats | None
    beside: Floats | None
    error: float
    score_error: float
