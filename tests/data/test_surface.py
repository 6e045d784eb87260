import unicodedata
from pathlib import Path
from typing import Literal

import conllu as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.data.conllu import Multiword, Sentence, SurfaceToken, parse, read
from lstm_viz.data.surface import tokens_of
from lstm_viz.text.token import Token

Form = Literal["NFC", "NFD"]

TREEBANKS = [
    "de_gsd-ud-dev",
    "de_gsd-ud-test",
    "en_ewt-ud-dev",
    "en_ewt-ud-train",
    "fr_gsd-ud-dev",
    "fr_gsd-ud-test",
    "ko_gsd-ud-dev",
    "vi_vtb-ud-dev",
    "vi_vtb-ud-train",
]


def row(place: object, form: str, misc: str = "_") -> str:
    return f"{place}\t{form}\t_\tX\t_\t_\t_\t_\t_\t{misc}\n"


def sentence(*rows: str, text: str | None = None) -> Sentence:
    head = "" if text is None else f"# text = {text}\n"
    (found,) = parse((head + "".join(rows)).encode()).sentences
    return found


def spans(of: Sentence) -> list[tuple[int, int]]:
    return [(token.start, token.end) for token in tokens_of(of)[1]]


CANNOT = (
    row(1, "I"),
    row("2-3", "don't", "SpaceAfter=No"),
    row(2, "do"),
    row(3, "n't", "SpaceAfter=No"),
    row("3.1", "go", "SpaceAfter=No"),
    row(4, "!", "CorrectForm=_|SpaceAfter=No|Gloss=x"),
    row(5, "Yes", "SpaceAfter=no|NoSpaceAfter=No|XSpaceAfter=No"),
)


def test_the_surface_is_the_words_and_the_multiword_tokens() -> None:
    found = sentence(*CANNOT)
    assert found.words == ("I", "do", "n't", "!", "Yes")
    assert found.surface == (
        SurfaceToken("I"),
        SurfaceToken("don't", 2, False),
        SurfaceToken("!", 1, False),
        SurfaceToken("Yes"),
    )


def test_without_a_text_it_is_joined_and_the_words_of_a_multiword_token_share_its_span() -> None:
    text, tokens = tokens_of(sentence(*CANNOT))
    assert text == "I don't!Yes"
    assert tokens == (
        Token("I", 0, 1),
        Token("do", 2, 7),
        Token("n't", 2, 7),
        Token("!", 7, 8),
        Token("Yes", 8, 11),
    )


@pytest.mark.parametrize(
    ("text", "spans_in_it"),
    {
        "I don't!Yes": [(0, 1), (2, 7), (2, 7), (7, 8), (8, 11)],
        "I  don't ! \t Yes": [(0, 1), (3, 8), (3, 8), (9, 10), (13, 16)],
        "\u00a0I\u3000don't!Yes\u00a0": [(1, 2), (3, 8), (3, 8), (8, 9), (9, 12)],
    }.items(),
)
def test_the_text_may_have_other_white_space(text: str, spans_in_it: list[tuple[int, int]]) -> None:
    found = sentence(*CANNOT, text=text)
    assert tokens_of(found)[0] == text
    assert spans(found) == spans_in_it


@pytest.mark.parametrize(
    "text", ["", "I don't Yes!", "I don't!Yes and no", "Oh I don't!Yes", "I do not!Yes", "I"]
)
def test_a_text_of_other_tokens_is_not_taken(text: str) -> None:
    assert tokens_of(sentence(*CANNOT, text=text))[0] == "I don't!Yes"


def test_a_token_may_hold_spaces_of_another_kind_than_the_text() -> None:
    found = sentence(
        row(1, "học sinh"),
        row(2, "10\u00a0000", "SpaceAfter=No"),
        row(3, "."),
        text="học\u00a0 sinh  10 000.",
    )
    assert tokens_of(found) == (
        "học\u00a0 sinh  10 000.",
        (Token("học sinh", 0, 9), Token("10\u00a0000", 11, 17), Token(".", 17, 18)),
    )


