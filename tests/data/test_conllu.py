from dataclasses import FrozenInstanceError
from pathlib import Path

import conllu as oracle
import pytest

from lstm_viz.data.conllu import ConlluError, Malformed, Multiword, Sentence, parse, read

WORD = "{}\t{}\t_\t{}\t_\t_\t_\t_\t_\t_"


def lines(*rows: str, end: str = "\n") -> bytes:
    return "".join(row + end for row in rows).encode()


def word(place: object, text: str, tag: str = "NOUN") -> str:
    return WORD.format(place, text, tag)


PLAIN = (
    "# sent_id = 1",
    "# text = I don't",
    word(1, "I", "PRON"),
    word("2-3", "don't", "_"),
    word(2, "do", "AUX"),
    word(3, "n't", "PART"),
    word("3.1", "go", "VERB"),
    "",
    word(1, "Yes", "INTJ"),
    "",
)
SENTENCES = (
    Sentence(("I", "do", "n't"), ("PRON", "AUX", "PART"), "I don't", (Multiword(1, 2, "don't"),)),
    Sentence(("Yes",), ("INTJ",)),
)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_words_and_tags_without_multiword_tokens_and_empty_nodes(start: bytes, end: str) -> None:
    assert parse(start + lines(*PLAIN, end=end)).sentences == SENTENCES


def test_the_last_sentence_needs_no_blank_line() -> None:
    assert parse(lines(*PLAIN[:-1])[:-1]).sentences == SENTENCES


def test_blank_lines_and_comments_alone_are_no_sentence() -> None:
    assert parse(lines("", "# a", "", " ", "", *PLAIN, "# text = end")).sentences == SENTENCES
    assert parse(b"").sentences == ()


def test_a_text_belongs_to_its_own_sentence_only() -> None:
    assert parse(lines("# text = a = b", word(1, "a"), "", word(1, "c"))).sentences == (
        Sentence(("a",), ("NOUN",), "a = b"),
        Sentence(("c",), ("NOUN",), None),
    )


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c", "\u00a0", " "])
def test_a_word_may_hold_what_python_takes_for_the_end_of_a_line(separator: str) -> None:
    assert parse(lines(word(1, f"a{separator}b"))).sentences[0].words == (f"a{separator}b",)


BAD = {
    "two": "2\tb",
    "spaces": word(2, "b").replace("\t", " "),
    "eleven": word(2, "b") + "\tx",
    "no word": word(2, ""),
    "no tag": word(2, "b", ""),
    "no number": word("x", "b"),
    "other digits": word("²", "b"),
    "half a range": word("2-", "b"),
    "tabs": "\t" * 9,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_malformed_line_is_refused_with_its_number(bad: str) -> None:
    with pytest.raises(ConlluError, match=r"^line 3: ") as refused:
        parse(lines("# x", word(1, "a"), bad, word(3, "c")))
    assert refused.value.problem.line == 3


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_malformed_line_is_skipped_and_reported(bad: str) -> None:
    treebank = parse(lines("# x", word(1, "a"), bad, word(3, "c"), "", word(1, "d")), malformed="skip")
    assert [sentence.words for sentence in treebank.sentences] == [("a", "c"), ("d",)]
    assert [problem.line for problem in treebank.problems] == [3]
    assert str(treebank.problems[0].reason)


@pytest.mark.parametrize("malformed", ["refuse", "skip"])
def test_another_encoding_is_refused_with_the_line(malformed: Malformed) -> None:
    latin = lines(word(1, "a")) + word(2, "é").encode("latin-1")
    with pytest.raises(ConlluError, match=r"^line 2: not UTF-8"):
        parse(latin, malformed)
    with pytest.raises(ConlluError, match=r"^line 1: .*UTF-16"):
        parse(word(1, "a").encode("utf-16"), malformed)


def test_a_file_is_read_and_a_missing_one_is_an_oserror(tmp_path: Path) -> None:
    path = tmp_path / "small.conllu"
    path.write_bytes(lines(*PLAIN))
    assert read(path).sentences == SENTENCES
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.conllu")


def test_a_sentence_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        SENTENCES[0].words = ()  # type: ignore[misc]


@pytest.mark.parametrize("name", ["en_ewt-ud-dev", "ko_gsd-ud-dev"])
def test_it_reads_what_the_conllu_package_reads(data: Path, name: str) -> None:
    path = data / f"{name}.conllu"
    theirs = oracle.parse(path.read_text(encoding="utf-8"))
    ours = read(path)
    assert ours.problems == ()
    assert len(ours.sentences) == len(theirs) > 900
    for sentence, other in zip(ours.sentences, theirs, strict=True):
        words = other.filter(id=lambda place: isinstance(place, int))
        assert sentence.words == tuple(token["form"] for token in words)
        assert sentence.tags == tuple(token["upos"] for token in words)
        assert sentence.text == other.metadata["text"]


def test_the_english_training_set_is_read_whole(data: Path) -> None:
    sentences = read(data / "en_ewt-ud-train.conllu").sentences
    assert (len(sentences), sum(len(sentence.words) for sentence in sentences)) == (12_544, 204_577)
