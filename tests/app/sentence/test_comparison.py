"""Two readings on the same columns: their words aligned, their numbers subtracted, nothing made up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from lstm_viz.app.panels.comparison import comparison as comparison_module
from lstm_viz.app.panels.comparison.chip_texts import rows
from lstm_viz.app.panels.comparison.compared_tag import scored
from lstm_viz.app.panels.comparison.comparison import aligned, compared, edited
from lstm_viz.app.panels.comparison.comparison_model import ComparisonModel
from lstm_viz.app.panels.comparison.comparison_row import first_comparison
from lstm_viz.app.panels.comparison.distance_strip import DistanceStrip
from lstm_viz.app.panels.comparison.distance_strip import _number as number_text
from lstm_viz.app.panels.comparison.layers import HeatmapsViewModel, unchanged_columns
from lstm_viz.app.panels.comparison.marks import Mark, clamped_cells
from lstm_viz.app.panels.comparison.summary import Summary
from lstm_viz.app.panels.heatmaps.bands import _difference as difference_text
from lstm_viz.app.panels.heatmaps.chip import chip_image
from lstm_viz.app.panels.heatmaps.chips import Chips
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout, Spread
from lstm_viz.app.panels.heatmaps.heatmaps import Heatmaps
from lstm_viz.app.queries.of_state import comparison_query
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.state import State
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.app.widgets.pictures import ends, levels, picture
from lstm_viz.messages import Failure, ResolvedEdit, SetValue, SwapState
from lstm_viz.ordinals import ordinal
from lstm_viz.text.alignment import pairs
from tests.app.sentence.readings import reading

WORDS = st.lists(st.sampled_from(["the", "dog", "ate", "a", "apple"]), max_size=12)


# ---------------------------------------------------------------- words


@given(WORDS, WORDS)
def test_every_word_has_its_column_in_order(first, second):
    slots = aligned(first, second)
    assert [a for a, _ in slots if a is not None] == list(range(len(first)))
    assert [b for _, b in slots if b is not None] == list(range(len(second)))
    assert all(slot != (None, None) for slot in slots)
    if first == second:
        assert slots == tuple((k, k) for k in range(len(first)))


def test_words_are_aligned_where_they_are_the_same():
    assert aligned(["a", "dog", "ate", "it"], ["a", "big", "dog", "ate", "it", "now"]) == (
        (0, 0), (None, 1), (1, 2), (2, 3), (3, 4), (None, 5),
    )  # fmt: skip
    assert aligned(["a", "dog", "ate", "it"], ["a", "cat", "ate", "it"]) == ((0, 0), (1, 1), (2, 2), (3, 3))
    assert aligned(["a", "dog", "ate"], ["ate"]) == ((0, None), (1, None), (2, 0))
    assert aligned([], ["a"]) == ((None, 0),)


def test_a_key_in_a_thousand_words_compares_what_lies_behind_it(monkeypatch):
    compared = []
    monkeypatch.setattr(
        comparison_module, "pairs", lambda a, b: (compared.append((len(a), len(b))), pairs(a, b))[1]
    )
    words = ["the", "dog", "ate", "a"] * 250
    slots = aligned(words, [*words[:700], "new", *words[700:-1]])
    assert slots[700] == (None, 700) and slots[100] == (100, 100)
    aligned(words, [*words[:700], "new", *words[700:]])
    assert compared == [(300, 300), (0, 1)]


# ---------------------------------------------------------------- numbers


def test_the_difference_is_the_second_minus_the_first_where_both_are():
    a, b = reading("the dog ate"), reading("the big dog")
    comparison = compared(a, b)
    assert comparison.slots == ((0, 0), (None, 1), (1, 2), (2, None))
    for name in "figcoh":
        sheet = comparison.difference(name)
        mine, others = a.view.quantities[name], b.view.quantities[name]
        assert sheet.present.tolist() == [True, False, True, False]
        assert np.array_equal(sheet.values[[0, 2]], others[[0, 2]] - mine[[0, 1]])
    both = np.abs(b.view.quantities["h"][[0, 2]] - a.view.quantities["h"][[0, 1]])
    assert comparison.largest == pytest.approx(float(both.max()))
    assert comparison.columns_of_first == (0, 2, 3) and comparison.slot(1) == 2


def test_the_values_of_one_side_are_its_own_and_none_where_it_has_no_word():
    a, b = reading("the dog"), reading("the big dog")
    sheet = compared(a, b).values("first", "c")
    assert sheet.present.tolist() == [True, False, True]
    assert np.array_equal(sheet.values[[0, 2]], a.view.quantities["c"])
    assert compared(a, b).values("second", "c").values is b.view.quantities["c"]  # as it is: nothing copied
    assert np.array_equal(a.view.quantities["c"], compared(a, b).first.view.quantities["c"])


def test_an_lstm_and_a_gru_share_h():
    comparison = compared(reading("a b"), reading("a b", cell="GRU"))
    assert comparison.names == ("f", "i", "g", "c", "o", "r", "z", "n", "h") and comparison.shared == ("h",)
    assert (
        comparison.no_difference_reason == ""
        and comparison.difference("f") is None
        and comparison.difference("z") is None
    )
    assert HeatmapsViewModel(comparison.first.view, comparison).names() == ("h",)
    assert HeatmapsViewModel(comparison.first.view, comparison, "second").names() == ("r", "z", "n", "h")


def test_other_sizes_have_no_difference():
    comparison = compared(reading("a b"), reading("a b", hidden=7))
    assert (
        comparison.no_difference_reason == "sizes" and comparison.shared == () and comparison.largest is None
    )
    shown = HeatmapsViewModel(comparison.first.view, comparison, "difference")
    assert shown.mode == "both"
    assert [layer.values.shape[1] for layer in shown.layers("f", alone=True)] == [4, 7]


def test_characters_are_not_paired():
    comparison = compared(reading("dog"), reading("dog", reads="characters"))
    assert comparison.no_difference_reason == "characters" and comparison.largest is None


def test_no_number_stays_no_number():
    comparison = compared(reading("a b"), reading("a b", values=np.nan))
    assert np.isnan(comparison.largest) and np.isnan(comparison.difference("h").values).all()
    assert "max |Δh| NaN" in Summary().of(comparison, ())
    endless = compared(reading("a", values=np.inf), reading("a", values=np.inf))
    assert np.isnan(endless.difference("c").values).all()


def test_without_words_or_edits_there_is_no_pair():
    assert compared(reading("a"), reading("")) is None and compared(reading(""), reading("a")) is None
    assert edited(reading("a b")) is None


def test_tags_that_differ():
    comparison = compared(reading("the dog ran", ("DET", "NN", "V")), reading("the dog", ("DET", "V")))
    assert comparison.flips == (1,)
    a, b = rows(comparison.first, comparison)
    assert [chip and chip.differs for chip in a.chips] == [False, True, False]
    assert b.chips[2] is None and (a.mark, b.mark) == ("A", "B")


def _what_if(text="the dog ate", before=("DET", "NN", "V"), after=("DET", "V", "V"), **more):
    return replace(
        reading(text, after, **more),
        unedited=reading(text, before, **more),
        resolved_edits=(ResolvedEdit(1, 1),),
    )


def test_before_and_after_an_edit():
    after = _what_if()
    comparison = edited(after)
    assert comparison.first is after.unedited and comparison.second is after
    (row,) = rows(after, comparison)
    assert [(chip.was, chip.word.tag) for chip in row.chips] == [("", "DET"), ("NN", "V"), ("", "V")]
    text = Summary().of(comparison, after.resolved_edits)
    assert text.startswith("What if · 1 edit · 1 tag flips (“dog”: NN → V) · max |Δh| ")
    assert text.endswith(f" at word {ordinal(comparison.distances.farthest)}")


def test_where_two_readings_differ_most():
    a, b = reading("the dog ate it", values=0.25), reading("the big dog ate", values=0.25)
    b.view.quantities["h"][2, 3], b.view.quantities["h"][3, 1] = -0.5, 0.5
    comparison = compared(a, b)
    found = comparison.distances
    assert comparison.slots == ((0, 0), (None, 1), (1, 2), (2, 3), (3, None))
    assert found.values.tolist() == [0, 0, 0.75, 0.25, 0] and found.units[[2, 3]].tolist() == [3, 1]
    assert found.present.tolist() == [True, False, True, True, False]
    assert (found.farthest, found.scale, comparison.largest) == (2, 1.0, 0.75)
    assert "max |Δh| 0.750 at word 2 of A" in Summary().of(comparison, ())
    b.view.quantities["h"][3, 0] = np.nan
    assert compared(a, b).distances.farthest == 3
    assert compared(reading("a"), reading("a", hidden=9)).distances is None


@pytest.mark.parametrize(
    ("width", "scale", "number"),
    [
        (100, 1.0, "0.004"),
        (100, 0.01, "0.0042"),
        (100, 0.001, "0.00421"),
        (47, 0.01, "0.004"),
        (30, 0.01, ".00"),
    ],
)
def test_a_number_has_digits_of_its_scale_where_they_fit(width, scale, number):
    assert number_text(0.00421, width, scale) == number


@pytest.mark.parametrize(("width", "number"), [(700, "0.750"), (300, ".75")])
def test_a_number_per_word(application, width, number):
    a, b = reading("the dog ate it", values=0.25), reading("the big dog ate", values=0.25)
    b.view.quantities["h"][2, 3] = -0.5
    comparison, clicked = compared(a, b), []
    strip, columns = DistanceStrip(), ColumnLayout.fit(5, width)
    strip.clicked.connect(clicked.append)
    strip.set_comparison(comparison, columns)
    strip.resize(width, 18)
    assert number_text(0.75, columns.width, 1.0) == number
    image, middle = strip.grab().toImage(), strip.height() - 3

    def share(column):
        left = round(columns.left(column))
        row = [image.pixelColor(x, middle).name() for x in range(left, left + round(columns.width))]
        return row.count(DARK.line) / columns.width

    assert [round(share(column), 1) for column in range(5)] == [0, 0, 0.7, 0, 0]
    assert strip.describe(2) == "max |Δh| 0.750000 in unit 4 at “dog”" and not strip.describe(1)
    assert strip.accessibleDescription() == strip.describe(2)
    place = QPoint(round(columns.left(2)) + 5, 9)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place - QPoint(round(columns.width), 0))
    assert clicked == [1]
    strip.set_comparison(None, columns)
    assert not strip.is_needed


def test_differences_have_the_digits_of_their_scale():
    assert [difference_text(v, 0.5) for v in (0.123, -0.004, np.nan)] == ["+0.12", "·", "NaN"]
    assert [difference_text(v, 0.05) for v in (0.0123, -0.004, 0.0004)] == ["+.012", "−.004", "·"]


def test_what_changed_with_an_edit_is_marked_unlike_the_edit(application):
    after = _what_if()
    for quantities in (after.view.quantities, after.unedited.view.quantities):
        for name in "figcoh":
            quantities[name][:] = 0.5
    after.view.quantities["f"][1, 2], after.view.quantities["c"][1:, 2] = 1.0, 0.75
    after.view.quantities["h"][2, 2] = 0.501  # not seen with two digits
    heatmaps, columns = Heatmaps(), ColumnLayout.fit(3, 500)
    heatmaps.resize(500, 600)
    heatmaps.set_comparison_view("second", pale=False)
    heatmaps.set_view(after.view, columns, edited(after), {"f": (Mark(1, 1, 2),)})
    corners = {band.name: np.argwhere(band.corners).tolist() for band in heatmaps.bands}
    assert corners == {name: [] for name in "figoh"} | {"c": [[1, 2], [2, 2]]}
    assert heatmaps.marks() == ["clamped", "changed"]
    band = next(band for band in heatmaps.bands if band.name == "c")
    image, cell = heatmaps.grab().toImage(), band.cell(1, 2)
    assert image.pixelColor(round(cell.right()) - 2, round(cell.top()) + 1).name() == DARK.accent
    heatmaps.set_comparison_view("difference", pale=False)
    assert heatmaps.marks() == ["clamped", "difference"]
    heatmaps.set_comparison_view("first", pale=False)
    assert heatmaps.marks() == []


def test_scores_of_a_slot_that_one_has_no_word_in():
    a, b = reading("the dog"), reading("the")
    here, gone = scored(compared(a, b), 0), scored(compared(a, b), 1)
    assert [row.tag for row in here] == ["DET", "NN", "V"]
    assert [row.second for row in here] == b.scores[0].tolist()
    assert [row.first for row in gone] == a.scores[1].tolist()
    assert [row.second for row in gone] == [None] * 3


def test_scores_of_other_tags_come_after_the_firsts():
    a, b = reading("a"), reading("a")
    b = replace(b, model=replace(b.model, tags=("NN", "X", "Y")))
    found = {row.tag: (row.first is None, row.second is None) for row in scored(compared(a, b), 0)}
    assert list(found) == ["DET", "NN", "V", "X", "Y"]
    assert found["DET"] == (False, True) and found["NN"] == (False, False) and found["Y"] == (True, False)


def test_the_line_says_what_differs():
    a, b = reading("the dog ate it"), reading("the cat ate it", name="other")
    assert Summary().of(compared(a, b), ()).endswith(" · A “… dog ate it” Tutorial | B “… cat ate it” Other")
    b = replace(a, epoch=0)
    assert Summary().of(compared(a, b), ()) == (
        "the tags are the same · the numbers are the same · A epoch 1 | B epoch 0"
    )
    assert Summary().of(compared(a, a), ()).endswith("same sentence, same model")
    assert Summary().of(compared(a, reading("the dog", hidden=9)), ()).startswith("4 and 9 units: only side")


def test_the_line_names_the_epochs_that_differ_where_there_are_several():
    a, b = reading("a b", epoch=1), reading("a b", name="other", epoch=0)
    assert Summary().of(compared(a, b), ()).endswith(" · A Tutorial epoch 1 | B Other epoch 0")
    assert Summary().of(compared(a, replace(b, epoch=1)), ()).endswith(" · A Tutorial | B Other")
    once = [replace(r, model=replace(r.model, epochs=(r.epoch,))) for r in (a, b)]
    assert Summary().of(compared(*once), ()).endswith(" · A Tutorial | B Other")


def test_the_line_tells_models_apart_by_the_part_that_differs():
    def named(*titles):
        a, b = (reading("a b", name=f"m{k}") for k in range(2))
        a, b = (replace(r, model=replace(r.model, title=t)) for r, t in zip((a, b), titles, strict=True))
        return Summary().of(compared(a, b), ()).rsplit(" · ", 1)[-1]

    assert named("Tutorial tagger · LSTM · 6 units", "Tutorial tagger · GRU · 6 units") == "A LSTM | B GRU"
    long = named("a-run-with-a-long-name-2", "a-run-with-a-long-name-3")
    assert long == "A a-run-…a-long-name-2 | B a-run-…a-long-name-3"


def test_the_line_says_whose_numbers_are_beside_the_other_side():
    after, two = _what_if(), compared(reading("a b"), reading("a b"))
    assert Summary().of(edited(after), after.resolved_edits, "first").startswith("panels: B after · What if")
    assert Summary().of(two, (), "second").startswith("panels: A · ")
    for comparison, side in ((edited(after), "second"), (edited(after), "difference"), (two, "first")):
        assert "panels" not in Summary().of(comparison, after.resolved_edits, side)


def test_what_is_rounding_is_no_change():
    after = _what_if(after=("DET", "NN", "V"))
    before = after.unedited
    nearly = {name: values + np.float32(8e-7) for name, values in before.view.quantities.items()}
    near = replace(after, view=replace(before.view, quantities=nearly))
    text = Summary().of(edited(near), near.resolved_edits)
    assert text == "What if · 1 edit · no tag flips · no change in this layer"
    nearly["c"][0, 0] += 0.01  # h alone does not tell
    assert "no change" not in Summary().of(edited(near), near.resolved_edits)
    nearly["c"][0, 0] = np.nan
    assert "no change" not in Summary().of(edited(near), near.resolved_edits)


# ---------------------------------------------------------------- what is set by hand


def test_cells_set_by_hand():
    after = replace(
        _what_if(),
        resolved_edits=(
            ResolvedEdit(1, 2),
            ResolvedEdit(0, 0),
            ResolvedEdit(unresolved="off"),
            ResolvedEdit(2, 2),
            ResolvedEdit(1, 1),
        ),
    )
    edits = (
        SetValue("f", 1.0, unit=3),
        SetValue("f", 1.0, unit=None),
        SetValue("o", 1.0),
        SwapState(2, "a", 0),
        SetValue("f", 1.0, layer=1),
    )
    assert clamped_cells(after, edits) == {
        "f": (Mark(1, 2, 3), Mark(0, 0, None)),
        "c": (Mark(2, 2, None),),
        "h": (Mark(2, 2, None),),
    }
    assert clamped_cells(after, edits[:2]) == {}  # those of another question
    assert clamped_cells(after.unedited, ()) == {} and clamped_cells(None, ()) == {}


# ---------------------------------------------------------------- columns and colours


def test_items_in_columns_with_others_between():
    columns = ColumnLayout.fit(6, 112 + 8 + 600)
    spread = Spread.over(columns, (0, 2, 3, 5))
    assert [spread.left(k) for k in range(4)] == [columns.left(k) for k in (0, 2, 3, 5)]
    assert spread.at(columns.left(2) + 1) == 1 and spread.at(columns.left(1) + 1) is None
    assert spread.visible() == range(4) and list(spread.runs(range(4))) == [
        range(1),
        range(1, 3),
        range(3, 4),
    ]
    strip = QRect(int(columns.left(3)) + 2, 0, 20, 10)
    assert spread.within(strip) == range(2, 3) and spread.strip(2, 10) == columns.strip(3, 10)
    assert Spread.over(columns, tuple(range(6))) is columns
    few = ColumnLayout.fit(60, 400, first=30)
    assert Spread.over(few, tuple(range(0, 60, 2))).visible().start == 15
    assert spread.left(0) == LABEL_WIDTH


def test_a_difference_has_a_scale_of_its_own():
    assert ends("f") == (0.0, 1.0) and ends("Δ0.5") == (-0.5, 0.5)
    assert levels(np.array([-1, 0, 0.5, np.nan], np.float32), "Δ0.5").tolist() == [0, 127, 254, 255]


@pytest.mark.parametrize(
    ("apart", "scale"),
    [(0, 0.01), (1e-7, 0.01), (0.03, 0.05), (0.1, 0.1), (0.11, 0.2), (-0.3, 0.5), (-1.56, 2), (3, 4), (9, 4)],
)
def test_the_scale_of_each_quantity_holds_its_largest_difference(apart, scale):
    a = reading("a b c", values=0.0)
    quantities = {name: values.copy() for name, values in a.view.quantities.items()}
    quantities["g"][1, 2] = apart
    b = replace(a, view=replace(a.view, quantities=quantities))
    comparison = compared(a, b)
    assert comparison.scales == dict.fromkeys("figcohx", 0.01) | {"g": scale}
    shown = HeatmapsViewModel(a.view, comparison)
    scales = {name: layer.scale for name in "figcoh" for layer in shown.layers(name, alone=False)}
    assert scales == dict.fromkeys("figcoh", 0.01) | {"g": scale}


def test_what_is_no_number_has_no_say_in_the_scale():
    a, b = reading("a b", values=0.0), reading("a b", values=0.3)
    b.view.quantities["f"][0, 0], b.view.quantities["i"][0, 0] = np.nan, np.inf
    assert compared(a, b).scale("f") == 0.5


def test_every_difference_is_painted_anew_where_the_scale_is_another(application):
    a, b = reading("a b", values=0.0), reading("a b", values=0.3)
    further = {name: values.copy() for name, values in b.view.quantities.items()}
    further["h"][1, 0] = 0.8
    c = replace(b, view=replace(b.view, quantities=further))
    near, far = HeatmapsViewModel(a.view, compared(a, b)), HeatmapsViewModel(a.view, compared(a, c))
    assert unchanged_columns(near, far) == 0
    one = [HeatmapsViewModel(shown.view, shown.comparison, "second") for shown in (near, far)]
    assert unchanged_columns(*one) == 1
    heatmaps = Heatmaps()
    for size in ((400, 700), (400, 250), (400, 190), (400, 160)):
        heatmaps.resize(*size)
        names = []
        for shown in (near, far):
            heatmaps.set_view(a.view, ColumnLayout.fit(2, 400), shown.comparison)
            names.append(heatmaps.grab(QRect(0, 0, LABEL_WIDTH, size[1])).toImage())
        assert names[0] != names[1], "the scale is written beside the names"
    heatmaps.deleteLater()


def test_a_tag_has_one_colour_on_both_sides(application):
    a, b = reading("x y", ("V", "NN")), reading("x y", ("V", "NN"))
    b = replace(b, model=replace(b.model, tags=("V", "X", "NN")))
    chips = Chips()
    chips.resize(400, 120)
    chips.set_reading(a, ColumnLayout.fit(2, 400), compared(a, b))
    for column in (0, 1):
        assert chip_image(chips.chip(column, 0)) == chip_image(chips.chip(column, 1))
    assert compared(a, b).tags == ("DET", "NN", "V", "X")
    alone = []
    for one in (a, b):
        chips.set_reading(one, ColumnLayout.fit(2, 400))
        alone.append([chip_image(chips.chip(column)) for column in (0, 1)])
    assert alone[0] == alone[1], "whatever the place of a tag in its model"
    chips.deleteLater()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_where_there_is_no_word_there_is_no_colour_of_a_number(theme):
    image = picture(np.zeros((2, 3), np.float32), "Δ1", theme, np.array([True, False]))
    assert image.pixelColor(0, 0).name() == theme.panel != image.pixelColor(1, 2).name() == theme.ground


def test_only_what_changed_is_painted_anew():
    a, b = reading("a b c d"), reading("a x b c d")
    comparison = compared(a, b)
    old = HeatmapsViewModel(a.view, comparison)
    assert unchanged_columns(old, HeatmapsViewModel(a.view, compared(a, b))) == 5
    other = {name: values.copy() for name, values in b.view.quantities.items()}
    other["g"][3] += 1e-3
    moved = replace(b, view=replace(b.view, quantities=other))
    assert unchanged_columns(old, HeatmapsViewModel(a.view, compared(a, moved))) == 3
    assert unchanged_columns(old, HeatmapsViewModel(a.view, comparison, "both")) == 0
    assert unchanged_columns(old, HeatmapsViewModel(a.view)) == 0
    assert (
        unchanged_columns(old, HeatmapsViewModel(a.view, comparison, marks={"f": (Mark(0, 0, None),)})) == 0
    )


def test_nan_is_painted_as_such(application):
    comparison, heatmaps = compared(reading("a b"), reading("a b", values=np.nan)), Heatmaps()
    heatmaps.resize(400, 400)
    heatmaps.set_view(comparison.first.view, ColumnLayout.fit(2, 400), comparison)
    image, band = heatmaps.grab().toImage(), heatmaps.bands[0]
    place = band.cell(1, 0).topLeft().toPoint()
    assert image.pixelColor(place.x() + 3, place.y() + 2).name() == DARK.danger
    assert "B NaN · Δ NaN" in heatmaps.describe(band, 0, 0)
    heatmaps.deleteLater()


def test_what_is_awaited_is_pale_and_without_numbers(application):
    comparison, heatmaps = compared(reading("a b"), reading("a b")), Heatmaps()
    heatmaps.resize(400, 500)
    heatmaps.set_view(comparison.first.view, ColumnLayout.fit(2, 400), comparison)
    cell = heatmaps.bands[0].cell(1, 1).adjusted(3, 3, -3, -3).toAlignedRect()

    def colours():
        image = heatmaps.grab(cell).toImage()
        return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}

    assert len(colours()) > 3
    heatmaps.set_comparison_view("difference", pale=True)
    assert len(colours()) == 1
    heatmaps.deleteLater()


# ---------------------------------------------------------------- which pair


@pytest.fixture
def state():
    return State(Selection(text="a b", compared_with=ComparedWith("a c", "preset:tutorial")))


def _answer(state, text="a c"):
    state.take_other(reading(text), comparison_query(state.selection))


def test_the_newest_answers_are_paired(state):
    model = ComparisonModel(state)
    state.take_reading(reading("a b"))
    assert model.comparison is None and model.awaited
    _answer(state)
    assert model.comparison.first is state.reading and model.comparison.second is state.other
    assert not model.awaited
    state.change(compared_with=None)
    assert model.comparison is None
    model.deleteLater()


def test_what_is_awaited_turns_pale_and_comes_back(state, qtbot):
    model = ComparisonModel(state)
    state.take_reading(reading("a b"))
    _answer(state)
    state.change(compared_with=ComparedWith("a cd", "preset:tutorial"))
    assert model.comparison is not None and model.awaited and not model.pale
    qtbot.waitUntil(lambda: model.pale, timeout=120_000)
    _answer(state, "a cd")
    assert not model.pale and model.comparison.second.words[1].text == "cd"
    model.deleteLater()


def test_what_could_not_be_answered_is_not_shown(state):
    model = ComparisonModel(state)
    state.take_reading(reading("a b"))
    _answer(state)
    state.change(compared_with=ComparedWith("a c", "run:/gone"))
    state.take_detail_error(Failure("query_invalid", {"error": "There is no run."}, ""))
    assert model.comparison is None and not model.pale and not model.awaited
    model.deleteLater()


def test_another_layer_is_never_subtracted(state):
    model = ComparisonModel(state)
    state.take_reading(reading("a b"))
    _answer(state)
    state.change(layer=1)
    assert model.comparison is None
    _answer(state)
    assert model.comparison is not None
    model.deleteLater()


def test_a_comparison_wins_over_an_edit(state):
    model = ComparisonModel(state)
    state.take_reading(_what_if())
    assert model.comparison.edited
    _answer(state)
    assert not model.comparison.edited and model.comparison.first.unedited is not None
    assert "A with its edits" in Summary().of(model.comparison, ())
    model.deleteLater()


def test_what_to_compare_with_at_first():
    selection, own = Selection(text="a"), reading("a", epoch=1)
    assert first_comparison(selection, own) == ComparedWith("a", "preset:tutorial", 0)
    assert first_comparison(selection, replace(own, epoch=0)) == ComparedWith("a", "preset:tutorial", None)
    once = replace(own, model=replace(own.model, epochs=(7,)))
    assert first_comparison(selection, once) == ComparedWith("a", "preset:tutorial", None)
    assert first_comparison(selection, None) == ComparedWith("a", "preset:tutorial", None)
