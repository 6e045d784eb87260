"""What a segmenter is learnt from, and what learning leaves alone."""

import subprocess
import sys
import unicodedata

import numpy as np
import pytest
import torch

from lstm_viz.segmentation import Segmenter, learning, samples
from lstm_viz.segmentation.characters import PADDING, text_of
from lstm_viz.segmentation.learning import learn
from lstm_viz.segmentation.model import FIRST_EDIT
from lstm_viz.text.token import Token

from .conftest import EXPANDED, FRENCH, JAPANESE, TUTORIAL, VIETNAMESE, check_tokens, example, words


@pytest.mark.parametrize(
    "examples",
    [
        (),
        [("", ())],
        [("a text", ())],
        [("", (Token("a", 0, 1),))],
        [("short", (Token("a", 10, 12),))],
        [("a b", (Token("b", 2, 3), Token("a", 0, 1)))],
        [("a", (Token("", 0, 0),))],
    ],
)
def test_nothing_is_learnt_from_nothing(examples):
    assert learn(examples) is None


def test_examples_that_do_not_fit_are_left_out():
    segmenter = learn([*TUTORIAL, ("broken", (Token("x", 3, 90),))])
    assert words(segmenter.segment("the dog")) == ["the", "dog"]


@pytest.mark.parametrize("corpus", [["Hello"], ["Hello", "World", "again", "Hello"], ["a b"]])
def test_where_nothing_tells_spaces_and_marks_cut(corpus):
    segmenter = Segmenter.from_bytes(learn([*map(example, corpus)]).to_bytes())
    assert words(segmenter.segment("Hello, HelloWorld 3.5 犬!")) == (
        ["Hello", ",", "HelloWorld", "3.5", "犬", "!"]
    )


@pytest.mark.parametrize("corpus", [TUTORIAL, FRENCH, JAPANESE, VIETNAMESE])
def test_the_same_seed_learns_the_same(corpus):
    assert learn(corpus, seed=3).to_bytes() == learn(corpus, seed=3).to_bytes()


def test_random_numbers_of_others_are_left_alone():
    torch.manual_seed(1), np.random.seed(1)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    learn(FRENCH)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()


def test_progress_rises_to_one():
    told = []
    learn(FRENCH, progress=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 3


def test_of_much_text_a_part_is_read(monkeypatch):
    monkeypatch.setattr(learning, "_MOST_CHARACTERS", 200)
    read = []
    monkeypatch.setattr(learning.samples, "align", lambda text, tokens: read.append(text))
    learn(FRENCH * 100)
    assert 100 < sum(map(len, read)) <= 200


def test_with_copies_of_it_a_part_is_read_too(monkeypatch):
    """As many characters with glued copies as of a treebank that needs none."""
    monkeypatch.setattr(learning, "_MOST_CHARACTERS", 400)
    read = []
    encode = learning.encode
    monkeypatch.setattr(learning, "encode", lambda codes, marks: read.append(codes) or encode(codes, marks))
    assert learn(VIETNAMESE * 20)
    assert 200 < np.count_nonzero(read[-1] < PADDING) <= 400


def test_a_letter_that_is_two_words():
    segmenter = learn([example("vou à=a+a casa"), example("fui à=a+a praia"), example("À=A+a noite e o mar")])
    assert words(segmenter.segment("À praia, à casa e o mar")) == (
        ["A", "a", "praia", ",", "a", "a", "casa", "e", "o", "mar"]
    )


@pytest.mark.parametrize("parts", [("x" * 1000, "y"), ("x", ""), ("x",) * 100, ("\ud800", "x"), ("", "")])
@pytest.mark.parametrize("surface", ["à", "des"])
def test_strange_multiword_tokens_can_be_learnt_and_stored(surface, parts):
    one = (
        surface + " b",
        (*(Token(part, 0, len(surface)) for part in parts), Token("b", len(surface) + 1, len(surface) + 2)),
    )
    segmenter = learn([one, one, *TUTORIAL])
    again = Segmenter.from_bytes(segmenter.to_bytes())
    assert words(again.segment("the b")) == ["the", "b"]


@pytest.mark.parametrize("character", EXPANDED)
def test_no_label_cuts_a_typed_character(character):
    folded = unicodedata.normalize("NFC", f"k{character}b")
    one = example(f"the k{character}b={folded[:2]}+{folded[2:]} {character}{character} ate")
    aligned = samples.align(*one)
    edits = samples.common_edits([aligned, aligned])
    labels = samples.sample(aligned, {edit: number for number, edit in enumerate(edits, FIRST_EDIT)}).labels
    assert aligned.folded.inner.sum() >= 3
    assert not labels[aligned.folded.inner].any()
    segmenter = learn([one] * 3)
    check_tokens(segmenter.segment(one[0]), one[0], segmenter.model)


def test_quotation_marks_that_the_treebank_writes_stay():
    segmenter = learn(
        [example("„~ Ja~ “ sagt er"), example("„~ Nein~ “ sagt sie"), example("er sagt „~ Ja~ “")]
    )
    assert words(segmenter.segment("„Nein“ ‘Ja’")) == ["„", "Nein", "“", "'", "Ja", "'"]


def test_quotation_marks_that_the_treebank_hardly_writes_are_given_as_the_usual_ones():
    usual, rare = example("do~ n't go"), example("do~ n’t go")
    segmenter = learn([usual] * 40 + [rare] * 3)
    assert words(segmenter.segment("don’t")) == ["do", "n't"]


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ('Well , he said : " no ! "', 'Well, he said: "no!"'),
        ("( a ) [ b ]", "(a) [b]"),
        ('a " b " , c " d " .', 'a "b", c "d".'),
        ("do n't , it 's l' eau", "don't, it's l'eau"),
        ("a - b / c", "a - b / c"),
        ("a « b » c", "a «b» c"),
    ],
)
def test_text_is_glued_as_people_type_it(stored, typed):
    aligned = samples.align(*example(stored))
    glued = samples.glued(samples.sample(aligned, {}))
    assert text_of(glued.codes) == typed
    begins = np.flatnonzero(glued.labels)
    assert len(begins) == len(stored.split())


def test_running_a_segmenter_takes_no_torch():
    program = (
        "import sys; from lstm_viz.segmentation import Segmenter, SegmenterError\n"
        "from lstm_viz.segmentation.learning import learn; from lstm_viz.text.token import Token\n"
        "print(Segmenter.from_bytes(learn([('a b', [Token('a', 0, 1), Token('b', 2, 3)])]).to_bytes())"
        ".segment('a')[0].text, *{'torch', 'PySide6'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["a"]
