"""How a chain over the tags decodes a sentence, as numbers for the window."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lstm_viz.messages import Floats, Trellis
from lstm_viz.tagging.crf import LinearChain


@torch.inference_mode()
def trellis(chain: LinearChain | None, scores: Tensor) -> Trellis | None:
    """Return how ``chain`` decodes one sentence, whose scores are (T, 1, K).

    None without a chain, and where a score or the chain itself is not a number: no path is the best then.
    """
    if chain is None:
        return None
    marginals = chain.marginals(scores, torch.tensor([len(scores)]))[:, 0]
    if not bool(marginals.isfinite().all()):
        return None
    best = chain.best(scores[:, 0].double())  # a long sentence's δ is large, and its path follows from it
    return Trellis(
        start=chain.start.detach().numpy(),
        end=chain.end.detach().numpy(),
        transitions=chain.transitions.detach().numpy(),
        best=best.numpy(),
        marginals=marginals.numpy(),
        path=tuple(chain.trace_back(best).tolist()),
    )


def choice(
    chain: LinearChain | None, decoded: Trellis | None, scores: Floats
) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return the tag of each word, (T,), and how probable each tag is there, (T, K).

    Without a chain that is the best of the word's ``scores`` (log-softmax) and their exponential. A chain
    that decoded nothing leaves NaN at every word: one broken score reaches all of them.
    """
    if decoded is not None:
        return np.array(decoded.path, np.intp), decoded.marginals
    probabilities = np.full_like(scores, np.nan) if chain is not None else np.exp(scores)
    return scores.argmax(axis=-1), probabilities
