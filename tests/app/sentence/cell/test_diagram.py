from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QAbstractAnimation, QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget

from lstm_viz.app.panels.cell.diagram import CellDiagram
from lstm_viz.app.panels.cell.frame_painter import FramePainter
from lstm_viz.app.panels.cell.scene import STAGES
from lstm_viz.app.panels.cell.values import step_values, with_sums
from lstm_viz.app.panels.cell.wire_painter import CENTRE, LEFT, write
from lstm_viz.app.theme import THEMES

DARK = THEMES["dark"]


@pytest.fixture
def diagram(qtbot):
    widget = CellDiagram()
    qtbot.addWidget(widget)
    widget.resize(480, 330)
    return widget


def _show(qtbot, diagram, values):
    diagram.set_values(values, DARK)
    with qtbot.waitExposed(diagram):
        diagram.show()


def _picture(widget):
    image = widget.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1).copy()


def _centre(diagram, name) -> QPoint:
    return diagram.layout_now().nodes[name].rect.center().toPoint()


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", "figo"), ("GRU", "rzn"), ("RNN_TANH", "h")])
def test_a_click_on_a_box_names_its_gate(qtbot, diagram, cell_of, kind, gates):
    _show(qtbot, diagram, step_values(cell_of(kind).view, 1, 2))
    for gate in gates:
        with qtbot.waitSignal(diagram.number_clicked) as clicked:
            qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=_centre(diagram, gate))
        assert clicked.args == [gate]


def test_a_click_beside_the_boxes_names_none(qtbot, diagram, cell_of):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    with qtbot.assertNotEmitted(diagram.number_clicked):
        qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=_centre(diagram, "tanh"))
        qtbot.mouseClick(diagram, Qt.MouseButton.RightButton, pos=_centre(diagram, "f"))


def test_a_mean_has_no_arithmetic(qtbot, diagram, cell_of):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, None))
    with qtbot.assertNotEmitted(diagram.number_clicked):
        qtbot.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=_centre(diagram, "f"))
        qtbot.keyClick(diagram, "f")


def test_the_cursor_points_at_a_gate_and_it_lights_up(qtbot, diagram, cell_of):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    before = _picture(diagram)
    qtbot.mouseMove(diagram, QPoint(4, 4))
    qtbot.mouseMove(diagram, _centre(diagram, "g"))
    qtbot.waitUntil(lambda: diagram.cursor().shape() == Qt.CursorShape.PointingHandCursor)
    assert not np.array_equal(before, _picture(diagram))
    qtbot.mouseMove(diagram, QPoint(4, 4))
    qtbot.waitUntil(lambda: diagram.cursor().shape() == Qt.CursorShape.ArrowCursor)
    assert np.array_equal(before, _picture(diagram))


def test_a_gates_letter_opens_it_and_arrows_pass_on(qtbot, cell_of):
    keys = []

    class Page(QWidget):
        def keyPressEvent(self, event):
            keys.append(event.key())

    page = Page()
    qtbot.addWidget(page)
    diagram, editor = CellDiagram(), QLineEdit()
    column = QVBoxLayout(page)
    column.addWidget(editor)
    column.addWidget(diagram)
    diagram.set_values(step_values(cell_of("LSTM").view, 1, 2), DARK)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert diagram.hasFocus()
    with qtbot.waitSignal(diagram.number_clicked) as clicked:
        qtbot.keyClick(diagram, "O")
    assert clicked.args == ["o"]
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Space):
        qtbot.keyClick(diagram, key)
    assert keys == [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Space]


def test_play_goes_through_its_stages_and_leaves_no_timer(qtbot, diagram, cell_of):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    diagram.set_speed(6.0)
    seen = []
    paint = type(diagram).paintEvent
    diagram.paintEvent = lambda event: (seen.append(diagram.position), paint(diagram, event))[1]
    diagram.play()
    assert diagram.is_playing
    qtbot.waitUntil(lambda: STAGES in seen, timeout=120_000)
    assert not diagram.is_playing
    assert diagram.position == STAGES
    assert _timers(diagram) == []
    assert seen == sorted(seen)
    assert {int(position) for position in seen} >= {0, 1, 2}


