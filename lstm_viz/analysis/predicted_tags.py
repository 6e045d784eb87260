"""The predicted tag of one word in every copy of a sentence.

Shapes: T words, B copies of the sentence, K tags.
"""

import torch
from torch import Tensor

from lstm_viz.crf import NO_TAG, LinearChain


@torch.no_grad()
def predicted_tags(chain: LinearChain | None, scores: Tensor, place: int | Tensor) -> Tensor:
    """Return the index of the predicted tag of one word in every copy, (B,).

    A linear chain decodes all words in float64, so that ties are broken as in a reading. `NO_TAG` where a
    score of the word is not finite, or where a chain has no best path: there a tag may be forbidden (−∞), but
    no score or weight may be NaN or +∞.

    Parameters
    ----------
    scores : Tensor (T, B, K)
        Log-softmax over the tags.
    place : int or Tensor (B,)
        The index of the word, one for all copies or one for each.
    """
    copies = torch.arange(scores.shape[1])
    row = scores[place, copies]
    broken = ~row.isfinite().all(-1)
    if chain is None:
        return row.argmax(-1).masked_fill(broken, NO_TAG)
    lengths = torch.full((len(copies),), len(scores))
    found = chain.decode(scores.double(), lengths)[place, copies]
    broken |= scores.isnan().any(-1).any(0)
    if any(bool((~(weight < torch.inf)).any()) for weight in chain.parameters()):
        broken = torch.ones_like(broken)
    return found.masked_fill(broken, NO_TAG)
