"""The task of a training: its sentences, and the architecture of the tagger for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch

from lstm_viz.data.conllu import UNTAGGED, Sentence
from lstm_viz.data.surface import tokenized_sentence
from lstm_viz.errors import CodedText
from lstm_viz.meta_device import meta_device
from lstm_viz.runs.folder import Corpus
from lstm_viz.runs.settings import TrainingSettings, checked
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import Cell, Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.training import corpora
from lstm_viz.training.corpora import Corpora
from lstm_viz.training.shortage import corpora_shortage, shortage_as_error

_LONGEST_TRACKED = 12


@dataclass(frozen=True)
class Task:
    """Training settings with their corpora and the resulting tagger.

    Attributes
    ----------
    settings : Settings
    model : lstm_viz.tagging.presets.PresetSettings
        The tagset, the vocabularies and the sizes of the tagger.
    train, dev : tuple of Sentence
    corpus : Corpus
    hashes : dict
        SHA-256 of every file that was read, by its path.
    remarks : tuple of CodedText
        Warnings for the user about the corpora.
    """

    settings: TrainingSettings
    model: presets.PresetSettings
    train: tuple[Sentence, ...]
    dev: tuple[Sentence, ...]
    corpus: Corpus
    hashes: dict[str, str]
    remarks: tuple[CodedText, ...]

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
        """Return an untrained tagger, initialised from the settings' seed."""
        torch.manual_seed(self.settings.seed)
        if self.settings.corpus == ("tutorial",):
            corpora.advance_rng_as_tutorial()
        return self.model.tagger(self.settings.dropout)

    def parameters(self) -> int:
        """Return how many numbers are trained."""
        with meta_device():
            return sum(parameter.numel() for parameter in self.model.tagger().parameters())


def prepare(settings: TrainingSettings) -> Task:
    """Read the corpora and return the task.

    Raises
    ------
    CorpusError
        If a corpus cannot be read or has no tags.
    ValueError
        If a setting is out of range.
    ShortageError
        If the corpora do not fit into memory.
    """
    with shortage_as_error(lambda: corpora_shortage(settings)):
        return task_of(checked(settings), corpora.read(settings))


def task_of(settings: TrainingSettings, read: Corpora) -> Task:
    """Return the task of these settings on corpora in memory."""
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


def _model(settings: TrainingSettings, train: Sequence[Sentence]) -> presets.PresetSettings:
    words = [word for sentence in train for word in sentence.words]
    letters = (letter for word in words for letter in word) if settings.characters else ()
    known, home = Vocabulary.of(words, settings.min_word_count).items, tracked_sentence(train)
    return presets.PresetSettings(
        title="",
        about=f"Trained on {len(train):,} sentences, {_count(train):,} words.",
        home=home.text,
        tokenized_home=home,
        before=None,
        tags=tuple(sorted({tag for sentence in train for tag in sentence.tags} - {UNTAGGED})),
        epochs=(0,),
        sizes=sizes(settings),
        dev_accuracy=None,
        notice=None,
        words=known or tuple(words[:1]),  # a vocabulary has at least one word
        characters=Vocabulary.of(letters, settings.min_character_count).items or tuple(words[0][:1])
        if settings.characters
        else (),
    )


def sizes(settings: TrainingSettings) -> Sizes:
    """Return the sizes of the tagger with these settings."""
    return Sizes(
        embedding_size=settings.embedding_size,
        hidden_size=settings.hidden_size,
        cell=cast(Cell, settings.cell.upper()),
        num_layers=settings.num_layers,
        bidirectional=settings.bidirectional,
        char_embedding_size=settings.char_embedding_size if settings.characters else 0,
        char_hidden_size=settings.char_hidden_size if settings.characters else 0,
        decoder=settings.decoder,
    )


def tracked_sentence(sentences: Sequence[Sentence]) -> TokenizedText:
    """Return the sentence to track: the first of 4 to 12 words, else the first."""
    chosen = next((s for s in sentences if 4 <= len(s.words) <= _LONGEST_TRACKED), sentences[0])
    return tokenized_sentence(chosen)