@pytest.mark.parametrize(("of_text", "of_forms"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_composed_and_decomposed_characters_are_the_same(of_text: Form, of_forms: Form) -> None:
    words = ["Tôi", "nghiệp", "한국어", "q\u0323\u0307", "é"]
    text = unicodedata.normalize(of_text, " ".join(words))
    forms = [unicodedata.normalize(of_forms, word) for word in words]
    found, tokens = tokens_of(sentence(*(row(k, form) for k, form in enumerate(forms, 1)), text=text))
    assert found == text
    assert [text[token.start : token.end] for token in tokens] == text.split(" ")
    assert [token.text for token in tokens] == forms


def test_two_tokens_never_share_a_character() -> None:
    jamo = unicodedata.normalize("NFD", "하")
    found = sentence(row(1, jamo[0], "SpaceAfter=No"), row(2, jamo[1]), text="하")
    assert tokens_of(found) == (jamo, (Token(jamo[0], 0, 1), Token(jamo[1], 1, 2)))


def test_the_text_of_a_comment_without_a_space_after_the_sign() -> None:
    (found,) = parse(f"#text =Tôi  đi\n{row(1, 'Tôi')}{row(2, 'đi')}".encode()).sentences
    assert tokens_of(found) == ("Tôi  đi", (Token("Tôi", 0, 3), Token("đi", 5, 7)))


def test_a_sentence_made_of_words_alone_is_joined_by_spaces() -> None:
    assert tokens_of(Sentence(("a", "b"), ("X", "X"))) == ("a b", (Token("a", 0, 1), Token("b", 2, 3)))
    assert Sentence(("de", "le"), ("X", "X"), None, (Multiword(0, 2, "du"),)).surface == (
        SurfaceToken("du", 2),
    )


SPACE = st.text(" \u00a0\u2009\u3000", max_size=2)
FORM = st.text("aeé\u0301\u0323 한1", min_size=1, max_size=4).map(str.strip).filter(bool)


@given(st.lists(st.tuples(FORM, SPACE, st.integers(1, 3)), min_size=1, max_size=6), st.data())
def test_every_token_is_found_where_it_was_written(
    parts: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    text, rows, expected, place = "", "", [], 1
    for form, space, words in parts:
        misc = "_" if space else "SpaceAfter=No"
        rows += row(place, form, misc) if words == 1 else row(f"{place}-{place + words - 1}", form, misc)
        rows += "".join(row(place + k, f"{form}{k}") for k in range(words if words > 1 else 0))
        expected += [(len(text), len(text) + len(form))] * words
        text += form + space
        place += words
    given_text = text.strip(" ")
    found = sentence(rows, text=given_text)
    assert tokens_of(found)[0] == given_text
    assert spans(found) == expected


@pytest.mark.parametrize("name", TREEBANKS)
def test_every_sentence_of_a_treebank_aligns_with_its_text(data: Path, name: str) -> None:
    for found in read(data / f"{name}.conllu").sentences:
        text, tokens = tokens_of(found)
        assert text == found.text
        assert tuple(token.text for token in tokens) == found.words


@pytest.mark.parametrize("name", ["de_gsd-ud-dev", "fr_gsd-ud-test"])
def test_the_surface_is_what_the_conllu_package_reads(data: Path, name: str) -> None:
    theirs = oracle.parse((data / f"{name}.conllu").read_text(encoding="utf-8"))
    for found, other in zip(read(data / f"{name}.conllu").sentences, theirs, strict=True):
        ranges = [token for token in other if isinstance(token["id"], tuple) and token["id"][1] == "-"]
        inner = {k for token in ranges for k in range(token["id"][0], token["id"][2] + 1)}
        written = [token for token in other if token in ranges or token["id"] not in inner]
        assert found.surface == tuple(
            SurfaceToken(
                token["form"],
                1 if isinstance(token["id"], int) else token["id"][2] - token["id"][0] + 1,
                (token["misc"] or {}).get("SpaceAfter") != "No",
            )
            for token in written
            if isinstance(token["id"], int) or token["id"][1] == "-"
        )
