"""What window and engine say to each other: frozen structs, numpy arrays as raw bytes, never pickle.

The window asks, the engine answers: `Read` with a `Reading`, `Explain` with an `Explanation`, `Survey` with
`Surveyed`, `Probe` with `Probed`, `Flow` with `Flowed`, `Confused` with `Confusions`, any of them with a
`Problem`; and first of all it says `Hello`.
A question carries a number that only grows; the answer repeats it, and the window drops answers to
questions that it has since replaced.

How they travel is in `lstm_viz.wire`.
"""

from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from lstm_viz.runs.folder import Corpus
from lstm_viz.runs.settings import Settings

Floats = npt.NDArray[np.floating[Any]]
Cell = Literal["LSTM", "GRU", "RNN"]


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of everything that goes over the wire."""


# ---------------------------------------------------------------- the window asks


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
    """

    number: int
    model: str
    text: str
    epoch: int | None = None
    before: tuple[str, ...] | None = None
    module: str = ""
    layer: int = 0
    direction: int = 0
    step: int = 0
    character: int = -1
    unit: int | None = 0
    caret: int | None = None


class Explain(Message, frozen=True):
    """Give the arithmetic of one unit at one column of the view that answered question ``number``."""

    number: int
    column: int
    unit: int


class Survey(Message, frozen=True):
    """Look at what these settings would train on and with, before anything is trained."""

    number: int
    settings: Settings


class Probe(Message, frozen=True):
    """Read this sentence at several epochs of a run, and give one quantity of one layer and direction.

    ``run`` is the path of the run folder. An epoch without a checkpoint is left out of the answer.
    """

    number: int
    run: str
    epochs: tuple[int, ...]
    text: str
    quantity: str
    module: str = ""
    layer: int = 0
    direction: int = 0


class Flow(Message, frozen=True):
    """Give how far back the loss of each word of this sentence reaches, at this epoch of a run."""

    number: int
    run: str
    epoch: int
    text: str
    layer: int = 0
    direction: int = 0


class Confused(Message, frozen=True):
    """List the sentences of the run's dev part in which words of tag ``gold`` were tagged ``tag``."""

    number: int
    run: str
    epoch: int
    gold: str
    tag: str


# ---------------------------------------------------------------- the engine answers


class Hello(Message, frozen=True):
    """The engine's first word: its secret shows that we started it."""

    secret: str
    pid: int
    models: tuple["ModelName", ...]


class ModelName(msgspec.Struct, frozen=True):
    """A line of the chooser."""

    name: str
    title: str


class Module(msgspec.Struct, frozen=True):
    """A recurrent module of a model, in torch's words; ``reads`` says what its columns are.

    ``nonlinearity`` makes h of an RNN's sum; of the other cells it says nothing.
    """

    path: str
    cell: Cell
    reads: Literal["words", "characters"]
    num_layers: int
    num_directions: int
    input_size: int
    hidden_size: int
    nonlinearity: Literal["tanh", "relu"] = "tanh"


class Model(msgspec.Struct, frozen=True):
    """What the window must know of a model to draw around it.

    ``epochs`` are the checkpoints that can be read, in order. ``about`` is one line on what it was trained
    on and how well it does; ``home`` the sentence it is first shown with.
    """

    name: str
    title: str
    about: str
    home: str
    tags: tuple[str, ...]
    epochs: tuple[int, ...]
    modules: tuple[Module, ...]


class Word(msgspec.Struct, frozen=True):
    """A token and its tag; ``start`` and ``end`` are its place in the text, ``probability`` its tag's."""

    text: str
    start: int
    end: int
    known: bool
    tag: str
    probability: float


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
    layer: int
    direction: int
    columns: tuple[str, ...]
    quantities: dict[str, Floats]
    x: Floats
    parts: tuple[tuple[str, int], ...]
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

    number: int
    column: int
    unit: int
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
    path: tuple[int, ...]


class Reading(Message, frozen=True):
    """The whole answer to a `Read`.

    ``before`` is the sentence whose last state was carried on, None where the state began at zero.
    ``step`` is the word that was looked at, ``column`` the place in the view (a word or a character).
    ``total_words`` is more than ``len(words)`` where the text was longer than what is read at once.
    ``scores`` is (T, K): log-softmax over the model's tags, word by word. ``view`` is None for an empty
    sentence, ``trellis`` for a model without a chain over its tags.
    """

    number: int
    model: Model
    epoch: int
    before: str | None
    step: int
    column: int
    words: tuple[Word, ...]
    total_words: int
    scores: Floats
    view: View | None
    explanation: Explanation | None
    trellis: Trellis | None = None


class Surveyed(Message, frozen=True):
    """What a training would stand on; ``sentence`` says what is wrong with it, or is empty.

    ``remark`` is a sentence on what is unusual but no hindrance: a tag only in dev, words left unknown.
    """

    number: int
    corpus: Corpus | None
    tags: tuple[str, ...] = ()
    vocabulary: int = 0
    parameters: int = 0
    steps_per_epoch: int = 0
    remark: str = ""
    sentence: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A sentence at one epoch: ``values`` (T, H) of the quantity, and the tags with their probabilities."""

    epoch: int
    values: Floats
    tags: tuple[str, ...]
    probabilities: Floats


class Probed(Message, frozen=True):
    """The sentence through the epochs.

    ``gold`` are its true tags where the run's corpus has the sentence; else what the last checkpoint says,
    and ``is_gold`` is false. ``epochs`` are all that have a checkpoint now.
    """

    number: int
    run: str
    words: tuple[str, ...]
    gold: tuple[str, ...]
    is_gold: bool
    quantity: str
    modules: tuple[Module, ...]
    epochs: tuple[int, ...]
    pictures: tuple[Picture, ...]


class Flowed(Message, frozen=True):
    """``norms`` (T, T): at [t, k] ‖∂ loss of word t / ∂ hₖ‖, the loss being that of ``targets``.

    What cannot be reached (k after t, reading forward) is 0.
    """

    number: int
    run: str
    epoch: int
    words: tuple[str, ...]
    targets: tuple[str, ...]
    is_gold: bool
    norms: Floats


class Mistaken(msgspec.Struct, frozen=True):
    """A sentence, and the places of the words in question."""

    text: str
    words: tuple[str, ...]
    places: tuple[int, ...]


class Confusions(Message, frozen=True):
    """The sentences with a confusion: at most some hundred, ``total`` says how many there are."""

    number: int
    run: str
    epoch: int
    gold: str
    tag: str
    total: int
    sentences: tuple[Mistaken, ...]


class Problem(Message, frozen=True):
    """The question could not be answered: why, in words for a person, and the details for a report."""

    number: int
    kind: Literal["damaged", "missing", "failed"]
    sentence: str
    details: str


Question = Read | Explain | Survey | Probe | Flow | Confused
Answer = Hello | Reading | Explanation | Surveyed | Probed | Flowed | Confusions | Problem
