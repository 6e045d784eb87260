"""A sentence, read: every number of it, and the arithmetic of one."""

from typing import Literal

import msgspec

from lstm_viz.messages.base import Floats, Index, IndexOrLast, Message, Number
from lstm_viz.messages.edits import Edit, Landed
from lstm_viz.messages.memory import Memory
from lstm_viz.messages.nets import Model, Module
from lstm_viz.text.cut import Cut


class Read(Message, frozen=True):
    """Read this sentence with this model, and show this module, layer and direction of it.

    Attributes
    ----------
    number : int
        Grows with every question.
    model, epoch :
        Which preset or run ("run:" and the path of its folder), at which of its epochs (None: the last).
    text : str
        The sentence as it was typed.
    before : tuple of str or None
        The sentences read before this one, in order: it starts from the state that they left. None starts
        from zero, and so does the first of them, unless it is "": the one that the model read last in
        training.
    module, layer, direction :
        Which recurrent module the `View` shows ("" lets the engine take the model's first).
    step, unit :
        What the answer's `Explanation` is about. ``step`` counts words, ``character`` counts within the
        word where the module reads characters (-1: the last). ``unit`` None means no single unit is picked.
    caret : int or None
        Where in the text somebody is typing: the step is then the word there, not ``step``.
    edits :
        What is done to the net by hand while it reads.
    memory : bool
        Whether the answer also says where the memory comes from.
    cuts :
        The words that are fixed in the texts that are read here (``text``, ``before``, those of ``edits``);
        the model's segmenter cuts the rest.
    """

    number: Number
    model: str
    text: str
    epoch: Index | None = None
    before: tuple[str, ...] | None = None
    module: str = ""
    layer: Index = 0
    direction: Index = 0
    step: Index = 0
    character: IndexOrLast = -1
    unit: Index | None = 0
    caret: Index | None = None
    edits: tuple[Edit, ...] = ()
    memory: bool = False
    cuts: tuple[Cut, ...] = ()


class Explain(Message, frozen=True):
    """Give the arithmetic of one unit at one column of the view that answered question ``number``."""

    number: Number
    column: Index
    unit: Index


class Word(msgspec.Struct, frozen=True):
    """A token and its tag.

    Attributes
    ----------
    text, start, end :
        What the tagger reads, and where its surface is in the text.
    known : bool
        Whether it is in the tagger's vocabulary.
    tag, probability :
        The tag that the tagger gives it, and how probable that is.
    surface : str
        What is written in the text where that is not the word itself: the words of a multiword token follow
        each other and share their place. "" for any other word.
    gold : str
        The true tag, "" where it is not known.
    """

    text: str
    start: Index
    end: Index
    known: bool
    tag: str
    probability: float
    surface: str = ""
    gold: str = ""


class View(msgspec.Struct, frozen=True):
    """One layer and direction of one recurrent module's trace.

    Attributes
    ----------
    columns : tuple of str
        The words, or the characters of one word, that the columns stand for.
    quantities : dict of str to array (T, H)
        In torch's names: ``f i g o c h`` of an LSTM, ``r z n h`` of a GRU, ``h`` of an RNN.
    x : array (T, I)
        What the module's cell read at each step (for a layer above the first: the layer below's h).
    parts : tuple of (str, int)
        What x is made of, in order: for example ``(("word", 64), ("characters", 32))``.
    h0, c0 : array (H,)
        The state before the first step that this direction read; ``c0`` only of an LSTM.
    max_error : float
        The largest difference between our h and torch's, over the whole call.
    """

    module: Module
    layer: Index
    direction: Index
    columns: tuple[str, ...]
    quantities: dict[str, Floats]
    x: Floats
    parts: tuple[tuple[str, Index], ...]
    h0: Floats
    c0: Floats | None
    max_error: float


class GateSum(msgspec.Struct, frozen=True):
    """The arithmetic of one gate of one unit at one step.

    ``value = activation(pre)`` and
    ``pre = Σ input_products + input_bias + hidden_factor · (Σ hidden_products + hidden_bias)``,
    where ``input_products[j] = W_ih[row, j]·x[j]`` and ``hidden_products[j] = W_hh[row, j]·h_prev[j]``.
    ``hidden_factor`` is r for a GRU's n and 1 for all else.
    """

    name: str
    activation: Literal["sigmoid", "tanh", "relu"]
    pre: float
    value: float
    input_products: Floats
    input_weights: Floats
    input_bias: float
    hidden_products: Floats
    hidden_weights: Floats
    hidden_bias: float
    hidden_factor: float = 1.0


class Explanation(Message, frozen=True):
    """The arithmetic of one unit at one column: a sum a gate, in the order of the equations."""

    number: Number
    column: Index
    unit: Index
    gates: tuple[GateSum, ...]


class Trellis(msgspec.Struct, frozen=True):
    """How a linear chain over the tags (a CRF) decodes a sentence of T words with K tags.

    Attributes
    ----------
    start, end : array (K,)
        What a path gains by its first and its last tag.
    transitions : array (K, K)
        What it gains by going from the tag of the row to that of the column.
    best : array (T, K)
        Viterbi's δ: the score of the best path that is at this tag at this word, ``end`` not included.
    marginals : array (T, K)
        The probability of this tag at this word, over all paths.
    path : tuple of int
        The tag of each word on the best path of all.
    """

    start: Floats
    end: Floats
    transitions: Floats
    best: Floats
    marginals: Floats
    path: tuple[Index, ...]


class Reading(Message, frozen=True):
    """The whole answer to a `Read`.

    ``before`` is the sentence whose last state was carried on, None where the state began at zero.
    ``step`` is the word that was looked at, ``column`` the place in the view (a word or a character).
    ``total_words`` is more than ``len(words)`` where the text was longer than what is read at once.
    ``scores`` is (T, K): log-softmax over the model's tags, word by word. ``view`` is None for an empty
    sentence, ``trellis`` for a model without a chain over its tags, ``memory`` where it was not asked for
    or the net has none.

    ``landed`` says of each edit where it holds. Where one does, all else is what the net computed with it,
    ``unedited`` is the same reading without any, and ``view.max_error`` the largest difference between
    torch's h and that of stepping through without edits.
    """

    number: Number
    model: Model
    epoch: Index
    before: str | None
    step: Index
    column: Index
    words: tuple[Word, ...]
    total_words: Index
    scores: Floats
    view: View | None
    explanation: Explanation | None
    trellis: Trellis | None = None
    memory: Memory | None = None
    landed: tuple[Landed, ...] = ()
    unedited: "Reading | None" = None
