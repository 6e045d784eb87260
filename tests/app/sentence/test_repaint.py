"""Only what changed is painted: what is on the screen must still be what painting all of it would give."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def _screen(person):
    """Return what is on the screen, as the last partial paints left it."""
    QApplication.processEvents()
    return person.window.screen().grabWindow(person.window.winId()).toImage()


def _afresh(person):
    for widget in person.window.findChildren(QWidget):
        widget.update()
    return _screen(person)


@pytest.mark.parametrize("model", ["tutorial", "english"])
def test_partial_paints_leave_nothing_stale(person, model):
    person.resizes(1600, 1000)
    person.picks_model(model)
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
