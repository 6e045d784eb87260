"""From the embedding to the score: the arithmetic of x, of a state, of a tag's score and of its paths.

Each result repeats the fields of its query, and has both the value recomputed in float64 and that of the
forward pass. ``clamped`` has what is clamped: such a value is not the result of its arithmetic.
"""

import msgspec

from lstm_viz.messages.base import Floats, Index, Number, Query, Result


class StateQuery(Query["StateArithmetic"], frozen=True):
    """Query for the arithmetic of c or h of one unit at one column, in the view of ``reading``."""

    reading: Number
    column: Index
    unit: Index
    quantity: str


class ScoreQuery(Query["ScoreArithmetic"], frozen=True):
    """Query for the arithmetic of a tag's score at one word of the reading ``reading``."""

    reading: Number
    step: Index
    tag: str


class PathQuery(Query["PathArithmetic"], frozen=True):
    """Query for the arithmetic of the best path to a tag at one word, and of the tag's probability."""

    reading: Number
    step: Index
    tag: str


class InputQuery(Query["InputArithmetic"], frozen=True):
    """Query for the sources of x at one column, in the view of the reading ``reading``."""

    reading: Number
    column: Index


class Product(msgspec.Struct, frozen=True):
    """``left · right``; the names are those of quantities, or ``1-z``, ``tanh_c``, ``W_hr``, ``o·tanh_c``.

    ``c_prev`` and ``h_prev`` are c and h of the previous step. ``unit`` is that of ``right``.
    """

    left_name: str
    right_name: str
    left: float
    right: float
    unit: Index

    @property
    def value(self) -> float:
        return self.left * self.right


class StateArithmetic(Result, frozen=True):
    """The arithmetic of c or h of one unit at one column: ``value = Σ products``.

    ``forward`` is the value in the forward pass; ``clamped`` are the clamped quantities at this column and
    unit (``c_prev``, ``h_prev``: of the previous step). h of an RNN is an activation of a sum, and is in
    `GateArithmetic`.
    """

    reading: Number
    column: Index
    unit: Index
    quantity: str
    products: tuple[Product, ...]
    value: float
    forward: float
    clamped: tuple[str, ...] = ()


class ScoreArithmetic(Result, frozen=True):
    """The arithmetic of a tag's score at one word.

    ``logits[k] = Σ_j linear[k, j] · h[j] + bias[k]`` and
    ``value = logits[tag] − log_sum`` with ``log_sum = log Σ_k exp(logits[k])``.

    Attributes
    ----------
    parts : tuple of (str, int)
        The parts of h, in order: ``(("forward", 64), ("backward", 64))``, or one part named "".
    h, weights : array (D · H,)
        The top layer's hidden state at the word, and the tag's row of the readout's linear layer.
    bias : float
    logits : array (K,)
    log_sum, value, forward : float
    clamped : tuple of int
        The clamped indices of h.
    """

    reading: Number
    step: Index
    tag: str
    parts: tuple[tuple[str, Index], ...]
    h: Floats
    weights: Floats
    bias: float
    logits: Floats
    log_sum: float
    value: float
    forward: float
    clamped: tuple[Index, ...] = ()


class PathArithmetic(Result, frozen=True):
    """The arithmetic of Viterbi's δ and the marginal of a tag at one word, by a linear chain over K tags.

    With the emission e (the word's log-softmax), the transitions A, ``start`` and ``end``:

    - ``delta = max_j(delta_before[j] + into[j]) + emission``, at the first word ``start + emission``;
    - ``alpha = log Σ_j exp(alpha_before[j] + into[j]) + emission``, at the first word ``start + emission``;
    - ``beta = log Σ_k exp(out[k] + emission_after[k] + beta_after[k])``, at the last word ``end``;
    - ``marginal = exp(alpha + beta − log_z)``, where ``log_z`` is the logarithm of the sum over all paths.

    Attributes
    ----------
    emission, start, end : float
        Those of the tag.
    into : array (K,)
        A from each tag to this one; empty at the first word, as are ``delta_before`` and ``alpha_before``.
    out : array (K,)
        A from this tag to each; empty at the last word, as are ``emission_after`` and ``beta_after``.
    best : float
        The score of the best path of all, ``end`` included.
    forward_delta, forward_marginal : float
        The values in the reading's `Trellis`.
    chosen : str
        The tag at this word on the best path.
    """

    reading: Number
    step: Index
    tag: str
    emission: float
    start: float
    end: float
    into: Floats
    delta_before: Floats
    alpha_before: Floats
    out: Floats
    emission_after: Floats
    beta_after: Floats
    delta: float
    alpha: float
    beta: float
    log_z: float
    marginal: float
    best: float
    forward_delta: float
    forward_marginal: float
    chosen: str


class InputPart(msgspec.Struct, frozen=True):
    """The source of a part of x.

    Attributes
    ----------
    name : str
        As in `View.parts`.
    values : array (n,)
        The values at the source: a row of an embedding, a hidden state, or the input itself.
    text : str
        The word or the character that was looked up, or the characters that were read.
    row : int or None
        The row of the embedding; None where the part is not one.
    known : bool
        Whether the text is in the vocabulary; an unknown one has the last row.
    module, layer, direction :
        Of a hidden state, the one at the last character or at the same word; ``module`` is None for any
        other part.
    clamped : tuple of int
        The clamped indices within the part.
    """

    name: str
    values: Floats
    text: str = ""
    row: Index | None = None
    known: bool = True
    module: str | None = None
    layer: Index = 0
    direction: Index = 0
    clamped: tuple[Index, ...] = ()


class InputArithmetic(Result, frozen=True):
    """The sources of x at one column; ``error`` is the largest difference between it and them."""

    reading: Number
    column: Index
    parts: tuple[InputPart, ...]
    error: float


ArithmeticQuery = StateQuery | ScoreQuery | PathQuery | InputQuery
Arithmetic = StateArithmetic | ScoreArithmetic | PathArithmetic | InputArithmetic
