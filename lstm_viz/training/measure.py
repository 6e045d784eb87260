"""How well a tagger does on sentences whose tags are known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from lstm_viz.tagging.conllu import Sentence
from lstm_viz.tagging.models import NO_TAG, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.training.batches import by_length, labelled

_BATCH = 64


@dataclass(frozen=True, slots=True)
class Measured:
    """A tagger on sentences.

    Attributes
    ----------
    loss : float
        The mean loss of a word whose tag the tagger can say; NaN where there is none.
    accuracy : float
        The share of all words with a true tag that are tagged right.
    confusion : tuple of (true tag, tag, words)
        As in `lstm_viz.runs.history.Epoch`.
    """

    loss: float
    accuracy: float
    confusion: tuple[tuple[int, int, int], ...]


@torch.no_grad()
def measure(tagger: WordTagger, tags: Vocabulary, sentences: Sequence[Sentence]) -> Measured:
    """Measure the tagger in eval mode and leave it in the mode that it was in."""
    training, device = tagger.training, next(tagger.parameters()).device
    tagger.eval()
    pairs: Counter[tuple[int, int]] = Counter()
    loss, words = 0.0, 0
    for places in by_length(sentences, _BATCH):
        batch, targets = labelled(tagger, tags, [sentences[place] for place in places])
        targets = targets.to(device)
        scores = tagger(batch.to(device))
        chosen = tagger.decode(scores, batch.lengths)
        known = (targets < len(tags)).all(0)  # a sentence with a tag that cannot be said has no likelihood
        if bool(known.any()):
            loss += float(tagger.loss(scores[:, known], targets[:, known], batch.lengths[known.cpu()]))
            words += int((targets[:, known] != NO_TAG).sum())
        there = targets != NO_TAG
        pairs.update(zip(targets[there].tolist(), chosen[there].tolist(), strict=True))
    tagger.train(training)
    right = sum(count for (true, said), count in pairs.items() if true == said)
    confusion = tuple((true, said, count) for (true, said), count in sorted(pairs.items()))
    return Measured(loss / words if words else float("nan"), right / max(1, pairs.total()), confusion)
