"""What each word gave to a tag's score, counted along the way from no input to the whole of it.

Source: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep Networks", ICML 2017 (integrated
gradients, and their completeness: they add up to the score less the baseline).

The way from x = 0 to x is cut into panels, each with its own Gauss-Legendre points. Completeness holds of
each panel too: so each has a known error, and only those with a large one are halved. A trained score may
rise within a hundredth of the way, where points spread over all of it would miss it.

T words, B copies read at once, P panels, I what the net reads of a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from lstm_viz.analysis.tag_score import Array, TagScore, all_words, in_batches, kept_numbers

_LITTLE, _HARDLY = 20, 0.7
_MOST_NUMBERS = 1 << 20  # of each quantity that a batch keeps for its backward pass


@dataclass(frozen=True, slots=True, eq=False)
class Integrated:
    """Integrated gradients of every word, from x = 0 and the same initial state.

    Attributes
    ----------
    values : array (T,)
        ``Σ x · ∫₀¹ ∂ score(αx) / ∂ x dα`` over a word's inputs.
    score, baseline : float
        Of the sentence, and of one in which every word's input is zero.
    error : float
        The proof: |Σ values − (score − baseline)|, which is 0 for the integral itself.
    copies : int
        How many copies of the sentence were read for it.
    """

    values: Array
    score: float
    baseline: float
    error: float
    copies: int


def integrated_gradients(
    score: TagScore, *, panels: int = 2, points: int = 6, tolerance: float = 2e-4, most: int = 2000
) -> Integrated:
    """Return integrated gradients of every word.

    Parameters
    ----------
    panels, points : int
        How many panels to begin with, and points in each; all of them are copies of one batch.
    tolerance : float
        Panels are halved as long as they are off by more than this in all, whatever the signs.
    most : int
        At most so many copies of the sentence are read after the first round, for the worst panels first.
    """
    found = integrations(score, panels=panels, points=points, tolerance=tolerance, most=most)
    *_, last = (one for one in found if one is not None)
    return last


def integrations(
    score: TagScore, *, panels: int = 2, points: int = 6, tolerance: float = 2e-4, most: int = 2000
) -> Iterator[Integrated | None]:
    """Yield the same, better and better; None after every batch in which nothing has become known."""
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
        worst, before = _coarse(done, tolerance, before), _off(done)
        coarse = worst[: max(0, (most - copies) // (2 * (points + 2)))]
        done = [panel for panel in done if panel not in coarse]
        new = [half for panel in coarse for half in panel.halves]


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """A part of the way from ``start`` to ``end``: what each word gave there (T,), and both ends' scores."""

    start: float
    end: float
    given: Tensor
    score_at_start: float
    score_at_end: float

    @property
    def error(self) -> float:
        return abs(float(self.given.sum()) - (self.score_at_end - self.score_at_start))

    @property
    def halves(self) -> list[tuple[float, float]]:
        middle = (self.start + self.end) / 2
        return [(self.start, middle), (middle, self.end)]


def _coarse(panels: list[_Panel], tolerance: float, before: float) -> list[_Panel]:
    """Return the panels to halve, the worst first; none where that is of no use.

    That is when all together are off by no more than ``tolerance``; or by little more, and hardly less than
    the round ``before``: what is left then is rounding.
    """
    off = _off(panels)
    if not off > tolerance or (off < _LITTLE * tolerance and off > _HARDLY * before):
        return []
    share = tolerance / (2 * len(panels))
    return sorted((panel for panel in panels if panel.error > share), key=lambda panel: -panel.error)


def _off(panels: list[_Panel]) -> float:
    """Return by how much the panels are off, whatever the signs."""
    return sum(panel.error for panel in panels)


def _added_up(score: TagScore, panels: list[_Panel], copies: int) -> Integrated:
    first, last = min(panels, key=lambda p: p.start), max(panels, key=lambda p: p.end)
    given = torch.stack([panel.given for panel in panels]).sum(0)
    rise = last.score_at_end - first.score_at_start
    return Integrated(
        values=all_words(score, given.to(score.x.dtype)),
        score=last.score_at_end,
        baseline=first.score_at_start,
        error=abs(float(given.sum()) - rise),
        copies=copies,
    )


def _in_batches(score: TagScore, ways: list[tuple[float, float]], points: int) -> Iterator[list[_Panel]]:
    numbers = kept_numbers(score, score.reach) * (points + 2)
    for batch in in_batches(len(ways), numbers, _MOST_NUMBERS):
        yield _integrated(score, ways[batch.start : batch.stop], points)


def _integrated(score: TagScore, ways: list[tuple[float, float]], points: int) -> list[_Panel]:
    """Return the panels over these parts of the way, all points and both ends of each in one batch."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    starts, ends = np.array(ways).T[..., None]
    middles, radii = (starts + ends) / 2, (ends - starts) / 2
    at = np.concatenate([starts, ends, middles + radii * nodes], 1)  # (P, points + 2)
    shares = np.concatenate([0 * starts, 0 * ends, radii * weights], 1)
    found, slopes = _slopes(score, torch.tensor(at.ravel(), dtype=score.x.dtype))
    given = (slopes.double() * torch.tensor(shares.ravel())).view(-1, *at.shape).sum(-1)  # (T, P)
    scores = found.double().view(at.shape)[:, :2].tolist()
    return [
        _Panel(start, end, gave, *both)
        for (start, end), gave, both in zip(ways, given.unbind(1), scores, strict=True)
    ]


@torch.enable_grad()
def _slopes(score: TagScore, alphas: Tensor) -> tuple[Tensor, Tensor]:
    """Return the score (B,) at every α, and how steeply each word raises it: Σ x · ∂ score / ∂ αx, (T, B)."""
    x = score.x[: score.reach].detach()
    scaled = (x * alphas[:, None]).requires_grad_()
    found = score.at(score.read(scaled).output)
    (slope,) = torch.autograd.grad(found.sum(), scaled)
    return found.detach(), (slope * x).sum(-1)
