"""A keystroke with interventions, engine only, against one without and against manual loops."""

from collections.abc import Callable, Iterator
from itertools import count

import torch
from torch import Tensor, nn

from lstm_viz.analysis.unrolled import unroll
from lstm_viz.bench.engine import BenchReader, sentence
from lstm_viz.bench.timing import Goal, Row, compare
from lstm_viz.messages import Edit, ReadQuery, SetValue, SwapState

_WORDS = 50


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run on one thread: a word is appended and removed, with three edits of which one is on every word."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        torch.manual_seed(0)
        for hidden in (256,) if short else (64, 256):
            yield from _rows(hidden, 0.5 if short else 2.0)
    finally:
        torch.set_num_threads(threads)


def _rows(hidden: int, seconds: float) -> Iterator[Row]:
    at = f"H {hidden}, T {_WORDS}"
    words = tuple(sentence(_WORDS).split())
    late = SetValue("f", 0.5, 2, _WORDS - 10, _WORDS - 10, words=words)
    early = (late, SetValue("h", 0.0, 3, words=words), SwapState(2, "the apple", 1, words=words))
    cell, net, x = nn.LSTMCell(64, hidden), nn.LSTM(64, hidden), torch.randn(_WORDS, 1, 64)
    with_three, plain = _typing(hidden, early), _typing(hidden, ())
    yield compare(
        f"a key with 3 edits, {at}",
        "with edits / without",
        with_three,
        plain,
        seconds=seconds,
    )
    yield compare(
        f"a key with an edit 10 words back, {at}",
        "with the edit / without",
        _typing(hidden, (late,)),
        plain,
        seconds=seconds,
    )
    yield compare(
        f"a key with 3 edits, {at}",
        "with edits / loop of nn.LSTMCell",
        with_three,
        lambda: _by_cells(cell, x),
        goal=Goal("≤", 3.0) if hidden == 256 else None,
        seconds=seconds,
    )
    yield compare(
        f"stepping, {at}",
        "unroll / loop of nn.LSTMCell",
        lambda: _unrolled(net, x),
        lambda: _by_cells(cell, x),
        seconds=seconds,
    )


def _typing(hidden: int, edits: tuple[Edit, ...]) -> Callable[[], None]:
    """Return a function that reads another text each time, which differs in the last word."""
    reader, numbers, text = BenchReader(), count(1), sentence(_WORDS - 1)

    def key() -> None:
        number = next(numbers)
        typed = f"{text} {'apple' if number % 2 else 'dog'}"
        reader.read(ReadQuery(str(hidden), typed, step=_WORDS - 1, edits=edits), number)

    return key


@torch.no_grad()
def _unrolled(net: nn.LSTM, x: Tensor) -> None:
    unroll(net, x)


@torch.no_grad()
def _by_cells(cell: nn.LSTMCell, x: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Run a manual loop with a clamped unit of h; it gives no access to the gates."""
    h = c = x.new_zeros(1, cell.hidden_size)
    found = []
    for x_t in x:
        h, c = cell(x_t, (h, c))
        h[:, 3] = 0.0
        found.append((h, c))
    return found
