"""Every word over its numbers, whatever the size, and every text whole."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QPushButton,
    QStyle,
    QToolButton,
)

from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.pictures import colours, levels
from lstm_viz.commands import MODELS
from lstm_viz.uris import of_preset
from tests.app.reach import out_of_reach

SMALLEST = (980, 500)
SIZES = [(1280, 800), (1600, 1000), SMALLEST]
COUNTS = [1, 5, 25, 60]


def _sentence(count):
    return " ".join(["apple", "the", "Everybody", "ate", "a"][k % 5] for k in range(count))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_words_stand_over_their_numbers(person, size):
    person.resizes(*size)
    matrix = person.page.matrix
    for count in COUNTS:
        person.sets(_sentence(count))
        columns = matrix.columns
        assert columns.count == count
        shift = matrix.chips.mapTo(matrix, QPoint()).x() - matrix.heatmaps.mapTo(matrix, QPoint()).x()
        for column in columns.visible():
            chip, cell = matrix.chips.rect_of(column), person.band("f").cell(column, 0)
            assert abs(chip.left() + shift - cell.left()) <= 1
            assert abs(chip.left() + chip.width() + shift - cell.right()) <= 1
            assert chip.left() >= 0 and chip.right() < matrix.chips.width()
            assert cell.right() <= matrix.heatmaps.width()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("count", [5, 60])
def test_each_number_is_painted_in_its_cell(person, size, count):
    person.resizes(*size)
    person.sets(_sentence(count))
    band, heatmaps = person.band("i"), person.page.matrix.heatmaps
    person.session.state.change(unit=None)
    image = heatmaps.grab().toImage()
    shades = colours("i", person.session.state.theme)[levels(band.values, "i")]
    for column in person.page.matrix.columns.visible():
        for row in range(band.rows):
            cell = band.cell(column, row)
            for x in (cell.left() + 1.5, cell.right() - 1.5):
                if (
                    column != person.session.state.column
                ):  # the playhead's frame stands on the edges of its own
                    shown = image.pixelColor(int(x), int(cell.center().y())).rgb()
                    assert shown == shades[column, row], (column, row)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_click_hits_the_column_that_is_painted_there(person, size):
    person.resizes(*size)
    person.sets(_sentence(25))
    matrix = person.page.matrix
    for column in (matrix.columns.first, matrix.columns.visible()[-1]):
        person.clicks(matrix.chips, matrix.chips.rect_of(column).center())
        assert person.session.state.column == column
        person.clicks(matrix.heatmaps, person.band("h").cell(column, 3).center().toPoint())
        assert (person.session.state.column, person.session.state.selection.unit) == (column, 3)


def test_the_playhead_scrolls_its_column_into_view(person):
    person.resizes(*SMALLEST)
    person.sets(_sentence(60))
    matrix = person.page.matrix
    assert matrix.scroll_bar.isVisible() and matrix.columns.hidden > 0
    person.presses(Qt.Key.Key_Home)
    assert matrix.columns.first == 0 == matrix.scroll_bar.value()
    last = matrix.columns.visible()[-1]
    person.session.state.step_to(last + 1)
    assert matrix.columns.first == 1 == matrix.scroll_bar.value()
    person.presses(Qt.Key.Key_End)
    assert matrix.columns.visible()[-1] == 59
    person.sets(_sentence(2))
    assert matrix.columns.first == 0 and not matrix.scroll_bar.isVisible()


def test_wheel_and_bar_scroll_without_stepping(person):
    person.resizes(*SMALLEST)
    person.sets(_sentence(60))
    person.presses(Qt.Key.Key_Home)
    matrix = person.page.matrix
    _wheel(matrix, -120)
    assert matrix.columns.first == 3
    _wheel(matrix, 120)
    assert matrix.columns.first == 0
    matrix.scroll_bar.setValue(10)
    assert matrix.columns.first == 10
    assert matrix.chips._columns is matrix.columns and matrix.heatmaps._columns is matrix.columns
    assert person.session.state.column == 0
    person.presses(Qt.Key.Key_Down)
    assert matrix.columns.first == 0, "what follows the unit shows the playhead again"


def _wheel(widget, delta):
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        QPointF(widget.mapToGlobal(centre.toPoint())),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_chips_turn_on_their_side_where_the_columns_are_narrow(person):
    chips = person.page.matrix.chips
    assert chips.upright
    low = chips.height()
    person.sets(_sentence(60))
    QApplication.processEvents()
    assert not chips.upright and chips.height() > low


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("model", [of_preset(name) for name in MODELS])
def test_every_text_is_whole(person, size, model):
    person.resizes(*size)
    person.picks_model(model)
    person.sets("The dog and an unheard parrot")
    if (model, size) != (
        "preset:english-both",
        SMALLEST,
    ):  # two choosers leave no room for the sentence before
        person.session.state.change(carry=True, before=("A sentence of more than twenty-eight characters",))
        person.settle()
    QApplication.processEvents()
    person.window.grab()
    assert [_cut(widget) for widget in _texts(person.window) if _cut(widget)] == []
    equations = person.page.step_panel.equations
    assert equations.height() >= equations.sizeHint().height() > 30


def test_the_sum_of_the_others_is_whole_on_the_smallest_window(person):
    person.resizes(*SMALLEST)
    person.picks_model("preset:english")
    scores = person.page.scores
    number, _ = scores._subtitle(scores.rows()).split(" · ")
    others = 1 - sum(np.exp(score) for _, score in scores.rows())
    assert float(number.split()[-1]) == pytest.approx(others, abs=1e-4)
    assert QFontMetrics(text_font(11)).horizontalAdvance(number) <= scores.width() - 28


def _texts(window):
    widgets = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    return [w for w in widgets if w.isVisible() and w.text() and not isinstance(w, ElidedLabel)]


def _cut(widget):
    """Return what is missing of a widget's text, empty if it is whole."""
    if isinstance(widget, QLabel):
        if widget.wordWrap():
            needed, has = widget.heightForWidth(widget.width()), widget.height()
        else:
            needed, has = widget.sizeHint().width(), widget.width()
    else:
        has = widget.width()
        needed = QFontMetrics(widget.font()).horizontalAdvance(widget.text().replace("&&", "&"))
        if isinstance(widget, QCheckBox):
            needed += widget.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth)
        elif isinstance(widget, QPushButton | QToolButton):
            needed += 8
    return f"{widget.text()!r}: {has} of {needed} pixels" if has < needed else ""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_everything_is_in_the_window_or_scrolled_to(person, size):
    person.resizes(*size)
    person.sets(_sentence(25))
    QApplication.processEvents()
    assert (person.window.width(), person.window.height()) == size
    page = person.page
    for panel in (page.transport, page.badge, page.editor):
        assert person.window.rect().contains(panel.mapTo(person.window, panel.rect().bottomRight())), panel
    for panel in (page.editor, page.matrix, page.transport, page.step_panel, page.scores, page.table):
        assert not out_of_reach(panel)
        assert panel.width() >= panel.minimumSizeHint().width(), panel
        assert panel.height() >= panel.minimumSizeHint().height(), panel


