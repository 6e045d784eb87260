"""A linear-chain conditional random field over the tags of a sentence.

A path is a tag for each word of a sentence. Its score is the sum of ``start`` of its first tag, the score of
each word's tag, ``transitions`` of each pair of neighbours, and ``end`` of its last tag; its probability is
the softmax of that over all paths. Two recursions sum and maximise over the K^T paths in T·K² steps.

Sources: J. Lafferty, A. McCallum, F. Pereira, "Conditional Random Fields: Probabilistic Models for
Segmenting and Labeling Sequence Data", ICML 2001 (the model); L. R. Rabiner, "A Tutorial on Hidden Markov
Models and Selected Applications in Speech Recognition", Proceedings of the IEEE 77(2), 1989 (forward-backward
in section III.A, Viterbi in III.B; its α, β, δ, ψ are the names below).

Shapes: T words, B sentences, K tags.
"""

import torch
from torch import Tensor, nn

#: In place of a tag: in the padding of a shorter sentence, as the target of a word without a tag, and as the
#: prediction where scores are NaN.
NO_TAG = -100


def word_mask(steps: int, lengths: Tensor, device: torch.device | None = None) -> Tensor:
    """Return the mask (steps, B) of the words of sentences with these lengths, on ``device``."""
    return torch.arange(steps, device=device)[:, None] < lengths.to(device)


class LinearChain(nn.Module):
    """The transition scores of a linear-chain CRF; initially zeros, which decodes word by word.

    Adding a constant to all scores of a word changes neither the probabilities nor the best path. ``lengths``
    (B,) are the numbers of words of the sentences, at least 1.

    Attributes
    ----------
    start, end : Parameter (K,)
        The scores of the first and the last tag of a path.
    transitions : Parameter (K, K)
        The scores of the transitions from the tag of the row to that of the column.
    """

    def __init__(self, num_tags: int) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(num_tags))
        self.transitions = nn.Parameter(torch.zeros(num_tags, num_tags))
        self.end = nn.Parameter(torch.zeros(num_tags))

    def log_likelihood(self, scores: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Return the log-probability of each sentence's tags.

        Parameters
        ----------
        scores : Tensor (T, B, K)
        tags : Tensor (T, B)
            Those past a sentence's end are ignored. A word with `NO_TAG` may have any tag: all paths that
            agree with the other tags are summed.
        lengths : Tensor (B,)

        Returns
        -------
        Tensor (B,)
        """
        mask = word_mask(len(scores), lengths, scores.device)
        known = tags != NO_TAG
        if bool((known | ~mask).all()):
            found = self._path_score(scores, tags.masked_fill(~mask, 0), mask, lengths)
        else:
            others = torch.arange(scores.shape[-1], device=tags.device) != tags[..., None]
            found = self._log_sum(scores.masked_fill(known[..., None] & others, -torch.inf), mask)
        return found - self._log_sum(scores, mask)

    @torch.no_grad()
    def decode(self, scores: Tensor, lengths: Tensor) -> Tensor:
        """Return the best path of each sentence, (T, B), by Viterbi's algorithm.

        `NO_TAG` past a sentence's end. Of equal floats the first tag is taken. At each word the best δ is
        shifted to 0, so that a long sentence loses no precision.
        """
        mask = word_mask(len(scores), lengths, scores.device)
        stay = torch.arange(scores.shape[-1], device=scores.device).expand(scores.shape[1:])
        delta, pointers = self.start + scores[0], []
        for score, here in zip(scores[1:], mask[1:, :, None], strict=True):
            delta = delta - delta.amax(-1, keepdim=True)
            best, psi = (delta[..., None] + self.transitions).max(-2)
            delta = torch.where(here, best + score, delta)
            pointers.append(torch.where(here, psi, stay))
        path = [(delta + self.end).argmax(-1)]
        for psi in reversed(pointers):
            path.append(psi.gather(-1, path[-1][:, None])[:, 0])
        return torch.stack(path[::-1]).masked_fill(~mask, NO_TAG)

    @torch.no_grad()
    def marginals(self, scores: Tensor, lengths: Tensor) -> Tensor:
        """Return the probability of each tag at each word over all paths, (T, B, K), by forward-backward.

        NaN past a sentence's end. α and β are computed side by side and normalized to sum to 1 at each word,
        so that a long sentence loses no precision.
        """
        mask = word_mask(len(scores), lengths, scores.device)
        both = torch.stack([scores, scores.flip(0)], 1)  # (T, 2, B, K): α from the left, β from the right
        ways = torch.stack([self.transitions, self.transitions.T])[:, None]
        fresh = both + torch.stack([self.start, self.end])[:, None]
        begun = torch.stack([torch.ones_like(mask), mask.flip(0)], 1)[..., None]
        found = [fresh[0].log_softmax(-1)]
        for score, new, here in zip(both[1:], fresh[1:], begun[:-1], strict=True):
            onward = (found[-1][..., None] + ways).logsumexp(-2) + score
            found.append(torch.where(here, onward, new).log_softmax(-1))
        alpha, beta = torch.stack(found).unbind(1)
        shares = (alpha + beta.flip(0) - scores).softmax(-1)  # the word's own score is in both
        return shares.masked_fill(~mask[..., None], torch.nan)

    @torch.no_grad()
    def best(self, scores: Tensor) -> Tensor:
        """Return Viterbi's δ of one sentence with scores (T, K), of the same shape.

        It is the score of the best path to this tag at this word, ``end`` not included.
        """
        delta = [self.start + scores[0]]
        for score in scores[1:]:
            delta.append((delta[-1][:, None] + self.transitions).amax(0) + score)
        return torch.stack(delta)

    @torch.no_grad()
    def trace_back(self, best: Tensor) -> Tensor:
        """Return the best path of one sentence, (T,), from its δ (T, K); for batches see `decode`."""
        psi = (best[:-1, :, None] + self.transitions).argmax(1).tolist()
        path = [int((best[-1] + self.end).argmax())]
        for came_from in reversed(psi):
            path.append(came_from[path[-1]])
        return torch.tensor(path[::-1])

    def _path_score(self, scores: Tensor, tags: Tensor, mask: Tensor, lengths: Tensor) -> Tensor:
        words = scores.gather(-1, tags[..., None])[..., 0]
        words = torch.cat([words[:1], words[1:] + self.transitions[tags[:-1], tags[1:]]])
        last = tags.gather(0, (lengths.to(tags.device) - 1)[None])[0]
        return self.start[tags[0]] + words.masked_fill(~mask, 0).sum(0) + self.end[last]

    def _log_sum(self, scores: Tensor, mask: Tensor) -> Tensor:
        """Return the log of the sum over all paths of exp of the path's score: (B,)."""
        alpha = self.start + scores[0]
        for score, here in zip(scores[1:], mask[1:, :, None], strict=True):
            onward = (alpha[..., None] + self.transitions).logsumexp(-2) + score
            alpha = torch.where(here, onward, alpha)
        return (alpha + self.end).logsumexp(-1)
