import random
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text import alignment
from lstm_viz.text.alignment import pairs, places

sentences = st.lists(st.sampled_from(list("abcdef")), max_size=12)


@given(old=sentences, new=sentences, most=st.sampled_from([50_000, 20, 0]))
def test_every_word_of_both_is_there_once_and_in_order(old, new, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "_MOST_LIKE", most)
        found = list(pairs(old, new))
        assert [a for a, _ in found if a is not None] == list(range(len(old)))
        assert [b for _, b in found if b is not None] == list(range(len(new)))
        assert (None, None) not in found
        assert [places(old, new)[a] for a, _ in found if a is not None] == [
            b for a, b in found if a is not None
        ]


@given(old=sentences, start=sentences, end=sentences)
def test_no_word_is_lost_when_others_are_typed_around_them(old, start, end):
    found = places(old, start + old + end)
    assert [(start + old + end)[place] for place in found] == old


@given(sentence=sentences)
def test_a_sentence_is_found_in_itself(sentence):
    assert places(sentence, sentence) == tuple(range(len(sentence)))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("the dog ate", "the dog ate it", (0, 1, 2)),  # typing on
        ("the dog ate", "now the big dog ate", (1, 3, 4)),  # inserting before
        ("the dog ate", "the ate", (0, None, 1)),  # deleting a word
        ("the dog ate", "the cat ate", (0, 1, 2)),  # typing over it
        ("the dog ate", "the ca ate it", (0, 1, 2)),
        ("the big dog ate", "the cat ate", (0, 1, None, 2)),  # one word over two
        ("the dog", "the cat and the dog", (3, 4)),
        ("the dog", "", (None, None)),
        ("", "the dog", ()),
    ],
)
def test_words_are_found_again(old, new, found):
    assert places(old.split(), new.split()) == found


def test_of_long_sentences_of_few_words_few_pairs_are_compared(monkeypatch):
    compared = []

    def counting(junk, old, new, **options):
        compared.append(alignment._likes(old, new))
        return SequenceMatcher(junk, old, new, **options)

    monkeypatch.setattr(alignment, "SequenceMatcher", counting)
    chosen = random.Random(0)
    old = [chosen.choice("ab") for _ in range(1000)]
    new = [*old[:700], "c", *old[701:], "d"]
    found = places(old, new)
    assert found[:700] == tuple(range(700)) and found[700] == 700
    other = places(["a"] * 1000, ["b", *["a"] * 900, "c"])
    assert other[0] == 0 and other[-1] is None
    assert sum(compared) <= alignment._MOST_LIKE < alignment._likes(old, new)
