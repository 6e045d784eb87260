"""Attributions against unbatched computation: a backward pass per word, per point, and per occluded word."""

from collections.abc import Iterator
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from lstm_viz.analysis.attribution import gradients
from lstm_viz.analysis.gradient_flow import gradient_flow
from lstm_viz.analysis.integrated_gradients import integrated_gradients
from lstm_viz.analysis.occlusion import occlusion
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import Target, target_at
from lstm_viz.analysis.unrolled import unroll
from lstm_viz.bench.engine import sentence
from lstm_viz.bench.timing import Goal, Row, compare, row
from lstm_viz.subjects.tagger import readout_of
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

_HIDDEN, _WORDS, _POINTS = (64, 256), 50, 20
_TENTH = 0.1
_TAGS = 5


def rows(*, short: bool = False) -> list[Row]:
    """Run on one thread, for the last of 50 words of a unidirectional tagger.

    The scores of a trained tagger are steeper: its integrated gradients take more points.

    Parameters
    ----------
    short : bool
        Only the size with a goal, and fewer repetitions.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        sizes = [line for hidden in _HIDDEN[short:] for line in _rows(hidden, 0.5 if short else 2.0)]
        return [*sizes, _all_three("the English tagger", _trained(), 5 if short else 20), _flow(9)]
    finally:
        torch.set_num_threads(threads)


def _rows(hidden: int, seconds: float) -> Iterator[Row]:
    score = _score(hidden)
    size = f"H {hidden}, T {_WORDS}"
    goal = Goal("≤", 1.0) if hidden == max(_HIDDEN) else None
    yield _all_three(f"untrained, {size}", score, max(5, int(seconds / _TENTH)), goal)
    yield compare(
        f"gradient × input and flows, {size}",
        "a backward pass a word / one for all",
        lambda: _pass_by_pass(score),
        lambda: gradients(score),
        goal=Goal("≥", 5.0) if hidden == max(_HIDDEN) else None,
        seconds=seconds,
        fewest=3,
    )
    yield compare(
        f"integrated gradients, {size}",
        f"point by point, {_POINTS} / one batch",
        lambda: _point_by_point(score),
        lambda: integrated_gradients(score, panels=1, points=_POINTS, most=0),
        goal=Goal("≥", 2.0) if hidden == max(_HIDDEN) else None,
        seconds=seconds,
        fewest=3,
    )
    yield compare(
        f"words left out, {size}",
        "word by word / in batches",
        lambda: _word_by_word(score),
        lambda: occlusion(score),
        goal=Goal("≥", 2.0) if hidden == max(_HIDDEN) else None,
        seconds=seconds,
        fewest=3,
    )


def _all_three(which: str, score: TagScore, times: int, goal: Goal | None = None) -> Row:
    pairs = [(_seconds(score), _TENTH) for _ in range(times)]
    return row(f"gradients, {which}", "all three ways / 100 ms", pairs, goal)


def _flow(times: int) -> Row:
    """Measure the gradient flow of the losses of all words."""
    score = _score(_HIDDEN[0])
    pairs = []
    for _ in range(times):
        started = perf_counter()
        gradient_flow(score.net, score.readout, score.x, [0] * _WORDS)
        pairs.append((perf_counter() - started, _TENTH))
    return row(f"gradient flow, H {_HIDDEN[0]}, T {_WORDS}", "ours / 100 ms", pairs, Goal("≤", 1.0))


def _trained() -> TagScore:
    """Return the score of the tag that the shipped English tagger predicts for the last word."""
    tagger = presets.load("english").tagger
    with torch.no_grad():
        x = tagger.inputs(sentence(_WORDS).split())
        logits = tagger.logits(tagger.recurrent(x)[0])[-1, 0]
    return TagScore(
        tagger.recurrent, readout_of(tagger), x, _WORDS - 1, target_at("margin", int(logits.argmax()), logits)
    )


def _score(hidden: int) -> TagScore:
    torch.manual_seed(0)
    words = sentence(_WORDS).split()
    tagger = WordTagger(Vocabulary(tuple(dict.fromkeys(words))), _TAGS, Sizes(64, hidden)).eval()
    with torch.no_grad():
        x = tagger.inputs(words)
    return TagScore(tagger.recurrent, readout_of(tagger), x, _WORDS - 1, Target("margin", 0, 1))


def _seconds(score: TagScore) -> float:
    """Return the duration of all three attribution methods, as in a query of the window."""
    started = perf_counter()
    gradients(score)
    integrated_gradients(score)
    occlusion(score)
    return perf_counter() - started


def _pass_by_pass(score: TagScore) -> list[Tensor]:
    """Return the result of `gradients`, with a backward pass for every word."""
    x = score.x.clone().requires_grad_()
    read = score.read(x)
    value, steps = score.at(read).sum(), read.steps[0, 0]
    found = []
    for word in range(len(x)):
        nodes = [x, steps["h"][word], steps["c"][word]]
        by_x, *states = torch.autograd.grad(value, nodes, retain_graph=True, materialize_grads=True)
        found += [(by_x[word] * score.x[word]).sum(), *(state.norm() for state in states)]
    return found


def _point_by_point(score: TagScore) -> Tensor:
    """Return integrated gradients, with a forward and a backward pass for every point."""
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    total = torch.zeros_like(score.x)
    for alpha, weight in zip(((nodes + 1) / 2).tolist(), (weights / 2).tolist(), strict=True):
        x = (alpha * score.x).requires_grad_()
        (slope,) = torch.autograd.grad(score.at(score.read(x)).sum(), x)
        total += weight * slope
    return (total * score.x).sum(dim=(1, 2))


@torch.no_grad()
def _word_by_word(score: TagScore) -> list[float]:
    """Return the score without each word, with a forward pass for each."""
    found = []
    for word in range(len(score.x) - 1):
        rest = torch.cat([score.x[:word], score.x[word + 1 :]])
        output = unroll(score.net, rest).output
        found.append(float(score.target.of(score.readout.logits(output)[-1, 0])))
    return found
