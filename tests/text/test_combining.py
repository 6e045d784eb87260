"""A text in the parts that normalisation changes on their own, none of which is long."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.data.conllu import Sentence
from lstm_viz.data.surface import tokens_of
from lstm_viz.segmentation.folding import fold
from lstm_viz.text.combining import LONGEST, combining_sequences


def _parts(text):
    return [text[start:end] for start, end in combining_sequences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("ab", ["a", "b"]),
        ("e\u0323\u0301a", ["e\u0323\u0301", "a"]),
        ("\u0301a", ["\u0301", "a"]),
        (" \u0301\n\u0301", [" ", "\u0301", "\n", "\u0301"]),
        ("\u1112\u1161\u11ab\u1100\u116e", ["\u1112\u1161\u11ab", "\u1100\u116e"]),
        ("\u0995\u09c7\u09be", ["\u0995\u09c7\u09be"]),  # vowels of class 0, which compose
    ],
)
def test_a_sequence_is_a_character_with_what_combines_with_it(text, parts):
    assert _parts(text) == parts


_CHARACTERS = "ae \u0301\u0316\u0323\u0344\u1100\u1161\u11a8\u09c7\u09be"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_normalised_on_their_own_they_are_the_normalised_text(form):
    @given(st.text(st.characters() | st.sampled_from(_CHARACTERS)))
    def normalise(text):
        parts = _parts(text)
        assert "".join(parts) == text
        if all(len(part) < LONGEST for part in parts):
            assert "".join(unicodedata.normalize(form, part) for part in parts) == (
                unicodedata.normalize(form, text)
            )

    normalise()


def test_every_character_that_can_change_one_before_it_combines():
    changing = set()
    for character in map(chr, range(0x110000)):
        changing.update(unicodedata.normalize("NFD", character)[1:])
        if unicodedata.combining(character):
            changing.add(character)
    assert len(changing) > 900
    assert all(_parts("a" + character) == ["a" + character] for character in changing)


_MARKS = "\u0301\u0316" * 500


@pytest.mark.parametrize(
    "work",
    [
        lambda: fold(f"a{_MARKS} b{_MARKS}"),
        lambda: fold(_MARKS),
        lambda: fold("\u1100" + "\u1161" * 1000 + "e\u0301"),
        lambda: tokens_of(Sentence((f"a{_MARKS}",), ("X",), f"a{_MARKS[::-1]}")),
    ],
    ids=["marks", "marks alone", "vowels", "treebank"],
)
def test_only_short_parts_are_normalised(work, monkeypatch):
    """Python normalises in a time that is quadratic in the number of marks that follow one another."""
    sizes = []
    normalize = unicodedata.normalize
    monkeypatch.setattr(
        unicodedata, "normalize", lambda form, text: sizes.append(len(text)) or normalize(form, text)
    )
    work()
    assert max(sizes) == LONGEST
    assert sum(sizes) < 5000
