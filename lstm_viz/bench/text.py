"""Tokenisation, alignment of sentences, and reading of treebanks and presets."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from time import perf_counter, process_time

import conllu as package
import torch

from lstm_viz.app.panels.comparison.comparison import aligned
from lstm_viz.bench.timing import Goal, Row, compare, row
from lstm_viz.data import conllu
from lstm_viz.resources import resource
from lstm_viz.tagging import presets
from lstm_viz.text.tokens import tokenize

#: Repeated pieces that could make a repetition in the rules backtrack.
PIECES = (
    "word ", "I can't, no. ",
    "a-", "a- ", "a.", "a@", "a.b@", "a'", "n't", "www.", "http://", "1-", "1/", "1.",
    "-1", "v1.", "v1", ".!", "0", "comp.", "Lt.", "a1-.", "A. ", "Ph.D.", "x.com",
)  # fmt: skip
_LENGTH, _PART = 200_000, 2_000
_TWENTIETH = 0.05
_ONCE = Goal("≤", 1.0)


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run; the first row is of the slowest text, with a ratio of 50 to 100 for a quadratic rule."""
    seconds, length = (0.3, _LENGTH // 2) if short else (2.0, _LENGTH)
    yield max((_linear(piece, length, seconds / 10) for piece in PIECES), key=lambda line: line.ratio)
    yield _key(seconds)
    yield _treebank(seconds)
    yield from _presets()


def _linear(piece: str, length: int, seconds: float) -> Row:
    """Compare a long text with many short ones of the same total length, in CPU time."""
    part, times = piece * (_PART // len(piece)), length // _PART
    whole = part * times
    pairs, end = [_linear_pair(part, whole, times)], process_time() + seconds
    while process_time() < end:
        pairs.append(_linear_pair(part, whole, times))
    name = f"tokens of {length:,} characters, {piece!r}"
    return row(name, "at once / in parts", pairs, Goal("≤", 2.0))


def _linear_pair(part: str, whole: str, times: int) -> tuple[float, float]:
    start = process_time()
    tokenize(whole)
    between = process_time()
    for _ in range(times):
        tokenize(part)
    return between - start, process_time() - between


def _key(seconds: float) -> Row:
    """Measure the alignment of two sentences of a thousand words, few of them distinct, after an edit."""
    words = ["the", "dog", "ate", "a"] * 250
    typed = [*words[:700], "new", *words[700:-1]]
    return compare(
        "1,000 words of 4 kinds, side by side",
        "difflib on all of them / ours",
        lambda: SequenceMatcher(None, words, typed, autojunk=False).get_opcodes(),
        lambda: aligned(words, typed),
        goal=Goal("≥", 5.0),
        seconds=seconds,
        fewest=3,
    )


def _treebank(seconds: float) -> Row:
    data = resource("corpora", "small-train.conllu").read_bytes()
    text = data.decode()
    return compare(
        "reading the small treebank",
        "the conllu package / ours",
        lambda: package.parse(text),
        lambda: conllu.parse(data),
        goal=Goal("≥", 5.0),
        seconds=seconds,
    )


def _presets() -> Iterator[Row]:
    """Measure opening each preset, on one thread as in the engine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name in presets.names():
            pairs = [(_opened(name), _TWENTIETH) for _ in range(9)]
            yield row(f"opening {name}", "ours / 50 ms", pairs, _ONCE)
    finally:
        torch.set_num_threads(threads)


def _opened(name: str) -> float:
    start = perf_counter()
    presets.load(name)
    return perf_counter() - start