def _timers(widget):
    return [
        a for a in widget.findChildren(QAbstractAnimation) if a.state() != QAbstractAnimation.State.Stopped
    ]


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_each_stage_looks_different(qtbot, diagram, cell_of, kind, monkeypatch):
    _show(qtbot, diagram, step_values(cell_of(kind).view, 1, 2))
    pictures = []
    for position in (0.0, 0.9, 1.9, 2.95, 3.0):
        monkeypatch.setattr(CellDiagram, "position", position)
        pictures.append(_picture(diagram).tobytes())
    assert len(set(pictures)) == len(pictures)


def test_a_number_appears_when_it_is_computed(qtbot, diagram, cell_of, monkeypatch):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    rects = {p.label.number: p.number_rect.toRect() for p in diagram.layout_now().labels}
    shown = {}
    for position in (0.0, 1.0, 2.0, 3.0):
        monkeypatch.setattr(CellDiagram, "position", position)
        image = diagram.grab().toImage()
        shown[position] = {
            name
            for name in ("c_prev", "f·c_prev", "i·g", "tanh_c", "h")
            if _has_ink(image, rects[name], DARK.panel)
        }
    assert shown[0.0] == set()
    assert shown[1.0] == {"c_prev", "f·c_prev"}
    assert shown[2.0] == {"c_prev", "f·c_prev", "i·g"}
    assert shown[3.0] == {"c_prev", "f·c_prev", "i·g", "tanh_c", "h"}


def _has_ink(image, rect, ground):
    area = image.copy(rect)
    return any(
        area.pixelColor(x, y).name() != ground for x in range(area.width()) for y in range(area.height())
    )


def test_without_motion_the_end_is_there_at_once(qtbot, diagram, cell_of):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    diagram.play()
    diagram.set_motion(False)
    assert not diagram.is_playing
    diagram.play()
    assert not diagram.is_playing
    assert diagram.position == STAGES


def test_hiding_stops_the_motion(qtbot, diagram, cell_of):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    diagram.play()
    assert diagram.is_playing
    diagram.hide()
    assert not diagram.is_playing
    assert _timers(diagram) == []


def test_what_cannot_be_seen_ends_at_once(diagram, cell_of):
    diagram.set_values(step_values(cell_of("LSTM").view, 1, 2), DARK)
    diagram.play()
    assert not diagram.is_playing
    assert diagram.position == STAGES


def test_play_starts_again_from_the_start(qtbot, diagram, cell_of):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    diagram.play()
    qtbot.waitUntil(lambda: 0 < diagram.position < STAGES)
    diagram.play()
    assert diagram.is_playing
    assert diagram.position == 0


def test_new_values_do_not_interrupt_and_none_does(qtbot, diagram, cell_of):
    view = cell_of("LSTM").view
    _show(qtbot, diagram, step_values(view, 1, 2))
    diagram.play()
    diagram.set_values(step_values(view, 1, 3), DARK)
    assert diagram.is_playing
    diagram.set_values(None, DARK)
    assert not diagram.is_playing


def test_other_values_other_theme_other_picture(qtbot, diagram, cell_of):
    view = cell_of("LSTM").view
    pictures = set()
    for values, theme in (
        (step_values(view, 1, 2), "dark"),
        (step_values(view, 1, 3), "dark"),
        (step_values(view, 1, None), "dark"),
        (step_values(view, 1, 2), "light"),
        (None, "dark"),
    ):
        diagram.set_values(values, THEMES[theme])
        pictures.add(_picture(diagram).tobytes())
    assert len(pictures) == 5


