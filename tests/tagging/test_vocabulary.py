import subprocess
import sys

import pytest

from lstm_viz.tagging.vocabulary import Vocabulary


def test_what_is_not_in_it_has_one_index_of_its_own() -> None:
    vocabulary = Vocabulary(("a", "b"))
    assert vocabulary.indices(["b", "x", "a", "\ud800", ""]) == [1, 2, 0, 2, 2]
    assert vocabulary.unknown == len(vocabulary) == 2
    assert "a" in vocabulary
    assert "x" not in vocabulary


def test_the_frequent_ones_in_order_of_appearance() -> None:
    assert Vocabulary.of("abracadabra").items == ("a", "b", "r", "c", "d")
    assert Vocabulary.of("abracadabra", min_count=2).items == ("a", "b", "r")


def test_an_item_stands_there_once() -> None:
    with pytest.raises(ValueError, match="“a” is in the vocabulary twice"):
        Vocabulary(("b", "a", "a"))


def test_it_is_frozen_and_equal_by_its_items() -> None:
    vocabulary = Vocabulary(("a",))
    assert vocabulary == Vocabulary(("a",)) != Vocabulary(("b",))
    assert hash(vocabulary) == hash(Vocabulary(("a",)))
    with pytest.raises(AttributeError):
        vocabulary.items = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        vocabulary._indices["b"] = 1  # type: ignore[index]


def test_words_need_no_torch() -> None:
    modules = "lstm_viz.text.tokens, lstm_viz.data.conllu, lstm_viz.tagging.vocabulary"
    code = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
