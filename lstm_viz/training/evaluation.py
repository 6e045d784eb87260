"""Evaluation of a tagger on sentences whose tags are known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from lstm_viz.crf import NO_TAG
from lstm_viz.data.conllu import Sentence
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.training.batches import by_length, labelled

_BATCH = 64


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The loss, accuracy and confusion matrix of a tagger.

    Attributes
    ----------
    loss : float
        The mean loss of the words whose tag is in the tagset; NaN if there are none.
    accuracy : float
        The share of correctly tagged words among all words with a true tag.
    confusion : tuple of (true tag, predicted tag, words)
        As in `lstm_viz.runs.history.Epoch`.
    """

    loss: float
    accuracy: float
    confusion: tuple[tuple[int, int, int], ...]


@torch.no_grad()
def evaluate(tagger: WordTagger, tags: Vocabulary, sentences: Sequence[Sentence]) -> Evaluation:
    """Evaluate the tagger in eval mode; its mode is restored."""
    training, device = tagger.training, next(tagger.parameters()).device
    tagger.eval()
    pairs: Counter[tuple[int, int]] = Counter()
    loss, words = 0.0, 0
    for places in by_length(sentences, _BATCH):
        batch, targets = labelled(tagger, tags, [sentences[place] for place in places])
        targets = targets.to(device)
        scores = tagger(batch.to(device))
        predicted = tagger.decode(scores, batch.lengths)
        known = (targets < len(tags)).all(0)  # a sentence with a tag beyond the tagset has no likelihood
        if bool(known.any()):
            loss += float(tagger.loss(scores[:, known], targets[:, known], batch.lengths[known.cpu()]))
            words += int((targets[:, known] != NO_TAG).sum())
        tagged = targets != NO_TAG
        pairs.update(zip(targets[tagged].tolist(), predicted[tagged].tolist(), strict=True))
    tagger.train(training)
    correct = sum(count for (true, tag), count in pairs.items() if true == tag)
    confusion = tuple((true, tag, count) for (true, tag), count in sorted(pairs.items()))
    return Evaluation(loss / words if words else float("nan"), correct / max(1, pairs.total()), confusion)
