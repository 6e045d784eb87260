from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.segmentation import Segmenter
from lstm_viz.segmentation.learning import learn
from lstm_viz.text.tokens import Token


def example(*words):
    """Return a text and its tokens; a word "des=de+les" is a multiword token, "l'~" has no space after it."""
    text, tokens = "", []
    for written in words:
        surface, _, parts = written.removesuffix("~").partition("=")
        start = len(text)
        tokens += [
            Token(part, start, start + len(surface)) for part in (parts.split("+") if parts else [surface])
        ]
        text += surface + " " * (not written.endswith("~"))
    return text.rstrip(" "), tuple(tokens)


TUTORIAL = (example("The", "dog", "ate", "the", "apple"), example("Everybody", "read", "that", "book"))
FRENCH = tuple(
    example(*sentence.split())
    for sentence in (
        "L'~ ami des=de+les enfants part~ .",
        "Les rues des=de+les villes sont vides~ .",
        "Il parle du=de+le temps~ , des=de+les nuits et du=de+le jour~ .",
        "L'~ eau du=de+le lac monte~ , l'~ air est froid~ .",
    )
)


def texts(tokens):
    return [token.text for token in tokens]


@pytest.fixture(scope="module")
def french():
    return learn(FRENCH)


def test_words_of_a_multiword_token_share_its_place(french):
    tokens = french.segment("L'ami des villes.")
    assert texts(tokens) == ["L'", "ami", "de", "les", "villes", "."]
    assert [(token.start, token.end) for token in tokens] == [
        (0, 2),
        (2, 5),
        (6, 9),
        (6, 9),
        (10, 16),
        (16, 17),
    ]


def test_a_tiny_corpus_cuts_at_spaces_and_marks():
    segmenter = learn(TUTORIAL)
    assert texts(segmenter.segment("Everybody ate the red apple.")) == [
        "Everybody",
        "ate",
        "the",
        "red",
        "apple",
        ".",
    ]


def test_nothing_is_learnt_from_nothing():
    assert learn(()) is None
    assert learn([("", ()), ("a text", ())]) is None


@given(st.text())
@settings(deadline=None)
def test_any_text_is_cut_in_order(french, text):
    tokens = french.segment(text)
    assert all(0 <= token.start < token.end <= len(text) and token.text for token in tokens)
    assert all(one.end <= other.start or one[1:] == other[1:] for one, other in pairwise(tokens))


def test_what_was_stored_cuts_alike(french):
    again = Segmenter.from_bytes(french.to_bytes())
    for text, _ in FRENCH:
        assert again.segment(text) == french.segment(text)
