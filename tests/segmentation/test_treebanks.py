"""How well the words of treebanks are found again. Those that take longer are for ``LSTM_VIZ_LONG``."""

import os
from itertools import pairwise

import numpy as np
import pytest

from lstm_viz.data import conllu
from lstm_viz.data.surface import tokens_of
from lstm_viz.segmentation import Segmenter, samples
from lstm_viz.segmentation.characters import text_of
from lstm_viz.segmentation.learning import learn
from lstm_viz.text.token import Token
from lstm_viz.text.tokens import tokenize

from .scoring import score

_LONG = pytest.mark.skipif(
    not os.environ.get("LSTM_VIZ_LONG"), reason="takes a minute: set LSTM_VIZ_LONG to run it"
)


def _read(path):
    if not path.is_file():
        pytest.skip(f"{path.name} is not in {path.parent}")
    return [tokens_of(sentence) for sentence in conllu.read(path).sentences]


def _halves(data):
    examples = _read(data / "ko_gsd-ud-dev.conllu")
    return examples[: len(examples) // 2], examples[len(examples) // 2 :]


def _files(first, second):
    return lambda data: (_read(data / f"{first}.conllu"), _read(data / f"{second}.conllu"))


def _in_threes(examples):
    """Return the texts three at a time, as a person would type them one after the other."""
    for some in zip(*(examples[first::3] for first in range(3)), strict=False):
        text, tokens = "", []
        for one, its in some:
            text += " " * bool(text)
            tokens += (Token(token.text, token.start + len(text), token.end + len(text)) for token in its)
            text += one
        yield text, tokens


def _glued(examples):
    """Return the texts as they are typed, of a treebank without multiword tokens that spaces its marks."""
    for text, tokens in examples:
        glued = samples.glued(samples.sample(samples.align(text, tokens), {}))
        begins = [*np.flatnonzero(glued.labels).tolist(), len(glued.codes)]
        written = text_of(glued.codes)
        spans = [(start, start + len(written[start:end].rstrip())) for start, end in pairwise(begins)]
        yield written, [Token(written[start:end], start, end) for start, end in spans]


def _percent(scores):
    return [round(100 * value, 2) for value in (scores.tokens, scores.words, scores.whole, scores.multiwords)]


@pytest.mark.parametrize(
    ("language", "goals", "joined", "size"),
    [
        pytest.param(_halves, (99.1, 99.1, 95, 100), 99.0, 100, id="ko"),
        pytest.param(_files("de_gsd-ud-dev", "de_gsd-ud-test"), (99.5, 99.4, 94, 97), 99.3, 150, id="de"),
        pytest.param(
            _files("fr_gsd-ud-dev", "fr_gsd-ud-test"), (99.4, 98.6, 82, 91), 99.2, 200, id="fr", marks=_LONG
        ),
        pytest.param(
            _files("vi_vtb-ud-train", "vi_vtb-ud-dev"), (86.3, 86.3, 20, 100), 86.0, 350, id="vi", marks=_LONG
        ),
        pytest.param(
            _files("en_ewt-ud-train", "en_ewt-ud-dev"), (99.4, 99.1, 94, 92), 99.1, 400, id="en", marks=_LONG
        ),
    ],
)
def test_words_of_sentences_that_were_not_learnt_from_are_found(data, language, goals, joined, size):
    """In percent: F1 of tokens and words, sentences wholly right, F1 of multiword tokens; in kB the size."""
    known, held_out = language(data)
    stored = learn(known).to_bytes()
    segment = Segmenter.from_bytes(stored).segment
    found = _percent(score(segment, held_out))
    assert all(one >= goal for one, goal in zip(found, goals, strict=True)), found
    assert _percent(score(segment, _in_threes(held_out)))[0] >= joined
    assert len(stored) <= 1000 * size
    assert found[1] > _percent(score(tokenize, held_out))[1]


@_LONG
def test_vietnamese_is_cut_as_people_type_it(data):
    known, held_out = _files("vi_vtb-ud-train", "vi_vtb-ud-dev")(data)
    tokens, *_ = _percent(score(learn(known).segment, _glued(held_out)))
    assert tokens >= 86.3
