"""Ablation of all units: its duration, and the gain of batched over sequential forward passes."""

from collections.abc import Iterator
from time import perf_counter

import torch
from torch import Tensor

from lstm_viz.analysis.ablation import ablations
from lstm_viz.analysis.unrolled import Clamp, unroll
from lstm_viz.bench.timing import Goal, Row, compare, row
from lstm_viz.subjects.tagger import readout_of
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

_HIDDEN, _STEPS = 256, 50
_SECOND = 1.0


def rows(*, short: bool = False) -> list[Row]:
    """Run on one thread: an LSTM of 256 units, 50 words, the tag of the last word.

    Parameters
    ----------
    short : bool
        Fewer repetitions.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return list(_rows(pairs=3 if short else 9))
    finally:
        torch.set_num_threads(threads)


def _rows(*, pairs: int) -> Iterator[Row]:
    tagger = _tagger()
    x = tagger.inputs(("word",) * _STEPS).detach()
    for name, count in (("units", _HIDDEN), ("units and gates", 5 * _HIDDEN + 4)):
        times = [(_seconds(tagger, x, count), _SECOND) for _ in range(pairs)]
        title = f"{name} off in turn, H {_HIDDEN}, T {_STEPS}"
        yield row(title, "all of them / a second", times, Goal("≤", 1.0))
    yield compare(
        f"units off in turn, H {_HIDDEN}, T {_STEPS}",
        "one at a time / in batches",
        lambda: _one_at_a_time(tagger, x),
        lambda: _in_batches(tagger, x, _HIDDEN),
        seconds=0.0,
        fewest=pairs,
    )


def _tagger() -> WordTagger:
    torch.manual_seed(0)
    return WordTagger(Vocabulary(("word",)), 17, Sizes(64, _HIDDEN)).eval()


def _seconds(tagger: WordTagger, x: Tensor, count: int) -> float:
    start = perf_counter()
    _in_batches(tagger, x, count)
    return perf_counter() - start


def _in_batches(tagger: WordTagger, x: Tensor, count: int) -> None:
    """Run the first ``count`` ablations, in their order: units, gates, gates of units."""
    for scored in ablations(tagger.recurrent, readout_of(tagger), x, step=_STEPS - 1, layer=0, direction=0):
        if scored is not None and scored.first + len(scored.logits) >= count:
            break


@torch.no_grad()
def _one_at_a_time(tagger: WordTagger, x: Tensor) -> None:
    zero = torch.zeros(1, 1, 1)
    for unit in range(_HIDDEN):
        where = (torch.arange(_HIDDEN) == unit)[None, None]
        output = unroll(tagger.recurrent, x, interventions={(0, 0): {"h": Clamp(where, zero)}}).output
        tagger.scores(output[-1:])
