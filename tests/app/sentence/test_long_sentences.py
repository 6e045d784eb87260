"""Long sentences and many units: which step, which part of the sentence and which unit is seen."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from lstm_viz.app.panels.comparison.chip_texts import ChipRow, ChipText
from lstm_viz.app.panels.heatmaps.chip import fits_across
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, SCROLLED_WIDTH, ColumnLayout, Spread
from lstm_viz.app.panels.heatmaps.heatmaps import Heatmaps
from lstm_viz.app.panels.heatmaps.overview import Overview, ticks
from lstm_viz.app.panels.heatmaps.ruler import Ruler
from lstm_viz.app.panels.heatmaps.unit_axis import UnitAxis
from lstm_viz.app.theme import DARK
from lstm_viz.app.widgets.pictures import dark_text, levels
from lstm_viz.messages import Word
from lstm_viz.ordinals import ordinal
from tests.app.sentence.readings import reading

LEFT = Qt.MouseButton.LeftButton


def _long(count):
    return " ".join(["apple", "the", "Everybody", "ate", "a"][k % 5] for k in range(count))


@pytest.fixture
def long(person):
    person.resizes(1366, 768)
    person.sets(_long(200))
    person.presses(Qt.Key.Key_Home)
    return person


# ---------------------------------------------------------------- steps


@pytest.mark.parametrize("backward", [False, True])
def test_the_steps_are_counted_in_the_order_of_computation(application, backward):
    ruler, columns = Ruler(), ColumnLayout.fit(5, 700)
    ruler.set_columns(columns, 5, backward=backward)
    numbers = [ruler.number(column) for column in range(5)]
    assert numbers == ([5, 4, 3, 2, 1] if backward else [1, 2, 3, 4, 5])
    for k, arrow in enumerate(ruler.arrows()):
        centres = [columns.left(column) + columns.width / 2 for column in (k, k + 1)]
        assert centres[0] < min(arrow.x1(), arrow.x2()) and max(arrow.x1(), arrow.x2()) < centres[1]
        assert (arrow.x2() < arrow.x1()) is backward


def test_no_arrow_crosses_a_column_that_only_the_compared_sentence_has(application):
    ruler = Ruler()
    ruler.set_columns(Spread.over(ColumnLayout.fit(5, 700), (0, 1, 3, 4)), 4, backward=False)
    assert len(ruler.arrows()) == 2


def test_the_ruler_the_transport_and_the_cell_count_alike(person):
    person.picks_model("preset:english-both")
    for direction in (0, 1):
        person.session.state.change(direction=direction)
        person.settle()
        for column in (0, 1, person.session.state.columns - 1):
            person.session.state.step_to(column)
            number = person.page.matrix.ruler.number(column)
            assert person.page.transport.label.text().startswith(f"step {number} of")
            assert person.page.step_panel.title.text().startswith(f"Step {number} · “{person.words[column]}")


# ---------------------------------------------------------------- the overview


def test_the_overview_is_there_where_columns_are_hidden(long):
    overview = long.page.matrix.scroll_bar
    assert overview.isVisible() and overview.count == 200
    assert overview.pageStep() == long.page.matrix.columns.shown
    strip, frame = overview.strip, overview.frame
    assert strip.left() == LABEL_WIDTH == frame.left()
    assert frame.width() / strip.width() == pytest.approx(overview.pageStep() / 200)
    long.sets(_long(10))
    assert not overview.isVisible()


def test_the_frame_is_dragged(long):
    overview, matrix = long.page.matrix.scroll_bar, long.page.matrix
    start = overview.frame.center().toPoint()
    each = overview.strip.width() / 200
    long.bot.mousePress(overview, LEFT, pos=start)
    _drag(overview, start + QPoint(round(40 * each), 0))
    assert matrix.columns.first == 40 == overview.value()
    _drag(overview, start + QPoint(5000, 0))
    assert matrix.columns.visible()[-1] == 199
    long.bot.mouseRelease(overview, LEFT, pos=start)
    assert long.session.state.column == 0, "the playhead stays"


def test_a_click_beside_the_frame_centres_it_there(long):
    overview = long.page.matrix.scroll_bar
    long.bot.mouseClick(overview, LEFT, pos=QPoint(round(overview.strip.center().x()), 8))
    assert abs(long.page.matrix.columns.first + overview.pageStep() / 2 - 100) <= 1


def _drag(widget, place):
    where = QPointF(place), QPointF(widget.mapToGlobal(place))
    event = QMouseEvent(QEvent.Type.MouseMove, *where, LEFT, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def test_a_tick_has_the_tag_and_the_mark_of_its_word():
    word = Word("dog", 0, 3, True, "NN", 0.5)
    wrong = Word("dog", 0, 3, True, "NN", 0.5, gold="V")
    chips = (ChipText("dog", word), ChipText("dog", wrong), ChipText("dog", word, differs=True), None)
    assert ticks(ChipRow(chips, ("NN", "V"))) == (("NN", ""), ("NN", "wrong"), ("NN", "differs"), ("", ""))
    assert ticks(ChipRow((ChipText("d"),), ("NN",))) == (("", ""),)


def test_the_overview_shows_each_word_in_the_colour_of_its_tag(application):
    overview = Overview()
    overview.resize(LABEL_WIDTH + 8 + 40, 24)
    overview.set_theme(DARK)
    overview.setRange(0, 2)
    overview.setPageStep(2)
    overview.set_ticks((("NOUN", ""), ("VERB", ""), ("NOUN", "wrong"), ("VERB", "")), backward=False)
    image, strip = overview.grab().toImage(), overview.strip
    assert image.pixelColor(int(strip.left()) + 15, int(strip.center().y())).name() == DARK.tags["VERB"]
    below = [image.pixelColor(int(strip.left()) + x, int(strip.bottom()) + 3) for x in (25, 35)]
    assert below[0] != below[1]


# ---------------------------------------------------------------- words


def test_columns_that_scroll_are_wide_enough_for_most_words(application):
    columns = ColumnLayout.fit(200, 800)
    assert columns.width >= SCROLLED_WIDTH and columns.hidden > 0
    assert columns.shown * columns.width == pytest.approx(columns.room)


def test_only_words_that_do_not_fit_are_turned(long):
    chips = long.page.matrix.chips
    turned = {long.words[column]: chips.chip(column).turned for column in chips._columns.visible()}
    assert turned["Everybody"] and not turned["the"] and not turned["a"]
    assert fits_across("the", "DET", 45, DARK) and not fits_across("the", "NOUN|Case=Nom", 45, DARK)


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(("rows", "height"), [(6, 16.0), (6, 7.0), (96, 1.2), (256, 0.4)])
def test_as_many_units_have_numbers_as_there_is_room_for(rows, height):
    axis = UnitAxis(rows, 0.0, height, DARK)
    middles = [axis.middle(unit) for unit in axis.units]
    first = ordinal(axis.units[0])
    assert all(ordinal(unit) % first == 0 for unit in axis.units)
    assert all(b - a >= 11 for a, b in pairwise(middles))
    assert height < 11 or len(axis.units) == rows


def _heatmaps(hidden=96, value=0.5, unit=None):
    heatmaps, shown = Heatmaps(), reading("a b c", hidden=hidden, values=value)
    heatmaps.resize(700, 720)
    heatmaps.set_theme(DARK)
    heatmaps.set_place(0, unit)
    heatmaps.set_view(shown.view, ColumnLayout.fit(3, 700))
    return heatmaps


def test_the_row_under_the_mouse_has_its_number_and_a_guide_in_all_heatmaps(application):
    heatmaps = _heatmaps()
    before = heatmaps.grab().toImage()
    band = heatmaps.bands[1]
    place = band.cell(1, 40).center()
    move = QMouseEvent(
        QEvent.Type.MouseMove, place, heatmaps.mapToGlobal(place), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(heatmaps, move)
    after = heatmaps.grab().toImage()
    for each in heatmaps.bands:
        area = each.row_rect(40)
        beside = [(x, int(area.center().y())) for x in range(LABEL_WIDTH - 24, LABEL_WIDTH - 8)]
        assert any(before.pixel(x, y) != after.pixel(x, y) for x, y in beside)
        assert {before.pixel(600, y) == after.pixel(600, y) for y in range(area.top(), area.bottom())} == {
            True,
            False,
        }
    QApplication.sendEvent(heatmaps, QEvent(QEvent.Type.Leave))
    assert heatmaps.grab().toImage() == before


def test_values_beyond_the_scale_have_a_bar_and_a_name(application):
    heatmaps = _heatmaps(hidden=4, value=2.5)
    band = next(band for band in heatmaps.bands if band.name == "c")
    image = heatmaps.grab().toImage()
    cell = band.cell(2, 1)
    shade = dark_text("c", DARK)[levels(band.values, "c")][2, 1]
    bar = QColor("#000000" if shade else "#ffffff")
    assert image.pixelColor(int(cell.right()) - 3, int(cell.top()) + 5) == bar
    assert image.pixelColor(int(cell.left()) + 4, int(cell.top()) + 5) != bar
    assert "beyond" in heatmaps.marks() and "beyond" not in _heatmaps(hidden=4, value=1.0).marks()


def test_a_value_below_the_scale_has_its_bar_at_the_other_end(application):
    heatmaps = _heatmaps(hidden=4, value=-2.5)
    band = next(band for band in heatmaps.bands if band.name == "c")
    image, cell = heatmaps.grab().toImage(), band.cell(2, 1)
    y = int(cell.top()) + 5
    ends = [image.pixelColor(x, y) for x in (int(cell.left()) + 2, int(cell.right()) - 3)]
    assert ends[0] in (QColor("#000000"), QColor("#ffffff")) and ends[1] != ends[0]
    assert "beyond" in heatmaps.marks()
