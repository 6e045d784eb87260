from collections import defaultdict
from pathlib import Path

import conllu as oracle
import pytest

from lstm_viz.data.conllu import Sentence, read
from lstm_viz.resources import resource
from lstm_viz.text.tokens import tokenize

UPOS = frozenset(
    {"ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT"}
    | {"SCONJ", "SYM", "VERB", "X"}
)
BE = frozenset({"am", "are", "be", "been", "is", "was", "were", "'m", "'re", "'s"})
ALWAYS = {"n't": "PART", "not": "PART", "the": "DET", "a": "DET", "an": "DET", "my": "PRON", "and": "CCONJ"}


def path(name: str) -> Path:
    return resource("corpora", f"{name}.conllu")


def sentences(name: str) -> tuple[Sentence, ...]:
    return read(path(name)).sentences


def lowered(part: tuple[Sentence, ...]) -> list[tuple[str, ...]]:
    return [tuple(word.lower() for word in sentence.words) for sentence in part]


def readings(part: tuple[Sentence, ...]) -> dict[str, set[str]]:
    """Return the tags of each word, lower-cased."""
    tags: dict[str, set[str]] = defaultdict(set)
    for sentence in part:
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            tags[word.lower()].add(tag)
    return dict(tags)


@pytest.fixture(scope="module")
def train() -> tuple[Sentence, ...]:
    return sentences("small-train")


@pytest.fixture(scope="module")
def dev() -> tuple[Sentence, ...]:
    return sentences("small-dev")


def test_each_part_has_short_sentences_enough(train, dev) -> None:
    assert len(train) >= 360
    assert len(dev) >= 60
    lengths = [len(sentence.words) for sentence in train + dev]
    assert min(lengths) >= 3
    assert max(lengths) <= 12
    assert 6 <= sum(lengths) / len(lengths) <= 8


def test_the_tags_are_upos(train, dev) -> None:
    tags = {tag for part in (train, dev) for sentence in part for tag in sentence.tags}
    assert tags == UPOS - {"SYM", "X"}


def test_no_sentence_is_there_twice(train, dev) -> None:
    assert len(set(lowered(train))) == len(train)
    assert len(set(lowered(dev))) == len(dev)
    assert not set(lowered(train)) & set(lowered(dev))


def test_a_person_who_types_the_text_gets_the_same_words(train, dev) -> None:
    for sentence in train + dev:
        assert sentence.text is not None
        assert tuple(token.text for token in tokenize(sentence.text)) == sentence.words


def test_train_knows_the_words_of_dev_with_the_tags_that_dev_gives_them(train, dev) -> None:
    known = readings(train)
    words = [word for sentence in lowered(dev) for word in sentence]
    assert sum(word in known for word in words) >= 0.9 * len(words)
    assert sum(word in known for word in set(words)) >= 0.9 * len(set(words))
    assert {word: tags for word, tags in readings(dev).items() if not tags <= known.get(word, tags)} == {}


def test_many_words_must_be_read_in_context(train, dev) -> None:
    both = readings(train)
    assert sum(len(tags) >= 2 for tags in both.values()) >= 30
    assert both["park"] == {"NOUN", "VERB"}
    assert both["to"] == {"ADP", "PART"}
    assert both["that"] == {"DET", "PRON", "SCONJ"}
    assert both["before"] == {"ADP", "ADV", "SCONJ"}
    ambiguous = [len(both.get(word, ())) >= 2 for sentence in lowered(dev) for word in sentence]
    assert sum(ambiguous) >= 0.25 * len(ambiguous)


def test_the_tags_keep_to_their_conventions(train, dev) -> None:
    tags = readings(train + dev)
    assert {word: tags[word] for word in ALWAYS} == {word: {tag} for word, tag in ALWAYS.items()}
    for sentence in train + dev:
        pairs = [(word.lower(), tag) for word, tag in zip(sentence.words, sentence.tags, strict=True)]
        assert ("there", "PRON") in pairs or not any(word in BE and tag == "VERB" for word, tag in pairs)
        assert all((tag == "PUNCT") == (word in '.,!?"') for word, tag in pairs)


@pytest.mark.parametrize("name", ["small-train", "small-dev", "tutorial"])
def test_the_file_is_conllu_to_the_letter(name: str) -> None:
    text = path(name).read_bytes().decode("utf-8")
    assert text.endswith("\n\n") and "\n\n\n" not in text and "\r" not in text
    for number, sentence in enumerate(oracle.parse(text), 1):
        assert sentence.metadata["sent_id"] == f"{name}-{number}"
        assert [token["id"] for token in sentence] == list(range(1, len(sentence) + 1))
        joined = "".join(
            token["form"] + ("" if (token["misc"] or {}).get("SpaceAfter") == "No" else " ")
            for token in sentence
        )
        assert joined.rstrip(" ") == sentence.metadata["text"]


def test_the_tutorial_has_its_two_sentences_and_its_own_tags() -> None:
    assert sentences("tutorial") == (
        Sentence(
            ("The", "dog", "ate", "the", "apple"), ("DET", "NN", "V", "DET", "NN"), "The dog ate the apple"
        ),
        Sentence(("Everybody", "read", "that", "book"), ("NN", "V", "DET", "NN"), "Everybody read that book"),
    )


def test_a_readme_says_whose_they_are() -> None:
    text = resource("corpora", "README").read_text(encoding="utf-8")
    assert "LSTM Viz project" in text and "MIT" in text
