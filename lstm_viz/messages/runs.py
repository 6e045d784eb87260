"""Queries about runs and corpora, and their results."""

import msgspec

from lstm_viz.errors import CodedText
from lstm_viz.messages.base import Floats, Index, Number, Query, Result
from lstm_viz.messages.failure import Failure
from lstm_viz.messages.nets import Module
from lstm_viz.runs.folder import Corpus
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.text.tokenized_text import TokenizedText


class CorpusQuery(Query["CorpusSummary"], frozen=True):
    """Query for a summary of the corpora that these settings would train on."""

    settings: TrainingSettings


class HistoryQuery(Query["History"], frozen=True):
    """Query for one quantity of one layer and direction over a sentence, at several epochs of a run.

    ``model`` is the URI of the run. An epoch without a checkpoint is skipped. ``tokenized_texts`` as in
    `ReadQuery`.
    """

    model: str
    epochs: tuple[Index, ...]
    text: str
    quantity: str
    module: str = ""
    layer: Index = 0
    direction: Index = 0
    tokenized_texts: tuple[TokenizedText, ...] = ()


class GradientFlowQuery(Query["GradientFlow"], frozen=True):
    """Query for the gradient flow of the losses of a sentence, at one epoch of a run.

    ``tokenized_texts`` as in `ReadQuery`.
    """

    model: str
    epoch: Index
    text: str
    layer: Index = 0
    direction: Index = 0
    tokenized_texts: tuple[TokenizedText, ...] = ()


class ConfusionQuery(Query["Confusion"], frozen=True):
    """Query for the dev sentences of a run in which words of tag ``gold`` were tagged ``tag``."""

    model: str
    epoch: Index
    gold: str
    tag: str


class EmbeddingMapQuery(Query["EmbeddingMap"], frozen=True):
    """Query for the word embeddings of a run at several epochs, on the principal axes of the last of them.

    An epoch without a checkpoint is skipped.
    """

    model: str
    epochs: tuple[Index, ...]


class EmbeddingMap(Result, frozen=True):
    """The word embeddings of a run on two fixed axes.

    Attributes
    ----------
    model : str
    words : tuple of str
        The vocabulary, the most frequent words first where their ``counts`` are known.
    counts : tuple of int
        How often each occurs in the training sentences; empty where these cannot be read.
    epochs : tuple of int
    points : array (E, N, 2)
        The embedding of each word at each epoch, less the mean of the last epoch whose numbers are all
        finite, on the principal axes of that epoch.
    shares : tuple of float
        The share of the variance of that epoch that lies on each axis.
    """

    model: str
    words: tuple[str, ...]
    counts: tuple[Number, ...]
    epochs: tuple[Index, ...]
    points: Floats
    shares: tuple[float, float]


class CorpusSummary(Result, frozen=True):
    """Summary of a corpus and of the model for it; with ``error`` there is no corpus.

    ``remarks`` are warnings that do not prevent training: a tag only in dev, words without a tag.
    """

    corpus: Corpus | None
    tags: tuple[str, ...] = ()
    vocabulary: Number = 0
    parameters: Number = 0
    steps_per_epoch: Number = 0
    remarks: tuple[CodedText, ...] = ()
    error: Failure | None = None


class Picture(msgspec.Struct, frozen=True):
    """A sentence at one epoch: ``values`` (T, H) of the quantity, and the tags with their probabilities."""

    epoch: Index
    values: Floats
    tags: tuple[str, ...]
    probabilities: Floats


class History(Result, frozen=True):
    """The tracked sentence through the epochs.

    ``gold`` are its true tags where the run's corpus has the sentence, "" for a word without one; else those
    predicted by the newest checkpoint, and ``is_gold`` is false. ``epochs`` are all that have a checkpoint.
    ``done`` is whether nothing follows: partial results have the first of the pictures, and a failure comes
    after a result without those of a damaged checkpoint.
    """

    model: str
    words: tuple[str, ...]
    gold: tuple[str, ...]
    is_gold: bool
    quantity: str
    modules: tuple[Module, ...]
    epochs: tuple[Index, ...]
    pictures: tuple[Picture, ...]
    done: bool = False

    @property
    def is_partial(self) -> bool:
        return not self.done


class GradientFlow(Result, frozen=True):
    """``norms`` (T, T): at [t, k] ‖∂ loss of word t / ∂ hₖ‖, the loss being that of ``targets``.

    Where the loss does not depend on hₖ (k after t, unidirectional), and for a word whose target is "", it is
    0.
    """

    model: str
    epoch: Index
    words: tuple[str, ...]
    targets: tuple[str, ...]
    is_gold: bool
    norms: Floats


class ConfusedSentence(msgspec.Struct, frozen=True):
    """A sentence as segmented in its corpus, with its true tags, and the indices of the confused words."""

    tokenized: TokenizedText
    places: tuple[Index, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokenized.tokens)


class Confusion(Result, frozen=True):
    """The sentences behind a cell of the confusion matrix: at most a few hundred, of ``total``."""

    model: str
    epoch: Index
    gold: str
    tag: str
    total: Number
    sentences: tuple[ConfusedSentence, ...]
