import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import (
    TokenizedText,
    is_whole,
    plain,
    retokenized,
    spaced,
    tokenized_text_of,
    with_fixed,
    with_text,
)
from lstm_viz.text.tokens import tokenize

DU_PAIN = TokenizedText("du pain cannot", (Token("de", 0, 2), Token("le", 0, 2)))


def _texts(tokens):
    return [token.text for token in tokens]


def _read(tokenized):
    return _texts(with_fixed(tokenize(tokenized.text), tokenized))


def test_fixed_words_take_the_place_of_the_segmenters():
    assert _read(DU_PAIN) == ["de", "le", "pain", "can", "not"]
    assert _read(retokenized(TokenizedText("cannot go"), 0, 6, ["cannot"])) == ["cannot", "go"]
    assert _read(retokenized(TokenizedText("in New York now"), 3, 11, ["New York"])) == [
        "in",
        "New York",
        "now",
    ]


def test_what_a_fixed_word_leaves_of_a_token_is_a_word():
    assert _read(retokenized(TokenizedText("abcdef"), 2, 4, ["cd"])) == ["ab", "cd", "ef"]
    multiword = (Token("de", 0, 3), Token("le", 0, 3))
    assert _texts(with_fixed(multiword, retokenized(TokenizedText("duX"), 2, 3, ["X"]))) == ["du", "X"]


def test_words_that_spell_the_surface_stand_at_their_letters():
    tokenized = retokenized(TokenizedText("i cannot"), 2, 8, ["can", "not"])
    assert tokenized.tokens == (Token("can", 2, 5), Token("not", 5, 8))
    assert retokenized(TokenizedText("du"), 0, 2, ["de", "le"]).tokens == (
        Token("de", 0, 2),
        Token("le", 0, 2),
    )
    assert retokenized(tokenized, 2, 8, ["cannot"]).tokens == (Token("cannot", 2, 8),)


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        ("du pains cannot", ["de", "le", "cannot"]),
        ("dus pain cannot", ["pain", "cannot"]),
        ("et du pain cannot", ["de", "le", "pain", "cannot"]),
        ("etdu pain cannot", ["pain", "cannot"]),
        ("du pain cannot.", ["de", "le", "pain"]),
        ("du pain cannot go", ["de", "le", "pain", "cannot"]),
        ("dupain cannot", ["cannot"]),
        ("", []),
    ],
)
def test_an_edit_frees_the_words_that_it_touches(new, kept):
    tokenized = retokenized(retokenized(DU_PAIN, 3, 7, ["pain"]), 8, 14, ["cannot"])
    assert _texts(with_text(tokenized, new).tokens) == kept


def test_true_tags_go_with_the_first_edit():
    tokenized = spaced(["it", "ate"], ["PRON", "VERB"])
    assert with_text(tokenized, "it ate") is tokenized
    assert with_text(tokenized, "it ate .") == TokenizedText("it ate .", tokenized.tokens)


def test_a_sentence_of_a_corpus_is_wholly_fixed():
    words = ["New York", "is", "_", "big"]
    assert is_whole(spaced(words)) and _read(spaced(words)) == words
    assert is_whole(TokenizedText("  ")) and not is_whole(DU_PAIN)
    assert tokenized_text_of("b", (TokenizedText("a"), TokenizedText("b", (Token("x", 0, 1),)))).tokens
    assert tokenized_text_of("c", ()) == TokenizedText("c")


@pytest.mark.parametrize(
    "tokens",
    [
        [["a", 0, 4]],
        [["a", 1, 1]],
        [["a", -1, 1]],
        [["a", 1, 2], ["b", 0, 1]],
        [["a", 0, 2], ["b", 1, 3]],
        [["", 0, 1]],
    ],
)
def test_places_outside_of_the_text_and_empty_words_are_refused_when_decoded(tokens):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"text": "abc", "tokens": tokens}, TokenizedText)


_TEXT = st.text("ab d'.", max_size=12)


@given(_TEXT, _TEXT, st.data())
def test_after_any_edit_the_words_are_in_the_text_and_in_order(text, new, data):
    tokenized = TokenizedText(text)
    for _ in range(data.draw(st.integers(0, 3))):
        tokens = with_fixed(tokenize(text), tokenized)
        if tokens:
            chosen = data.draw(st.sampled_from(tokens))
            words = data.draw(st.sampled_from([[chosen.text], ["x", "y"], ["x"]]))
            tokenized = retokenized(tokenized, chosen.start, chosen.end, words)
    moved = with_text(tokenized, new)  # the constructor checks places and order
    assert moved.text == new
    tokens = with_fixed(tokenize(new), moved)
    TokenizedText(new, tokens)
    assert set(moved.tokens) <= set(tokens)
    assert {k for t in tokens for k in range(t.start, t.end)} >= {k for k, c in enumerate(new) if c.strip()}


@given(_TEXT, _TEXT)
def test_words_far_from_the_edit_stay(before, middle):
    tokenized = retokenized(TokenizedText(f"qq {before} zz"), 0, 2, ["q", "u"])
    tokenized = retokenized(tokenized, len(tokenized.text) - 2, len(tokenized.text), ["z", "v"])
    assert {"q", "u", "z", "v"} <= set(_texts(with_text(tokenized, f"qq {middle} zz").tokens))


@pytest.mark.parametrize("mark", ["", "\u0301"])
def test_fixing_a_long_word_takes_time_in_proportion_to_it(
    monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    looked_at, text = [], f"a{mark}" * 3000
    monkeypatch.setattr(
        "lstm_viz.text.tokenized_text.plain", lambda part: looked_at.append(len(part)) or plain(part)
    )
    for words in (["x", "y"], [plain(text[:2000]), plain(text[2000:])], [plain(text)[:-1] + "x", "y"]):
        tokenized = retokenized(TokenizedText(text), 0, len(text), words)
        assert [token.text for token in tokenized.tokens] == words
    assert sum(looked_at) < 20 * len(text)


def test_a_word_is_found_where_its_letters_are_decomposed() -> None:
    text = "cafe\u0301s noirs"
    tokenized = retokenized(TokenizedText(text), 0, 6, ["caf\u00e9", "s"])
    assert [(token.start, token.end) for token in tokenized.tokens] == [(0, 5), (5, 6)]
