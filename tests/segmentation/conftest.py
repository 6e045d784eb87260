"""Small corpora, and segmenters that were learnt from them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest

from lstm_viz.segmentation import Segmenter
from lstm_viz.segmentation.learning import learn
from lstm_viz.segmentation.model import SegmenterModel
from lstm_viz.text.token import Token


def example(written: str) -> tuple[str, tuple[Token, ...]]:
    """Return a text and its tokens.

    "des=de+les" is a multiword token; a tilde at a token's end says that no space follows it, one inside a
    token is a space.
    """
    text, tokens = "", list[Token]()
    for word in written.split():
        surface, _, parts = word.removesuffix("~").partition("=")
        surface = surface.replace("~", " ")
        span = len(text), len(text) + len(surface)
        tokens += (Token(part, *span) for part in (parts.split("+") if parts else [surface]))
        text += surface + " " * (not word.endswith("~"))
    return text.rstrip(" "), tuple(tokens)


TUTORIAL = tuple(map(example, ("The dog ate the apple", "Everybody read that book")))
FRENCH = tuple(
    map(
        example,
        (
            "L'~ ami des=de+les enfants part~ .",
            "Les rues des=de+les villes sont vides~ .",
            "Il parle du=de+le temps~ , des=de+les nuits et du=de+le jour~ .",
            "L'~ eau du=de+le lac monte~ , l'~ air est froid~ !",
            "« L'~ été » est l'~ ami des=de+les jours~ !",
            "« Du=De+le pain » dit l'~ ami~ , « du=de+le pain~ ! »",
        ),
    )
)
JAPANESE = tuple(
    map(
        example,
        (
            "私~ は~ 本~ を~ 読む~ 。",
            "私~ は~ 水~ を~ 飲む~ 。",
            "犬~ は~ 水~ を~ 飲む~ 。",
            "犬~ が~ 本~ を~ 読む~ 。",
        ),
    )
)
#: As the Vietnamese treebank stores it: a space around every mark, and words that hold spaces.
VIETNAMESE = tuple(
    map(
        example,
        (
            "học~sinh đọc sách .",
            "học~sinh đi học , học~sinh về .",
            "tôi đọc sách , học~sinh đọc sách .",
            "học~sinh viết thư .",
            'tôi viết : " học~sinh đi học . "',
        ),
    )
)


def words(tokens: Iterable[Token]) -> list[str]:
    return [token.text for token in tokens]


#: Characters that canonical composition (NFC) makes several of, marks and letters.
EXPANDED = ("\U0001d15e", "\U0001d160", "\u2adc", "\u0958", "\ufb2c", "\u0344")


def check_tokens(tokens: Sequence[Token], text: str, model: SegmenterModel) -> None:
    """Check that tokens have words and spans in order, which only the words of a multiword token share."""
    can_share = bool(model.edits or model.letters)
    assert all(0 <= token.start < token.end <= len(text) and token.text for token in tokens)
    for one, other in pairwise(tokens):
        assert one.end <= other.start or (can_share and one[1:] == other[1:])


def _learnt(sentences: Sequence[tuple[str, tuple[Token, ...]]]) -> Segmenter:
    segmenter = learn(sentences)
    assert segmenter is not None
    return segmenter


@pytest.fixture(scope="session")
def tutorial() -> Segmenter:
    return _learnt(TUTORIAL)


@pytest.fixture(scope="session")
def french() -> Segmenter:
    return _learnt(FRENCH)


@pytest.fixture(scope="session")
def japanese() -> Segmenter:
    return _learnt(JAPANESE)


@pytest.fixture(scope="session")
def vietnamese() -> Segmenter:
    return _learnt(VIETNAMESE)