def test_a_word_of_nine_thousand_letters_widens_no_panel(person):
    person.picks_model("preset:english")
    panels = (person.page.matrix, person.page.step_panel, person.page.choosers, person.page.table)
    person.session.state.change(module=person.reading.model.modules[1].path)
    person.settle()
    QApplication.processEvents()
    before = [panel.width() for panel in panels]
    person.sets("a" * 9000)
    QApplication.processEvents()
    assert [panel.width() for panel in panels] == before
    assert person.page.choosers.word.text() == f"characters of “{'a' * 23}…”"
    corner = person.page.choosers.module.mapTo(
        person.window, person.page.choosers.module.rect().bottomRight()
    )
    assert person.window.rect().contains(corner)


def test_a_shortened_text_is_whole_in_its_tool_tip_and_only_then(person):
    person.resizes(*SMALLEST)
    label = person.page.status_line.label
    person.sets("zyx wvu tsr qpo")
    person.window.grab()
    assert label.toolTip() == label.text() == "“zyx” and 3 more are not in the vocabulary."
    person.sets("dog")
    person.window.grab()
    assert label.toolTip() == label.text() == ""


def test_the_tab_of_the_table_is_not_cut(person):
    """The box of the table is narrower than its share where the scores have their minimum."""
    for width in range(980, 1400, 12):
        person.resizes(width, 600)
        tab = person.page.results.table_tab
        assert tab.width() >= tab.width_of(tab.text()), width


def test_before_the_first_reading_the_model_is_being_loaded(open_session, link):
    page = open_session(link).page
    assert page.empty.label.text() == "Loading…" and page.empty.isVisible()
    assert not page.empty.button.isVisible() and not page.inputs_button.isVisible()
    assert page.step_panel.note.text() == "Loading…" and page.transport.label.text() == ""


def test_the_difference_from_torch_is_not_elided(person):
    """The latency gives way to it, and comes back with the room."""
    for model, width in (("tutorial", 1024), ("english-both", 1024), ("tutorial", 980), ("tutorial", 1600)):
        person.picks_model(of_preset(model))
        person.resizes(width, 600)
        person.writes("a dog")
        label = person.page.badge.agreement
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width(), (model, width)
    assert person.page.badge.painted.width() > 100 and "gates agree" in label.text()