def _at_rest(values, theme="dark"):
    """Return the picture of a diagram that has shown nothing before."""
    fresh = CellDiagram()
    fresh.resize(480, 330)
    fresh.set_values(values, THEMES[theme])
    return _picture(fresh)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_what_was_shown_before_leaves_no_trace(qtbot, diagram, cell_of, kind):
    cell = cell_of(kind)
    single, mean = step_values(cell.view, 1, 2), step_values(cell.view, 2, None)
    other = step_values(cell_of("RNN_TANH" if kind == "LSTM" else "LSTM").view, 1, 2)
    told = with_sums(single, cell.explain(1, 2))
    for values, theme in (
        (single, "dark"),
        (mean, "dark"),
        (other, "light"),
        (told, "light"),
        (told, "dark"),
    ):
        diagram.set_values(values, THEMES[theme])
        assert np.array_equal(_picture(diagram), _at_rest(values, theme))
    diagram.resize(700, 400)
    _picture(diagram)
    diagram.resize(480, 330)
    assert np.array_equal(_picture(diagram), _at_rest(told))


def test_the_end_of_a_motion_is_the_step_at_rest(qtbot, diagram, cell_of, monkeypatch):
    _show(qtbot, diagram, step_values(cell_of("LSTM").view, 1, 2))
    rest = _picture(diagram)
    monkeypatch.setattr(CellDiagram, "position", STAGES - 1e-9)
    moving = _picture(diagram).astype(int)
    assert not np.array_equal(rest, moving), "stages that are past are dimmed until all is shown"
    monkeypatch.setattr(CellDiagram, "position", float(STAGES))
    assert np.array_equal(rest, _picture(diagram))


def test_a_finer_picture_is_as_sharp_as_its_pixels(diagram, cell_of):
    diagram.set_values(step_values(cell_of("LSTM").view, 1, 2), DARK)
    diagram.grab()
    fine = QImage(960, 660, QImage.Format.Format_RGB32)
    fine.setDevicePixelRatio(2)
    diagram.render(fine)
    coarse = diagram.grab().toImage().scaled(960, 660)
    title = diagram.layout_now().nodes["f"].title_rect
    area = QRectF(title.topLeft() * 2, title.size() * 2).toRect()
    assert _inks(fine.copy(area)) > _inks(coarse.copy(area)), "only true pixels have so many shades"


def _inks(image):
    return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})


def test_digits_alone_paint_no_frame_anew(qtbot, diagram, cell_of, monkeypatch):
    view, painted = cell_of("LSTM").view, []
    draw = FramePainter.draw
    monkeypatch.setattr(FramePainter, "draw", lambda self: (painted.append(self), draw(self)))
    for unit in (0, 1, 2, 3):
        diagram.set_values(step_values(view, 1, unit), DARK)
        _picture(diagram)
    assert len(painted) == 1
    diagram.set_values(step_values(view, 1, 3), THEMES["light"])
    _picture(diagram)
    assert len(painted) == 2


def test_another_direction_paints_the_frame_anew(qtbot, diagram, cell_of):
    for direction in (0, 1, 0):
        values = step_values(cell_of("LSTM", direction=direction).view, 1, 2)
        diagram.set_values(values, DARK)
        assert diagram.layout_now().frame.basis.backward is bool(direction)
        assert np.array_equal(_picture(diagram), _at_rest(values))
    forward, backward = (replace(values, backward=backward) for backward in (False, True))
    assert not np.array_equal(_at_rest(forward), _at_rest(backward))


@pytest.mark.parametrize(("direction", "state"), [(0, "hₜ₋₁"), (1, "hₜ₊₁")])
def test_a_tip_in_full_names_the_state_that_was_read(qtbot, diagram, cell_of, direction, state):
    cell = cell_of("GRU", direction=direction)
    _show(qtbot, diagram, with_sums(step_values(cell.view, 1, 2), cell.explain(1, 2)))
    label = next(placed for placed in diagram.layout_now().labels if placed.label.number == "Wh_n")
    at = label.rect.center().toPoint()
    QApplication.sendEvent(diagram, QHelpEvent(QEvent.Type.ToolTip, at, diagram.mapToGlobal(at)))
    assert QToolTip.text().startswith(f"W_hn·{state} + b_hn = ")
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_html_and_a_lone_surrogate_are_words(qtbot, diagram, cell_of, monkeypatch):
    failures = []
    monkeypatch.setattr("sys.excepthook", lambda *args: failures.append(args))
    cell = cell_of("LSTM", words=("<img src=x>", "a\ud800", "<b>", "🍎" * 300))
    for column in range(4):
        diagram.set_values(step_values(cell.view, column, 0), DARK)
        _picture(diagram)
    assert failures == []
    diagram.set_values(step_values(cell.view, 0, 0), DARK)
    assert diagram.layout_now().word.text == "“<img src=x>”"
    assert "<img src=x>" in diagram.accessibleDescription()


