"""What becomes of the letters of a multiword token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.segmentation.edits import Edit, apply, derive


@pytest.mark.parametrize(
    ("surface", "parts"),
    [
        ("des", ("de", "les")),
        ("aux", ("à", "les")),
        ("Aux", ("À", "les")),
        ("Du", ("de", "le")),
        ("im", ("in", "dem")),
        ("Zum", ("Zu", "dem")),
        ("cannot", ("can", "not")),
        ("don't", ("do", "n't")),
        ("dámelo", ("da", "me", "lo")),
        ("הבית", ("ה", "בית")),
        ("בבית", ("ב", "ה_", "בית")),
        ("ktoś", ("kto", "by", "ś")),
    ],
)
def test_words_come_back(surface, parts):
    assert apply(surface, derive(surface, parts)) == parts


def test_one_edit_serves_every_case():
    edits = {derive(surface, words)[0][1] for surface, words in _DES.items()}
    assert edits == {Edit(right_gains="le")}
    assert all(apply(surface, ((2, *edits),)) == words for surface, words in _DES.items())


_DES = {"des": ("de", "les"), "Des": ("De", "les"), "DES": ("DE", "LES")}


@pytest.mark.parametrize("parts", [("le",), (), ("x", ""), tuple("abcdefghij")])
def test_what_is_no_multiword_token_has_no_cuts(parts):
    assert derive("des", parts) is None


def test_a_single_letter_has_no_gap_to_cut():
    assert derive("à", ("a", "a")) is None


def test_an_edit_that_does_not_fit_leaves_the_bare_pieces():
    assert apply("ab", ((1, Edit(left_loses=3)),)) == ("a", "b")
    assert apply("abc", ((1, Edit(right_loses=1)), (2, Edit(left_loses=1)))) == ("a", "b", "c")
    assert apply("ab", ((1, Edit(left_loses=1)),)) == ("a", "b")


_LETTERS = st.text("abAB'é_", min_size=1, max_size=6)


@given(_LETTERS, st.lists(_LETTERS, max_size=4).map(tuple))
def test_cuts_are_in_order_and_true_or_there_are_none(surface, parts):
    cuts = derive(surface, parts)
    if cuts is None:
        return
    assert apply(surface, cuts) == parts
    places = [place for place, _ in cuts]
    assert places == sorted(set(places)) and places[0] > 0 and places[-1] < len(surface)
