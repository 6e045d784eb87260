"""The decoding of a sentence by a linear chain over the tags, as numbers for the window."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lstm_viz.crf import LinearChain
from lstm_viz.messages import Floats, Trellis


@torch.inference_mode()
def trellis(chain: LinearChain | None, scores: Tensor) -> Trellis | None:
    """Return the decoding of one sentence with scores (T, 1, K) by ``chain``.

    None without a chain, and where a score or a weight of the chain is NaN: there is no best path then.
    """
    if chain is None:
        return None
    marginals = chain.marginals(scores, torch.tensor([len(scores)]))[:, 0]
    if not bool(marginals.isfinite().all()):
        return None
    best = chain.best(scores[:, 0].double())  # δ of a long sentence is large, and the path depends on it
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
    """Return the index of each word's tag (T,), and the probabilities of all tags (T, K).

    Without a chain, these are the argmax of the word's ``scores`` (log-softmax) and their exponential. Where
    a chain has no decoding, all probabilities are NaN: one NaN score affects every word.
    """
    if decoded is not None:
        return np.array(decoded.path, np.intp), decoded.marginals
    probabilities = np.full_like(scores, np.nan) if chain is not None else np.exp(scores)
    return scores.argmax(axis=-1), probabilities
