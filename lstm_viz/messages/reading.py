"""The reading: all numbers of a forward pass over a sentence, and the arithmetic of one unit."""

from typing import Literal

import msgspec
import numpy as np

from lstm_viz.errors import CodedText
from lstm_viz.messages.base import NO_NUMBER, Floats, Index, IndexOrLast, Number, Query, Result
from lstm_viz.messages.decomposition import Decomposition
from lstm_viz.messages.edits import Edit, ResolvedEdit
from lstm_viz.messages.nets import CallShape, Model, Module
from lstm_viz.text.tokenized_text import TokenizedText


class ReadQuery(Query["Reading"], frozen=True):
    """Query for the reading of a sentence by a model, with the view of one module, layer and direction.

    Attributes
    ----------
    model, epoch :
        The URI of a model, see `lstm_viz.uris`, and one of its epochs (None: the last).
    text : str
        The sentence as typed.
    before : tuple of str or None
        The context: sentences in order whose final state is the initial state. None is the zero state, from
        which also the first of them is read. "" in first place is the last sentence of the training.
    module, layer, direction :
        The recurrent module of the `View` ("": the model's first).
    step, unit :
        Those of the `GateArithmetic`. ``step`` counts words, ``character`` the characters of the word for a
        character-level module (-1: the last). ``unit`` None means that no unit is selected.
    caret : int or None
        The position of the text cursor: the step is then the word there, not ``step``.
    edits :
        The edits that apply to this reading.
    decomposition : bool
        Whether the reading includes the decomposition of the cell state.
    tokenized_texts :
        Fixed segmentations of words in the texts of the query (``text``, ``before``, those of ``edits``); the
        model's segmenter splits the rest.
    first : int
        The first column of the reading, of an input that is read in sections: a long trace.
    """

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
    decomposition: bool = False
    tokenized_texts: tuple[TokenizedText, ...] = ()
    first: Index = 0


class GateQuery(Query["GateArithmetic"], frozen=True):
    """Query for the arithmetic of one unit at one column, in the view of the reading ``reading``."""

    reading: Number
    column: Index
    unit: Index


class Word(msgspec.Struct, frozen=True):
    """A token and its tag.

    Attributes
    ----------
    text, start, end :
        The input of the tagger, and the range of its surface in the text.
    known : bool
        Whether it is in the tagger's vocabulary.
    tag, probability :
        The predicted tag and its probability.
    surface : str
        The text where it differs from the word: the words of a multiword token are consecutive and have the
        same range. "" for any other word.
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
        The words, or the characters of one word, one per column.
    quantities : dict of str to array (T, H)
        In torch's names: ``f i g o c h`` of an LSTM, ``r z n h`` of a GRU, ``h`` of an RNN.
    x : array (T, I)
        The input of the cell at each step (for a layer above the first: h of the layer below).
    parts : tuple of (str, int)
        The parts of x, in order: for example ``(("word", 64), ("characters", 32))``.
    start : dict of str to array (H,)
        The initial states of this direction by their symbols: h, and c of an LSTM.
    max_error : float
        The largest difference between the recomputed h and torch's, over the whole call.
    sequence : int or None
        The index of the sequence in the batch of the call; None where the columns are not those of one call.
    first : int
        The index of the first column in the input, of which this may be a section.
    resets : dict of int to dict of str to array (H,)
        The columns before which the model has changed the states, and these as it has set them, as ``start``:
        of a cell in a loop.
    call : CallShape or None
        The shape of that call; None where it is not known, or the columns are those of several calls.
    """

    module: Module
    layer: Index
    direction: Index
    columns: tuple[str, ...]
    quantities: dict[str, Floats]
    x: Floats
    parts: tuple[tuple[str, Index], ...]
    start: dict[str, Floats]
    max_error: float
    sequence: Index | None = 0
    first: Index = 0
    resets: dict[Index, dict[str, Floats]] = msgspec.field(default_factory=dict)
    call: CallShape | None = None

    def before(self, state: str, column: int) -> Floats:
        """Return a state (H,) before a column, in the order of this direction."""
        if column in self.resets:
            return self.resets[column][state]
        place = column + (1 if self.direction else -1)
        return self.quantities[state][place] if 0 <= place < len(self.columns) else self.start[state]


