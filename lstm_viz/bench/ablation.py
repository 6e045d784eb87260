"""All units off in turn: how long it takes, and what a batch of copies gains over one after the other."""

from collections.abc import Iterator
from time import perf_counter

import torch
from torch import Tensor

from lstm_viz.analysis.ablation import ablations
from lstm_viz.analysis.unrolled import Grip, unroll
from lstm_viz.bench.timing import Goal, Row, compare, row
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

_HIDDEN, _STEPS = 256, 50
_SECOND = 1.0


def rows(*, short: bool = False) -> list[Row]:
    """Measure on one thread: an LSTM of 256 units, 50 words, the tag of the last.

    Parameters
    ----------
    short : bool
        Less time for each.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return list(_rows(pairs=3 if short else 9))
    finally:
        torch.set_num_threads(before)


def _rows(*, pairs: int) -> Iterator[Row]:
    tagger = _tagger()
    x = tagger.inputs(("word",) * _STEPS).detach()
    for name, nets in (("units", _HIDDEN), ("units and gates", 5 * _HIDDEN + 4)):
        times = [(_seconds(tagger, x, nets), _SECOND) for _ in range(pairs)]
        title = f"{name} off in turn, H {_HIDDEN}, T {_STEPS}"
        yield row(title, "all of them / a second", times, Goal("≤", 1.0))
    yield compare(
        f"units off in turn, H {_HIDDEN}, T {_STEPS}",
        "one at a time / in batches",
        lambda: _one_at_a_time(tagger, x),
        lambda: _read(tagger, x, _HIDDEN),
        seconds=0.0,
        fewest=pairs,
    )


def _tagger() -> WordTagger:
    torch.manual_seed(0)
    return WordTagger(Vocabulary(("word",)), 17, Sizes(64, _HIDDEN)).eval()


def _seconds(tagger: WordTagger, x: Tensor, nets: int) -> float:
    start = perf_counter()
    _read(tagger, x, nets)
    return perf_counter() - start


def _read(tagger: WordTagger, x: Tensor, nets: int) -> None:
    """Read with the first so many nets, in our order: units, gates, gates of units."""
    for scored in ablations(tagger, x, step=_STEPS - 1, layer=0, direction=0):
        if scored is not None and scored.first + len(scored.logits) >= nets:
            break


@torch.no_grad()
def _one_at_a_time(tagger: WordTagger, x: Tensor) -> None:
    zero = torch.zeros(1, 1, 1)
    for unit in range(_HIDDEN):
        where = (torch.arange(_HIDDEN) == unit)[None, None]
        output = unroll(tagger.recurrent, x, hands={(0, 0): {"h": Grip(where, zero)}}).output
        tagger.scores(output[-1:])
