"""What is trained, before anything is: the sentences, and the tagger that is made for them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from lstm_viz.runs.folder import Corpus
from lstm_viz.runs.settings import Settings, checked
from lstm_viz.tagging import presets
from lstm_viz.tagging.blank import without_numbers
from lstm_viz.tagging.conllu import UNTAGGED, Sentence
from lstm_viz.tagging.models import Cell, Sizes, WordTagger
from lstm_viz.tagging.surface import cut_of_sentence
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.text.cut import Cut
from lstm_viz.training import corpora
from lstm_viz.training.corpora import Corpora
from lstm_viz.training.shortage import of_corpora, shortage_named

_CELLS: dict[str, Cell] = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
_LONGEST_PROBE = 12


@dataclass(frozen=True)
class Task:
    """Settings, made concrete.

    Attributes
    ----------
    settings : Settings
    model : lstm_viz.tagging.presets.Settings
        The tagset, the vocabularies and the sizes of the tagger.
    train, dev : tuple of Sentence
    corpus : Corpus
    hashes : dict
        SHA-256 of every file that was read, by its path.
    remarks : tuple of str
        What a person should know before they start.
    """

    settings: Settings
    model: presets.Settings
    train: tuple[Sentence, ...]
    dev: tuple[Sentence, ...]
    corpus: Corpus
    hashes: dict[str, str]
    remarks: tuple[str, ...]

    @property
    def tags(self) -> Vocabulary:
        return Vocabulary(self.model.tags)

    @property
    def steps_per_epoch(self) -> int:
        return -(-len(self.train) // self.settings.batch_size)

    @property
    def steps(self) -> int:
        return self.steps_per_epoch * self.settings.epochs

    def fresh_tagger(self) -> WordTagger:
        """Return the tagger as it is before training, drawn from the settings' seed."""
        torch.manual_seed(self.settings.seed)
        if self.settings.corpus == ("tutorial",):
            corpora.draw_as_the_tutorial()
        return self.model.tagger(self.settings.dropout)

    def parameters(self) -> int:
        """Return how many numbers are trained."""
        with without_numbers():
            return sum(parameter.numel() for parameter in self.model.tagger().parameters())


def prepare(settings: Settings) -> Task:
    """Read the corpora and return the task.

    Raises
    ------
    CorpusError
        If there is nothing to learn from.
    ValueError
        If a setting is beyond its limits.
    ShortageError
        If the corpora do not fit into memory.
    """
    with shortage_named(lambda: of_corpora(settings)):
        return task_of(checked(settings), corpora.read(settings))


def task_of(settings: Settings, read: Corpora) -> Task:
    """Return the task of these settings on corpora that have been read."""
    return Task(
        settings=settings,
        model=_model(settings, read.train),
        train=read.train,
        dev=read.dev,
        corpus=Corpus(
            sentences=len(read.train),
            words=_count(read.train),
            dev_sentences=len(read.dev),
            dev_words=_count(read.dev),
            measured_on=read.measured_on,
        ),
        hashes=read.hashes,
        remarks=read.remarks,
    )


def _count(sentences: Sequence[Sentence]) -> int:
    return sum(sentence.tagged for sentence in sentences)


def _model(settings: Settings, train: Sequence[Sentence]) -> presets.Settings:
    words = [word for sentence in train for word in sentence.words]
    letters = (letter for word in words for letter in word) if settings.characters else ()
    known, home = Vocabulary.of(words, settings.min_word_count).items, probe(train)
    return presets.Settings(
        title="",
        about=f"Trained on {len(train):,} sentences, {_count(train):,} words.",
        home=home.text,
        home_cut=home,
        before=None,
        tags=tuple(sorted({tag for sentence in train for tag in sentence.tags} - {UNTAGGED})),
        epochs=(0,),
        sizes=sizes(settings),
        dev_accuracy=None,
        notice=None,
        words=known or tuple(words[:1]),  # a tagger knows at least one word
        characters=Vocabulary.of(letters, settings.min_character_count).items or tuple(words[0][:1])
        if settings.characters
        else (),
    )


def sizes(settings: Settings) -> Sizes:
    """Return the sizes of the tagger that these settings ask for."""
    return Sizes(
        embedding_size=settings.embedding_size,
        hidden_size=settings.hidden_size,
        cell=_CELLS[settings.cell],
        num_layers=settings.num_layers,
        bidirectional=settings.bidirectional,
        char_embedding_size=settings.char_embedding_size if settings.characters else 0,
        char_hidden_size=settings.char_hidden_size if settings.characters else 0,
        decoder=settings.decoder,
    )


def probe(sentences: Sequence[Sentence]) -> Cut:
    """Return a sentence to look at: the first that is neither a word nor a page long, else the first."""
    chosen = next((s for s in sentences if 4 <= len(s.words) <= _LONGEST_PROBE), sentences[0])
    return cut_of_sentence(chosen)
