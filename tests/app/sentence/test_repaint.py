"""Only what changed is painted: what is on the screen must still be what painting all of it would give."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lstm_viz.app.panels.heatmaps.chips import Chips
from lstm_viz.app.panels.heatmaps.column_layout import ColumnLayout
from lstm_viz.app.panels.heatmaps.heatmaps import Heatmaps
from lstm_viz.app.panels.scores.scores import Scores
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import ComparedWith
from lstm_viz.messages import Module, View


def _screen(person):
    """Return what is on the screen, as the last partial paints left it."""
    QApplication.processEvents()
    return person.window.screen().grabWindow(person.window.winId()).toImage()


def _afresh(person):
    for widget in person.window.findChildren(QWidget):
        widget.update()
    return _screen(person)


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:english"])
def test_partial_paints_leave_nothing_stale(person, model):
    person.resizes(1600, 1000)
    person.picks_model(model)
    person.hides_the_latency()
    person.sets("The dog ate the apple and everybody read")
    person.page.setFocus()
    for act in (
        lambda: person.presses(Qt.Key.Key_End),
        lambda: person.presses(Qt.Key.Key_Home),
        lambda: person.presses(Qt.Key.Key_Right),
        lambda: person.presses(Qt.Key.Key_Down),
        lambda: person.writes("The dog ate that"),
        lambda: person.presses(Qt.Key.Key_Backspace, on=person.page.editor),
        lambda: person.presses(Qt.Key.Key_Home),
    ):
        act()
        person.page.setFocus()
        shown = _screen(person)
        assert shown == _afresh(person)


@pytest.mark.parametrize("height", [500, 1000])
def test_the_mark_of_a_tag_follows_its_row_in_a_comparison(person, height):
    """Where not all tags fit, the rows are ordered by score, and another step has another order."""
    person.resizes(1280, height)
    person.picks_model("preset:english")
    person.sets("Everybody read that book and they slept")
    state, page = person.session.state, person.page
    state.change(compared_with=ComparedWith("The dog read that book and slept", "preset:english-both"))
    person.wait(lambda: page.comparison_model.comparison is not None)
    state.change(opened=OpenedNumber("score", state.reading.words[1].tag))
    for step in (1, 2, 3, 4, 0):
        state.change(step=step)
        person.settle()
        page.setFocus()
        scores = Scores(state)
        scores.follow(page.comparison_model)
        scores.resize(page.scores.size())
        assert page.scores.grab().toImage() == scores.grab().toImage()


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:english"])
def test_parts_that_are_kept_are_those_of_new_widgets(person, model):
    """The tags beside the scores and the descriptions of the chips are made anew only where they change."""
    person.picks_model(model)
    state, page = person.session.state, person.page
    for act in (
        lambda: person.sets("The dog ate the apple"),
        lambda: person.writes("Everybody read"),
        lambda: person.writes("The book read"),
        lambda: state.change(opened=OpenedNumber("score", state.reading.model.tags[1])),
        lambda: person.themes.choose("light"),
        lambda: person.writes("The apple ate that"),
        lambda: state.change(opened=None),
        lambda: person.resizes(1300, 900),
    ):
        act()
        person.settle()
        page.setFocus()
        scores, chips = Scores(state), Chips()
        scores.follow(page.comparison_model)
        scores.resize(page.scores.size())
        assert page.scores.grab().toImage() == scores.grab().toImage()
        chips.set_reading(state.reading, page.matrix.columns)
        assert page.matrix.chips.accessibleDescription() == chips.accessibleDescription() != ""
        assert all(word in chips.accessibleDescription() for word in person.words)
        for widget in (scores, chips):
            widget.deleteLater()


def test_a_click_on_a_row_of_the_table_marks_that_row(person):
    table = person.page.table.view
    place = QPoint(20, table.rowViewportPosition(1) + 8)
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QApplication.processEvents()
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    person.settle()
    assert person.session.state.column == 1
    shown = _screen(person)
    assert shown == _afresh(person)


@pytest.mark.parametrize("height", [187, 350, 353, 411, 633])
def test_a_part_of_a_heatmap_fits_the_rest_at_any_height(application, height):
    """Rows end in the same pixels, whatever part of them is painted anew."""
    heatmaps, columns = Heatmaps(), ColumnLayout.fit(13, 720)
    generator = np.random.default_rng(0)
    numbers = {name: generator.uniform(-1, 1, (13, 64)).astype(np.float32) for name in "figcoh"}
    module = Module("", "LSTM", "words", 1, 1, 64, 64)
    heatmaps.resize(720, height)
    starts = dict.fromkeys("hc", np.zeros(64, np.float32))
    heatmaps.set_view(View(module, 0, 0, ("a",) * 13, numbers, numbers["h"], (), starts, 0.0), columns)
    whole = QImage(720, height, QImage.Format.Format_RGB32)
    heatmaps.render(whole)
    part = QRegion(columns.strip(0, height)).united(QRegion(columns.strip(12, height)))
    patched = whole.copy()
    with QPainter(patched) as painter:
        heatmaps.render(painter, part.boundingRect().topLeft(), part, QWidget.RenderFlag(0))
    assert patched == whole
    heatmaps.deleteLater()
