"""Cost of the trained segmenter: per keystroke, without its cache, and against the English rules."""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

from lstm_viz.bench.timing import Goal, Row, compare
from lstm_viz.data import conllu
from lstm_viz.data.surface import tokens_of
from lstm_viz.resources import resource
from lstm_viz.segmentation import Segmenter
from lstm_viz.segmentation.learning import learn
from lstm_viz.text.tokens import tokenize

_TREEBANK = "de_gsd-ud-dev.conllu"
_WORDS = (50, 500)


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run on the German treebank if ``LSTM_VIZ_DATA`` has it, else on ``small``."""
    sentences = conllu.read(_corpus()).sentences
    segmenter = learn([tokens_of(sentence) for sentence in sentences])
    assert segmenter is not None
    seconds = 0.3 if short else 1.0
    for words in _WORDS:
        text = _text(sentences, words)
        name = f"keystroke in {words} words, cut"
        key, rules = _typed(text, Segmenter(segmenter.model).segment), _typed(text, tokenize)
        yield compare(name, "segmenter / rules", key, rules, goal=Goal("≤", 10), seconds=seconds)
    whole = _rotated(text, segmenter.segment)
    yield compare(name, "every gap / those that changed", whole, key, goal=Goal("≥", 3), seconds=seconds)


def _corpus() -> Path:
    treebank = Path(os.environ.get("LSTM_VIZ_DATA", "data")) / _TREEBANK
    return treebank if treebank.is_file() else resource("corpora", "small-train.conllu")


def _text(sentences: Sequence[conllu.Sentence], words: int) -> str:
    texts = " ".join(tokens_of(sentence)[0] for sentence in sentences[:words])
    return " ".join(texts.split(" ")[:words])


def _typed(text: str, cut: Callable[[str], object]) -> Callable[[], object]:
    """Return a function that types a letter into the middle of the text and segments it."""
    keys = count()
    middle = len(text) // 2
    return lambda: cut(text[:middle] + "abcdefghijklm"[: 1 + next(keys) % 13] + text[middle:])


def _rotated(text: str, cut: Callable[[str], object]) -> Callable[[], object]:
    """Return a function that segments the text rotated differently each time, to defeat the cache."""
    rotations = count(1)

    def rotate() -> object:
        place = 7 * next(rotations) % len(text)
        return cut(text[place:] + text[:place])

    return rotate
