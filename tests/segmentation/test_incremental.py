"""A text that was changed is cut as it would be cut afresh."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.segmentation import Segmenter
from lstm_viz.segmentation.model import SegmenterModel

from .conftest import EXPANDED, check_tokens

_PIECES = st.sampled_from(
    (
        *(
            "",
            "a",
            " ",
            "  ",
            "\n",
            ".",
            ",",
            '"',
            "«",
            "des ",
            " du",
            "l'",
            "l’",
            "1",
            "http://a.b/c",
            "@b.fr",
        ),
        *("học", " sinh", "犬", "は本を", "x" * 30, " " + "y" * 15 + " "),
        *("\u0301", "\u0958", "\u0917\u093c", "\u1100", "\u1161", "\U0001f44d", "\U0001f3fd"),
        *EXPANDED,
        "\u0301\u0316" * 20,
    )
)
_TEXTS = st.lists(_PIECES, max_size=40).map("".join)
_CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), _PIECES | _TEXTS), max_size=8)


@pytest.mark.parametrize("name", ["tutorial", "french", "japanese", "vietnamese"])
def test_changes_are_cut_as_the_whole_text_is(request, name):
    model = request.getfixturevalue(name).model

    @settings(deadline=None, max_examples=150)
    @given(_TEXTS, _CHANGES)
    def change(text, changes):
        segmenter = Segmenter(model)
        segmenter.segment(text)
        for place, gone, piece in changes:
            at = round(place * len(text))
            text = text[:at] + piece + text[at + gone :]
            tokens = segmenter.segment(text)
            check_tokens(tokens, text, model)
            assert tokens == Segmenter(model).segment(text)

    change()


class _Counting(SegmenterModel):
    """Counts the gaps that it decides."""

    def decide(self, encoded, gaps):
        self.__dict__["decided"] = self.__dict__.get("decided", 0) + len(gaps)
        return super().decide(encoded, gaps)


def _counting(model):
    fields = ("keys", "weights", "edits", "marks", "apart", "quotes", "words", "spaces_cut", "letters")
    return _Counting(*(getattr(model, field) for field in fields))


@pytest.mark.parametrize("name", ["french", "japanese", "vietnamese"])
def test_a_keystroke_decides_few_gaps(request, name):
    model = _counting(request.getfixturevalue(name).model)
    segmenter = Segmenter(model)
    text = "les rues des villes sont vides et " * 50
    segmenter.segment(text)
    whole = model.decided
    segmenter.segment(text[:800] + "x" + text[800:])
    assert 0 < model.decided - whole < 60 < whole


def test_two_texts_in_turn_are_both_remembered(french):
    model = _counting(french.model)
    segmenter = Segmenter(model)
    first, second = "les rues des villes", "L'eau du lac"
    cut = segmenter.segment(first), segmenter.segment(second)
    decided = model.decided
    assert (segmenter.segment(first), segmenter.segment(second)) == cut
    assert model.decided == decided
