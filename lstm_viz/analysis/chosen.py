"""Which tag one word gets in every copy of a sentence.

Shapes: T words, B copies of the sentence, K tags.
"""

import torch
from torch import Tensor

from lstm_viz.tagging.models import NO_TAG, WordTagger


@torch.no_grad()
def chosen_tags(tagger: WordTagger, scores: Tensor, place: int | Tensor) -> Tensor:
    """Return the place of the tag that the tagger chooses for one word of every copy, (B,).

    A chain decides by all words, in float64: of equal paths it takes the one that a reading shows. `NO_TAG`
    where the word's scores are not all numbers, or where a chain finds no best path: a tag may be forbidden
    (−∞) there, but nothing else may be no number.

    Parameters
    ----------
    scores : Tensor (T, B, K)
        Log-softmax over the tags.
    place : int or Tensor (B,)
        Which word, the same of all copies or one of each.
    """
    copies = torch.arange(scores.shape[1])
    row = scores[place, copies]
    broken = ~row.isfinite().all(-1)
    if tagger.chain is None:
        return row.argmax(-1).masked_fill(broken, NO_TAG)
    lengths = torch.full((len(copies),), len(scores))
    found = tagger.chain.decode(scores.double(), lengths)[place, copies]
    broken |= scores.isnan().any(-1).any(0)
    if any(bool((~(weight < torch.inf)).any()) for weight in tagger.chain.parameters()):
        broken = torch.ones_like(broken)
    return found.masked_fill(broken, NO_TAG)
