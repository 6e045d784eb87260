"""An exception that nobody caught is shown, can be copied, and ends nothing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from lstm_viz.app.pages.sentence.page import SentencePage
from lstm_viz.app.pages.sentence.status_line import StatusLine
from lstm_viz.app.panels.cell.diagram import CellDiagram
from lstm_viz.app.panels.heatmaps import chip
from lstm_viz.app.panels.heatmaps.bands import Band
from lstm_viz.app.panels.heatmaps.chips import Chips
from lstm_viz.app.panels.heatmaps.heatmap_labels import HeatmapLabel
from lstm_viz.app.panels.heatmaps.heatmaps import Heatmaps
from lstm_viz.app.panels.heatmaps.matrix import Matrix
from lstm_viz.app.panels.scores.score_table import ScoreModel
from lstm_viz.app.panels.scores.scores import Scores
from lstm_viz.app.shell.error_panel import ErrorReporter
from lstm_viz.app.widgets import icons


@pytest.fixture
def reporter(person):
    """Stand where the program's own reporter stands, and show what it catches."""
    reporter = ErrorReporter()
    reporter.install()
    reporter.reported.connect(person.content.error.report)
    yield reporter
    reporter.remove()


def _breaks(*_args, **_kwargs):
    raise RuntimeError("deliberately <b>broken</b>")


def _is_reported(person):
    panel = person.content.error
    person.wait(panel.isVisible)
    assert panel.title.text().endswith("\nRuntimeError: deliberately <b>broken</b>")
    assert panel.title.textFormat() == Qt.TextFormat.PlainText
    assert "_breaks" in panel.details.toPlainText()


def _goes_on(person):
    person.page.editor.setFocus()
    person.writes("Everybody read")
    assert person.words == ["Everybody", "read"]
    person.window.grab()


@pytest.mark.parametrize(
    ("owner", "name"),
    [(StatusLine, "_message_about"), (Matrix, "_place"), (Scores, "_describe")],
    ids=["status_line", "matrix", "scores"],
)
def test_an_exception_in_a_slot(person, reporter, monkeypatch, capsys, owner, name):
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, _breaks)
        person.bot.keyClicks(person.page.editor, "s")
        _is_reported(person)
        person.settle()
        assert person.words[-1] == "apples"
        assert person.page.table.model.text(4, 0) == "apples"
    assert "deliberately" in capsys.readouterr().err
    _goes_on(person)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Scores, "_paint_rows"),
        (Band, "_paint_numbers"),
        (Heatmaps, "_paint_playhead"),
        (Chips, "chip"),
        (CellDiagram, "layout_now"),
        (ScoreModel, "is_best"),
    ],
    ids=["scores", "numbers", "playhead", "chips", "diagram", "table"],
)
def test_an_exception_in_a_paint(person, reporter, monkeypatch, owner, name):
    reports = []
    reporter.reported.connect(reports.append)
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, _breaks)
        person.presses(Qt.Key.Key_Right)
        person.window.repaint()
        _is_reported(person)
        for _ in range(20):
            QApplication.processEvents()
        seen = len(reports)
        for _ in range(20):
            QApplication.processEvents()
        assert len(reports) == seen, "showing the error must not cause another"
    _goes_on(person)


@pytest.mark.parametrize(
    ("owner", "name"),
    [(chip, "_paint_frame"), (HeatmapLabel, "paint"), (icons, "_path")],
    ids=["chip", "ground", "icon"],
)
def test_an_exception_while_a_picture_is_painted(person, reporter, monkeypatch, owner, name):
    """Qt ends the program where an image goes away that is still painted on."""
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, _breaks)
        chip.chip_image.cache_clear()
        person.themes.choose("light")
        person.window.repaint()
        _is_reported(person)
    _goes_on(person)


def test_an_exception_in_a_key(person, reporter, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(SentencePage, "take_key", _breaks)
        person.bot.keyClick(person.page, Qt.Key.Key_Right)
        _is_reported(person)
    _goes_on(person)


def test_an_exception_at_the_close_does_not_hold_the_window(person, reporter):
    person.window.closed.connect(_breaks)
    assert person.window.close()
    assert not person.window.isVisible()


def test_the_report_can_be_copied_and_dismissed(person, reporter, monkeypatch):
    panel = person.content.error
    with monkeypatch.context() as broken:
        broken.setattr(StatusLine, "_message_about", _breaks)
        person.bot.keyClicks(person.page.editor, "ss")
        _is_reported(person)
        person.settle()
    person.clicks(panel.copy_button)
    copied = QGuiApplication.clipboard().text()
    assert copied.count("Traceback (most recent call last)") == 1
    assert copied.rstrip().endswith("RuntimeError: deliberately <b>broken</b>")
    person.clicks(panel.close_button)
    assert not panel.isVisible()
    panel.report("Traceback\nValueError: another\n")
    assert panel.isVisible() and "deliberately" not in panel.details.toPlainText()


def test_ctrl_c_is_no_error(person, reporter):
    seen = []
    reporter._before = lambda *args: seen.append(args[0])
    reporter._report(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen == [KeyboardInterrupt]
    assert not person.content.error.isVisible()
