import numpy as np
import pytest
from msgspec.structs import replace

from lstm_viz.engine.edit_resolution import MOST_EDITS, MOST_SWAPS
from lstm_viz.messages import ReadQuery, ResolvedEdit, SetValue, SwapState
from tests.engine.untrained import TEXT, WORDS, Untrained, set_


@pytest.fixture(scope="module")
def reader():
    return Untrained()


@pytest.mark.parametrize(
    ("text", "one", "on", "upto", "between"),
    [
        (TEXT, (2, 2), (2, 4), (0, 2), (1, 3)),
        (TEXT + " and it", (2, 2), (2, 6), (0, 2), (1, 3)),
        ("Now " + TEXT, (3, 3), (3, 5), (0, 3), (2, 4)),
        ("The dog quickly ate that apple", (3, 3), (3, 5), (0, 3), (1, 4)),
        ("The dog bit that apple", (2, 2), (2, 4), (0, 2), (1, 3)),  # typed over
        ("The dog that apple", None, None, None, (1, 2)),  # deleted
        ("The ate that apple", (1, 1), (1, 3), (0, 1), (1, 2)),  # one end of the range is deleted
        ("The dog ate apple", (2, 2), (2, 3), (0, 2), (1, 2)),  # the other
        ("The ate apple", (1, 1), (1, 2), (0, 1), None),  # both
        ("", None, None, None, None),
    ],
)
def test_where_edits_hold_while_the_sentence_is_typed(reader, text, one, on, upto, between):
    edits = (
        set_("f", 0.0, 1, 2, 2),
        set_("f", 0.0, 1, 2),
        set_("f", 0.0, 1, None, 2),
        set_("f", 0.0, 1, 1, 3),
    )
    resolved_edits = reader.read(ReadQuery("LSTM", text, edits=edits), 1).resolved_edits
    expected = tuple(
        ResolvedEdit(unresolved="word") if there is None else ResolvedEdit(*there)
        for there in (one, on, upto, between)
    )
    assert resolved_edits == expected
    swap = reader.read(ReadQuery("LSTM", text, edits=(SwapState(2, "it", 0, WORDS),)), 2).resolved_edits
    assert swap == (replace(expected[0], others=("it",), other=0),)


def test_a_word_that_is_typed_again_has_its_edit_again(reader):
    edits = (set_("c", 1.0, 1, 2, 2),)
    whole = reader.read(ReadQuery("LSTM", TEXT, edits=edits), 1)
    without = reader.read(ReadQuery("LSTM", "The dog that apple", edits=edits), 2)
    again = reader.read(ReadQuery("LSTM", TEXT, edits=edits), 3)
    assert without.resolved_edits[0].unresolved == "word" and without.unedited is None
    np.testing.assert_allclose(again.scores, whole.scores, atol=1e-6)


def test_without_a_sentence_of_its_own_an_edit_counts_the_words(reader):
    edits = (SetValue("f", 0.0, 1, 1, 3), SetValue("f", 0.0, 1, 9, 9), SwapState(1, "it", 0))
    assert reader.read(ReadQuery("LSTM", TEXT, edits=edits), 1).resolved_edits == (
        ResolvedEdit(1, 3),
        ResolvedEdit(unresolved="word"),
        ResolvedEdit(1, 1, others=("it",), other=0),
    )


@pytest.mark.parametrize(
    ("edit", "unresolved"),
    [
        (set_("f", 0.5, on=False), "off"),
        (SwapState(1, "it", 0, WORDS, on=False), "off"),
        (set_("f", 0.5, 1, 5, 5), "word"),
        (set_("f", 0.5, 1, 3, 1), "word"),
        (set_("f", 0.5, 1, 1, 2, words=("cat",)), "word"),
        (SwapState(7, "it", 0, WORDS), "word"),
        (set_("f", 0.5, 4), "unit"),
        (set_("f", 0.5, -1), "unit"),
        (set_("z", 0.5), "quantity"),
        (set_("if", 0.5), "quantity"),
        (set_("", 0.5), "quantity"),
        (set_("f", 0.5, layer=1), "layer"),
        (set_("f", 0.5, layer=2**31 - 1), "layer"),
        (set_("f", 0.5, direction=1), "layer"),
        (set_("f", float("nan")), "value"),
        (set_("c", float("inf")), "value"),
        (set_("c", 10**400), "value"),
        (set_("f", 1.001), "value"),
        (set_("o", -0.001), "value"),
        (set_("g", -1.5), "value"),
        (set_("h", 1.5), "value"),
        (SwapState(1, "", 0, WORDS), "sentence"),
        (SwapState(1, "it ate", 2, WORDS), "sentence"),
        (SwapState(1, "it ate", -1, WORDS), "sentence"),
    ],
)
def test_an_edit_that_cannot_hold_says_why_and_changes_nothing(reader, edit, unresolved):
    plain = reader.read(ReadQuery("LSTM", TEXT), 1)
    reading = reader.read(ReadQuery("LSTM", TEXT, edits=(edit,)), 2)
    assert [resolved_edits.unresolved for resolved_edits in reading.resolved_edits] == [unresolved]
    assert reading.unedited is None
    np.testing.assert_array_equal(reading.scores, plain.scores)
    assert reading.view.max_error == plain.view.max_error
    beside = reader.read(ReadQuery("LSTM", TEXT, edits=(edit, set_("f", 0.5))), 3)
    assert [resolved_edits.unresolved for resolved_edits in beside.resolved_edits] == [
        unresolved,
        "",
    ] and beside.unedited is not None


@pytest.mark.parametrize(("model", "quantity"), [("RNN", "c"), ("GRU", "c"), ("RNN", "f"), ("LSTM", "n")])
def test_a_net_has_not_every_quantity(reader, model, quantity):
    reading = reader.read(ReadQuery(model, TEXT, edits=(set_(quantity, 0.0),)), 1)
    assert reading.resolved_edits[0].unresolved == "quantity"


def test_nothing_is_read_of_no_words(reader):
    reading = reader.read(ReadQuery("LSTM", " ", edits=(set_("f", 0.5), SwapState(0, "it", 0))), 1)
    assert reading.view is None and reading.unedited is None
    assert [resolved_edits.unresolved for resolved_edits in reading.resolved_edits] == ["word", "word"]


def test_of_very_many_edits_the_last_are_looked_at(reader):
    many = tuple(SetValue("f", 0.5, k % 4, 0, 0) for k in range(10_000))
    resolved_edits = reader.read(ReadQuery("LSTM", TEXT, edits=many), 1).resolved_edits
    assert [one.unresolved for one in resolved_edits].count("") == MOST_EDITS
    assert not any(one.unresolved for one in resolved_edits[-MOST_EDITS:])
    swaps = tuple(SwapState(1, f"it {k}", 1) for k in range(100))
    resolved_edits = reader.read(ReadQuery("LSTM", TEXT, edits=(*swaps, set_("f", 0.0))), 2).resolved_edits
    assert [one.unresolved for one in resolved_edits] == ["off"] * (100 - MOST_SWAPS) + [""] * (
        MOST_SWAPS + 1
    )


def test_long_sentences_behind_an_edit_are_looked_through(reader):
    chosen = tuple(f"w{k % 7}" for k in range(1000))
    text = " ".join(["Now", *chosen[:-1]])
    edits = (SetValue("f", 0.5, 1, 3, 3, words=chosen), SwapState(999, text, 999, chosen))
    reading = reader.read(ReadQuery("LSTM", text, edits=edits), 1)
    assert [resolved_edits.unresolved for resolved_edits in reading.resolved_edits] in (
        ["", ""],
        ["", "word"],
    )