def test_nan_is_drawn_and_said(qtbot, diagram, cell_of, monkeypatch):
    failures = []
    monkeypatch.setattr("sys.excepthook", lambda *args: failures.append(args))
    cell = cell_of("LSTM")
    cell.view.quantities["f"][1, 2] = np.nan
    cell.view.quantities["c"][1, 2] = np.inf
    _show(qtbot, diagram, step_values(cell.view, 1, 2))
    danger = diagram.grab().toImage()
    red = {danger.pixelColor(x, y).name() for x in range(danger.width()) for y in range(danger.height())}
    assert DARK.danger in red
    assert failures == []
    assert "forget gate f = NaN" in diagram.accessibleDescription()


def test_the_description_says_the_numbers(diagram, cell_of):
    view = cell_of("GRU").view
    diagram.set_values(step_values(view, 1, 2), DARK)
    assert f"reset gate r = {view.quantities['r'][1, 2]:.3f}" in diagram.accessibleDescription()
    assert "unit 3" in diagram.accessibleDescription()


def test_a_tooltip_has_four_digits(qtbot, diagram, cell_of):
    cell = cell_of("LSTM")
    values = with_sums(step_values(cell.view, 1, 2), cell.explain(1, 2))
    _show(qtbot, diagram, values)
    label = next(placed for placed in diagram.layout_now().labels if placed.label.number == "i·g")
    at = label.rect.center().toPoint()
    QApplication.sendEvent(diagram, QHelpEvent(QEvent.Type.ToolTip, at, diagram.mapToGlobal(at)))
    assert QToolTip.text() == f"iₜ·gₜ = {values.numbers['i·g']:.4g}".replace("-", "−")
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_number_at_is_where_the_box_is(diagram, cell_of):
    diagram.set_values(step_values(cell_of("GRU").view, 1, 2), DARK)
    rect = diagram.layout_now().nodes["z"].rect
    assert diagram.number_at(rect.center()) == "z"
    assert diagram.number_at(rect.bottomRight() + QPointF(2, 2)) is None


@pytest.mark.parametrize("pixels", [9, 10, 11.5, 13, 17, 20])
@pytest.mark.parametrize("text", ["cₜ₋₁", "−0.123", "tanh", "f forget", "“apple”"])
def test_a_text_is_where_a_rectangle_would_have_it(qapp, text, pixels):
    font, flags = QFont(), Qt.TextFlag.TextDontClip | Qt.AlignmentFlag.AlignVCenter
    font.setPixelSize(round(pixels))
    for align, side in ((LEFT, Qt.AlignmentFlag.AlignLeft), (CENTRE, Qt.AlignmentFlag.AlignHCenter)):
        for rect in (QRectF(10, 10, 90, 30), QRectF(10.3, 9.6, 41.7, 18.25), QRectF(20.5, 12.5, 0, 11)):
            images = [QImage(130, 60, QImage.Format.Format_RGB32) for _ in range(2)]
            for image, at_a_point in zip(images, (True, False), strict=True):
                image.fill(QColor(DARK.panel))
                with QPainter(image) as painter:
                    if at_a_point:
                        write(painter, rect, DARK.text, text, font=font, align=align)
                    else:
                        painter.setFont(font)
                        painter.setPen(QColor(DARK.text))
                        painter.drawText(rect, int(side | flags), text)
            assert images[0] == images[1]