class GateSum(msgspec.Struct, frozen=True):
    """The arithmetic of one gate of one unit at one step.

    ``value = activation(pre)`` and
    ``pre = Σ input_products + input_bias + hidden_factor · (Σ hidden_products + hidden_bias)``,
    where ``input_products[j] = W_ih[row, j]·x[j]`` and ``hidden_products[j] = W_hh[row, j]·h_prev[j]``.
    ``hidden_factor`` is r for a GRU's n and 1 otherwise.
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


class GateArithmetic(Result, frozen=True):
    """The arithmetic of one unit at one column: one sum per gate, in the order of the equations."""

    reading: Number
    column: Index
    unit: Index
    gates: tuple[GateSum, ...]


class Trellis(msgspec.Struct, frozen=True):
    """The decoding of a sentence of T words with K tags by a linear chain (a CRF).

    Attributes
    ----------
    start, end : array (K,)
        The scores of the first and the last tag of a path.
    transitions : array (K, K)
        The scores of the transitions from the tag of the row to that of the column.
    best : array (T, K)
        Viterbi's δ: the score of the best path to this tag at this word, ``end`` not included.
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


class Reading(Result, frozen=True):
    """The result of a `ReadQuery`.

    ``number`` is that of the request, by which other queries refer to the reading. ``before`` is the sentence
    whose final state is the initial state, None for the zero state. ``step`` is the selected word, ``column``
    its index in the view (of a word or a character). ``total_words`` is more than ``len(words)`` where
    the text was truncated, and where this is a section of the input. ``scores`` (T, K) are the
    log-softmax over the model's tags, word by word, or (1, K) for the input as a whole: the words have no
    tags then. Of a model that predicts real values they are these, and ``targets`` their true values, NaN
    where one is not known; None without any. ``features`` (T, F) are the real vectors that the model was
    given, None where its columns are none. ``padding`` is how many steps the longest sequence of the
    batch has beyond the end of this one.
    ``view`` is None for an empty sentence, ``trellis`` for a model without a chain over its tags,
    ``decomposition`` where it was not requested or the module has none. ``skipped`` is why parts of the text
    are left out, see `lstm_viz.subjects.subject.Columns`.

    ``resolved_edits`` has the words to which each edit applies. Where one does, all other fields are those of
    the forward pass with interventions, ``unedited`` is the reading without them, and ``view.max_error`` the
    largest difference between torch's h and that of the step-by-step computation without interventions.
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
    gate_arithmetic: GateArithmetic | None
    trellis: Trellis | None = None
    decomposition: Decomposition | None = None
    resolved_edits: tuple[ResolvedEdit, ...] = ()
    unedited: "Reading | None" = None
    skipped: tuple[CodedText, ...] = ()
    targets: Floats | None = None
    features: Floats | None = None
    padding: Index = 0

    @property
    def explained(self) -> Module:
        """The module that attributions, ablations and edits are about: that of the view.

        The first instead, where there is no view or its columns are not those of the input.
        """
        is_own = self.view is None or self.view.module.own_columns
        return self.model.modules[0] if is_own or self.view is None else self.view.module

    @property
    def edited_path(self) -> str | msgspec.UnsetType:
        """The path of `explained` as edits have it: UNSET for the first module."""
        path = self.explained.path
        return msgspec.UNSET if path == self.model.modules[0].path else path

    @property
    def is_section(self) -> bool:
        """Whether there are more columns, which are read with another ``ReadQuery.first``."""
        return self.total_words > len(self.words) and not self.model.is_sequential

    def row(self, step: int) -> int:
        """Return the row of ``scores`` for a word."""
        return 0 if self.model.outputs == "input" else step

    def tag(self, step: int) -> str:
        """Return the predicted tag of a word, or of the input as a whole; of real values the first one."""
        if self.model.is_real:
            return next(iter(self.model.tags), "")
        if self.model.outputs != "input" or not self.model.tags:
            return self.words[step].tag
        scores = self.scores[0]
        return NO_NUMBER if np.isnan(scores).any() else self.model.tags[int(scores.argmax())]
