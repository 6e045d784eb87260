"""Batches of sentences: a pure function of seed and epoch, so that any step can be repeated."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from lstm_viz.crf import NO_TAG
from lstm_viz.data.conllu import UNTAGGED, Sentence
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.tagging.models import Batch, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

Plan = list[list[int]]


class Labelled(NamedTuple):
    """A batch and its targets (T, B): tag indices, `NO_TAG` for padding and untagged words."""

    batch: Batch
    targets: Tensor


def seed_of(*place: int) -> int:
    """Return a seed that is independent of those of all other places, e.g. of ``(seed, step, rank)``."""
    return int(np.random.SeedSequence(place).generate_state(1, np.uint64)[0] >> np.uint64(1))


def plan(sentences: Sequence[Sentence], settings: TrainingSettings, epoch: int) -> Plan:
    """Return the sentence indices of every step of an epoch.

    Sentences of similar length share a batch, to reduce padding; the batches and their order are drawn for
    each epoch if ``settings.shuffle``.
    """
    places = list(range(len(sentences)))
    if not settings.shuffle:
        return _chunks(places, settings.batch_size)
    stream = torch.Generator().manual_seed(seed_of(settings.seed, epoch))
    shuffled = torch.randperm(len(places), generator=stream).tolist()
    chunks = _chunks(sorted(shuffled, key=lambda place: len(sentences[place].words)), settings.batch_size)
    return [chunks[place] for place in torch.randperm(len(chunks), generator=stream)]


def by_length(sentences: Sequence[Sentence], size: int) -> Plan:
    """Return batches of similar length in a fixed order, for evaluation."""
    return _chunks(sorted(range(len(sentences)), key=lambda place: len(sentences[place].words)), size)


def labelled(tagger: WordTagger, tags: Vocabulary, sentences: Sequence[Sentence]) -> Labelled:
    """Return the sentences as a batch, with the indices of their tags.

    A tag that is not in the tagset has the index ``len(tags)``.
    """
    targets = [torch.tensor(_targets(tags, sentence)) for sentence in sentences]
    batch = tagger.batch([sentence.words for sentence in sentences])
    return Labelled(batch, pad_sequence(targets, padding_value=NO_TAG))


def _targets(tags: Vocabulary, sentence: Sentence) -> list[int]:
    pairs = zip(sentence.tags, tags.indices(sentence.tags), strict=True)
    return [NO_TAG if tag == UNTAGGED else index for tag, index in pairs]


def hiding_rates(words: Vocabulary, sentences: Sequence[Sentence], strength: float) -> Tensor:
    """Return the word dropout probability of each word: strength / (strength + its count).

    After Kiperwasser & Goldberg 2016, "Simple and Accurate Dependency Parsing Using Bidirectional LSTM
    Feature Representations".
    """
    counts = Counter(word for sentence in sentences for word in sentence.words)
    return torch.tensor([strength / (strength + counts[word]) for word in words.items] + [0.0])


def _chunks(places: list[int], size: int) -> Plan:
    return [places[start : start + size] for start in range(0, len(places), size)]
