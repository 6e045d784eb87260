"""What is typed for a model, by what its notes say."""

import pytest

from lstm_viz.opening.inputs import TypedInput, WordError
from lstm_viz.opening.label_files import labels_of
from lstm_viz.opening.notes import ModelNotes, column_kind


def _typed(vocabulary=(), rows=9, width=2, **notes):
    rows = len(vocabulary) or rows
    return TypedInput(ModelNotes(embedding="e", vocabulary=vocabulary, **notes), rows, width)


def test_words_stand_for_rows_and_others_are_left_out():
    typed = _typed(("<pad>", "the", "", "dog"))
    found = typed.split("the cat dog cat")
    assert (found.columns, found.values) == (("the", "dog"), (1, 3))
    assert [why.parameters["word"] for why in found.skipped] == ["cat"]
    assert typed.kind == "words" and typed.home == "the dog" and typed.hint is None
    assert typed.knows("the") and not typed.knows("cat")
    assert len(typed.split(" ".join(map(str, range(1000)))).skipped) == 10


def test_an_unknown_word_is_the_row_for_unknown_words():
    assert _typed(("<unk>", "the"), unknown="<unk>").split("the cat").values == (1, 0)


def test_characters_are_columns_with_the_spaces_between_them():
    typed = _typed(tuple("abc "), columns="characters")
    assert typed.split("a cab!").values == (0, 3, 2, 0, 1) and typed.home == "abc "


def test_token_numbers_are_typed_without_a_vocabulary():
    typed = _typed(rows=3)
    assert typed.split("0 2 3 x").values == (0, 2) and typed.home == "0 1 2 0 1"
    assert str(typed.hint).startswith("Type token numbers, 0 to 2")


@pytest.mark.parametrize(
    ("text", "values"),
    [("1 -2e1", ((1.0, 1.0), (-20.0, -20.0))), ("1,2 3,4,5 inf 1,", ((1.0, 2.0),))],
)
def test_vectors_are_numbers_with_commas_or_one_for_all(text, values):
    typed = TypedInput(ModelNotes(), 0, 2)
    assert typed.split(text).values == values and typed.kind == "vectors"
    assert not typed.split(typed.home).skipped and "2 numbers" in str(typed.hint)


def test_the_reason_names_the_word():
    with pytest.raises(WordError, match="0 to 8") as error:
        _typed().value("²")
    assert error.value.word == "²"


@pytest.mark.parametrize(
    ("vocabulary", "kind"),
    [
        ((), "words"),
        (("a", "b", "<pad>"), "characters"),
        (("a", "bc"), "words"),
        (("[UNK]", " "), "characters"),
    ],
)
def test_a_vocabulary_of_single_characters_is_of_characters(vocabulary, kind):
    assert column_kind(vocabulary) == kind


@pytest.mark.parametrize(
    ("data", "labels"),
    [
        (b"the\ndog\r\n\ncat\n\n", ("the", "dog", "", "cat")),
        ("\ufeffthe\t12\ndog\t3".encode(), ("the", "dog")),
        (b'["the", "dog"]', ("the", "dog")),
        (b'{"dog": 1, "the": 0, "x": 2}', ("the", "dog", "x")),
        (b'{"tags": {"N": 0, "V": 1}, "words": {"a": 0, "b": 1, "c": 3}}', ("a", "b", "", "c")),
        (b"\xff\xfe", ()),
        (b"", ()),
    ],
)
def test_a_vocabulary_is_read_from_a_text_or_from_json(data, labels):
    assert labels_of(data) == labels
