"""What a segmenter does with text that people type."""

import unicodedata

import pytest
from hypothesis import example as such_as
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import EXPANDED, check_tokens, words

_SMILING, _THUMB = "\U0001f600", "\U0001f44d\U0001f3fd"
_CHARACTERS = (*"des \n'’.«\u0301\u200d犬。học", *_THUMB, *EXPANDED)


def test_words_of_a_multiword_token_share_its_span(french):
    tokens = french.segment("L'ami des villes.")
    assert words(tokens) == ["L'", "ami", "de", "les", "villes", "."]
    assert [token[1:] for token in tokens] == [(0, 2), (2, 5), (6, 9), (6, 9), (10, 16), (16, 17)]


def test_words_take_the_case_of_the_multiword_token(french):
    assert words(french.segment("DES villes, du lac, Du lac")) == (
        ["DE", "LES", "villes", ",", "de", "le", "lac", ",", "De", "le", "lac"]
    )


def test_a_tiny_corpus_cuts_at_spaces_and_at_marks_it_has_never_seen(tutorial):
    assert words(tutorial.segment("Everybody ate (the red apple).")) == (
        ["Everybody", "ate", "(", "the", "red", "apple", ")", "."]
    )


def test_an_unknown_mark_within_a_word_or_a_number_does_not_cut_it(tutorial):
    assert words(tutorial.segment("don't read 3.14")) == ["don't", "read", "3.14"]
    assert words(tutorial.segment("don’t read 1,000")) == ["don't", "read", "1,000"]


def test_scripts_without_spaces(japanese):
    tokens = japanese.segment("犬は本を飲む。私が水を読む。")
    assert " ".join(words(tokens)) == "犬 は 本 を 飲む 。 私 が 水 を 読む 。"


def test_a_word_that_holds_a_space_has_one_plain_space(vietnamese):
    (first, *_) = tokens = vietnamese.segment("học\n\u00a0 sinh đọc sách.")
    assert first == ("học sinh", 0, 10)
    assert words(tokens) == ["học sinh", "đọc", "sách", "."]


def test_marks_are_cut_as_people_type_them_where_the_treebank_stands_them_apart(vietnamese):
    typed, stored = 'tôi viết: "học sinh về."', 'tôi viết : " học sinh về . "'
    assert words(vietnamese.segment(typed)) == words(vietnamese.segment(stored))


def test_quotation_marks_are_given_to_the_tagger_as_the_treebank_writes_them(french):
    (token, *_) = french.segment("l’ami")
    assert token == ("l'", 0, 2)


def test_decomposed_text_is_cut_as_composed_text(french, vietnamese):
    for segmenter, text in ((french, "« L'été » des amis"), (vietnamese, "học sinh đọc sách")):
        decomposed = unicodedata.normalize("NFD", text)
        assert len(decomposed) > len(text)
        tokens = segmenter.segment(decomposed)
        assert words(tokens) == words(segmenter.segment(text))
        surfaces = [decomposed[token.start : token.end] for token in tokens]
        assert [unicodedata.normalize("NFC", surface) for surface in surfaces] == [
            text[token.start : token.end] for token in segmenter.segment(text)
        ]


def test_addresses_are_whole(french):
    text = "Voir https://exemple.fr/a?b=1,2 (ou moi.meme@exemple.fr)."
    found = words(french.segment(text))
    assert "https://exemple.fr/a?b=1,2" in found and "moi.meme@exemple.fr" in found
    assert found[-2:] == [")", "."]


def test_emoji_are_tokens_as_they_are_seen(tutorial):
    text = f"dog{_SMILING}{_SMILING} {_THUMB}the \U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea"
    assert words(tutorial.segment(text)) == (
        ["dog", _SMILING * 2, _THUMB, "the", "\U0001f1eb\U0001f1f7", "\U0001f1e9\U0001f1ea"]
    )


def test_a_mark_that_always_stands_apart_is_cut_from_letters_it_was_never_next_to(french):
    assert words(french.segment("«ami»")) == ["«", "ami", "»"]


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0", "\u200b\ufeff"])
def test_nothing_to_see_is_no_token(french, text):
    assert french.segment(text) == ()


def test_places_are_in_code_points_of_the_text_as_typed(french):
    text = f"  {_SMILING}\r\n\r\nde\u0301s  \ud800 des"
    assert [text[token.start : token.end] for token in french.segment(text)] == (
        [_SMILING, "de\u0301s", "\ud800", "des", "des"]
    )


@pytest.mark.parametrize(
    "piece",
    ["a", "des ", "«", "1.", _THUMB, "e\u0301", "\u0301\u0316", "名", "https://a.b/", "x@y.z "],
)
def test_long_text_is_cut(french, piece):
    text = piece * (100_000 // len(piece))
    assert french.segment(text)


@pytest.mark.parametrize("name", ["tutorial", "french", "japanese", "vietnamese"])
def test_any_text_is_cut_into_tokens_in_order(request, name):
    segmenter = request.getfixturevalue(name)

    @settings(deadline=None, max_examples=60)
    @given(st.text(st.characters() | st.sampled_from(_CHARACTERS)))
    @such_as("\u0958\u0958")  # one character that becomes two
    @such_as("\u1100\u1161\u11a8")  # three that become one
    @such_as("\u0301a")
    @such_as("a" + "".join(EXPANDED) * 2)
    def cut(text):
        tokens = segmenter.segment(text)
        check_tokens(tokens, text, segmenter.model)
        covered = {place for token in tokens for place in range(token.start, token.end)}
        assert all(place in covered for place, character in enumerate(text) if character.isalnum())

    cut()
