"""A guard over PySide: a release lost a reference to None at every paint and one to True at every emit."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

TIMES = 5_000
FEW = 100  # what else goes on between two counts

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from 3.12 on")


class _Painted(QWidget):
    count = 0

    def paintEvent(self, event):
        self.count += 1


class _Emitter(QObject):
    happened = Signal(bool)


def test_paints_keep_the_references_to_none(application, qtbot):
    widget = _Painted()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    before = sys.getrefcount(None)
    for _ in range(TIMES):
        widget.repaint()
    assert widget.count >= TIMES
    assert before - sys.getrefcount(None) < FEW


def test_emits_keep_the_references_to_true(application):
    emitter, heard = _Emitter(), []
    emitter.happened.connect(lambda on: heard.append(1) if on else None)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(TIMES):
        emitter.happened.emit(True)
    assert len(heard) == TIMES
    assert before[0] - sys.getrefcount(True) < FEW
    assert before[1] - sys.getrefcount(None) < FEW


def test_our_own_paints_and_signals_keep_them(person):
    heatmaps, state = person.page.matrix.heatmaps, person.session.state
    heatmaps.repaint()
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(TIMES // 20):
        heatmaps.repaint()
        state.selection_changed.emit(state.selection, state.selection)
    assert before[0] - sys.getrefcount(None) < FEW
    assert before[1] - sys.getrefcount(True) < FEW
