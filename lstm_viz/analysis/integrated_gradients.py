"""Integrated gradients of a tag's score over the words, by adaptive quadrature.

Source: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep Networks", ICML 2017 (integrated
gradients, and their completeness: they add up to the score less the baseline).

The path from x = 0 to x is divided into panels, each with its own Gauss-Legendre points. Completeness also
holds for each panel: so the error of each is known, and only panels with a large one are halved. The score of
a trained model may rise within a hundredth of the path, which equally spaced points would miss.

T words, B copies in one batch, P panels, I input features.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from lstm_viz.analysis.tag_score import Array, Score, all_words, in_batches, kept_numbers

_LITTLE, _HARDLY = 20, 0.7
_MOST_NUMBERS = 1 << 20  # of each quantity that a batch keeps for the backward pass


@dataclass(frozen=True, slots=True, eq=False)
class Integrated:
    """Integrated gradients of every word, from x = 0 and the same initial state.

    Attributes
    ----------
    values : array (T,)
        ``Σ x · ∫₀¹ ∂ score(αx) / ∂ x dα`` over a word's inputs.
    score, baseline : float
        The score of the sentence, and with all inputs zero.
    error : float
        The error of completeness: |Σ values − (score − baseline)|, 0 for the exact integral.
    copies : int
        The number of copies of the sentence that were computed.
    """

    values: Array
    score: float
    baseline: float
    error: float
    copies: int


def integrated_gradients(
    score: Score, *, panels: int = 2, points: int = 6, tolerance: float = 2e-4, most: int = 2000
) -> Integrated:
    """Return integrated gradients of every word.

    Parameters
    ----------
    panels, points : int
        The number of initial panels, and of points in each; all of them are copies in one batch.
    tolerance : float
        Panels are halved as long as the sum of their absolute errors exceeds this.
    most : int
        The largest number of copies of the sentence after the first round; panels with the largest errors
        come first.
    """
    found = integrations(score, panels=panels, points=points, tolerance=tolerance, most=most)
    *_, last = (one for one in found if one is not None)
    return last


def integrations(
    score: Score, *, panels: int = 2, points: int = 6, tolerance: float = 2e-4, most: int = 2000
) -> Iterator[Integrated | None]:
    """Yield integrated gradients after every round of refinement, and None after every batch in between."""
    edges = np.linspace(0.0, 1.0, panels + 1)
    done: list[_Panel] = []
    new = list(pairwise(edges.tolist()))
    copies, before = 0, np.inf
    while new:
        copies += len(new) * (points + 2)
        for found in _in_batches(score, new, points):
            done += found
            yield None
        yield _added_up(score, done, copies)
        worst, before = _coarse(done, tolerance, before), _total_error(done)
        coarse = worst[: max(0, (most - copies) // (2 * (points + 2)))]
        done = [panel for panel in done if panel not in coarse]
        new = [half for panel in coarse for half in panel.halves]


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """A part of the path: the attributions there (T,), and the scores at both ends."""

    start: float
    end: float
    attributions: Tensor
    score_at_start: float
    score_at_end: float

    @property
    def error(self) -> float:
        return abs(float(self.attributions.sum()) - (self.score_at_end - self.score_at_start))

    @property
    def halves(self) -> list[tuple[float, float]]:
        middle = (self.start + self.end) / 2
        return [(self.start, middle), (middle, self.end)]


def _coarse(panels: list[_Panel], tolerance: float, before: float) -> list[_Panel]:
    """Return the panels to halve, those with the largest errors first; none where that is of no use.

    That is the case when the total error is within ``tolerance``, or a little larger and hardly smaller than
    in the round ``before``: the rest is rounding.
    """
    error = _total_error(panels)
    if not error > tolerance or (error < _LITTLE * tolerance and error > _HARDLY * before):
        return []
    share = tolerance / (2 * len(panels))
    return sorted((panel for panel in panels if panel.error > share), key=lambda panel: -panel.error)


def _total_error(panels: list[_Panel]) -> float:
    """Return the sum of the absolute errors of the panels."""
    return sum(panel.error for panel in panels)


def _added_up(score: Score, panels: list[_Panel], copies: int) -> Integrated:
    first, last = min(panels, key=lambda p: p.start), max(panels, key=lambda p: p.end)
    attributions = torch.stack([panel.attributions for panel in panels]).sum(0)
    rise = last.score_at_end - first.score_at_start
    return Integrated(
        values=all_words(score, attributions.to(score.x.dtype)),
        score=last.score_at_end,
        baseline=first.score_at_start,
        error=abs(float(attributions.sum()) - rise),
        copies=copies,
    )


def _in_batches(score: Score, parts: list[tuple[float, float]], points: int) -> Iterator[list[_Panel]]:
    numbers = kept_numbers(score, score.reach) * (points + 2)
    for batch in in_batches(len(parts), numbers, _MOST_NUMBERS):
        yield _integrated(score, parts[batch.start : batch.stop], points)


def _integrated(score: Score, parts: list[tuple[float, float]], points: int) -> list[_Panel]:
    """Return the panels over these parts of the path, all points and both ends of each in one batch."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    starts, ends = np.array(parts).T[..., None]
    middles, radii = (starts + ends) / 2, (ends - starts) / 2
    at = np.concatenate([starts, ends, middles + radii * nodes], 1)  # (P, points + 2)
    shares = np.concatenate([0 * starts, 0 * ends, radii * weights], 1)
    found, slopes = _slopes(score, torch.tensor(at.ravel(), dtype=score.x.dtype, device=score.x.device))
    attributions = (
        (slopes.cpu().double() * torch.tensor(shares.ravel())).view(-1, *at.shape).sum(-1)
    )  # (T, P)
    scores = found.cpu().double().view(at.shape)[:, :2].tolist()
    return [
        _Panel(start, end, by_word, *both)
        for (start, end), by_word, both in zip(parts, attributions.unbind(1), scores, strict=True)
    ]


@torch.enable_grad()
def _slopes(score: Score, alphas: Tensor) -> tuple[Tensor, Tensor]:
    """Return the score (B,) at every α, and the slope of each word: Σ x · ∂ score / ∂ αx, (T, B)."""
    x = score.x[: score.reach].detach()
    scaled = (x * alphas[:, None]).requires_grad_()
    found = score.at(score.read(scaled))
    (slope,) = torch.autograd.grad(found.sum(), scaled)
    return found.detach(), (slope * x).sum(-1)
