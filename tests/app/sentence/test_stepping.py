"""Keys, buttons, slider, clicks and play: one playhead, the same on every panel."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lstm_viz.app.pages.sentence.transport import STEP_MS


def _playheads(person):
    """Return where each panel shows the playhead, counted from 0."""
    page = person.page
    title = page.step_panel.title.text()
    return {
        "state": person.session.state.column,
        "chips": page.matrix.chips._column,
        "heatmaps": page.matrix.heatmaps._column,
        "slider": page.transport.slider.value() - 1,
        "label": int(page.transport.label.text().split()[1]) - 1,
        "title": int(title.split()[1]) - 1,
        "word": person.words.index(title.split("“")[1].rstrip("”")),
        "scores": person.words.index(page.scores._title().split("“")[1].rstrip("”")),
        "table": page.table.view.currentIndex().row(),
        "selected": page.table.view.selectionModel().selectedRows()[0].row(),
        "bars": [round(score, 6) for _, score in page.scores.rows()],
    }


def _stands_at(person, step):
    heads = _playheads(person)
    assert heads.pop("bars") == [round(float(score), 6) for score in person.reading.scores[step]]
    assert heads == dict.fromkeys(heads, step)


def test_the_arrow_keys_step_and_stop_at_the_ends(person):
    person.page.setFocus()
    _stands_at(person, 0)
    for step in (1, 2, 3, 4, 4):
        person.presses(Qt.Key.Key_Right)
        _stands_at(person, step)
    for step in (3, 2, 1, 0, 0):
        person.presses(Qt.Key.Key_Left)
        _stands_at(person, step)


def test_home_and_end(person):
    person.presses(Qt.Key.Key_End)
    _stands_at(person, 4)
    person.presses(Qt.Key.Key_Home)
    _stands_at(person, 0)


def test_the_buttons_step(person):
    transport = person.page.transport
    for button, step in (
        (transport.last, 4),
        (transport.back, 3),
        (transport.first, 0),
        (transport.forward, 1),
    ):
        person.clicks(button)
        _stands_at(person, step)


def test_the_slider_steps(person):
    slider = person.page.transport.slider
    assert (slider.minimum(), slider.maximum()) == (1, 5)
    slider.setFocus()
    person.presses(Qt.Key.Key_Right, on=slider)
    _stands_at(person, 1)
    slider.setValue(4)
    person.settle()
    _stands_at(person, 3)


def test_a_click_on_a_chip_steps_there_and_the_keys_go_on_from_it(person):
    chips = person.page.matrix.chips
    person.page.editor.setFocus()
    person.clicks(chips, chips.rect_of(2).center())
    _stands_at(person, 2)
    person.presses(Qt.Key.Key_Right, on=person.window.focusWidget())
    _stands_at(person, 3)


def test_a_click_on_a_cell_picks_step_and_unit(person):
    heatmaps = person.page.matrix.heatmaps
    person.page.editor.setFocus()
    person.clicks(heatmaps, person.band("c").cell(3, 5).center().toPoint())
    _stands_at(person, 3)
    assert person.session.state.selection.unit == 5
    person.presses(Qt.Key.Key_Left, on=person.window.focusWidget())
    _stands_at(person, 2)


def test_a_right_click_does_nothing(person):
    heatmaps = person.page.matrix.heatmaps
    place = person.band("c").cell(3, 5).center().toPoint()
    QTest.mouseClick(heatmaps, Qt.MouseButton.RightButton, pos=place)
    _stands_at(person, 0)
    assert person.session.state.selection.unit == 0


def test_a_click_beside_the_columns_does_nothing(person):
    chips = person.page.matrix.chips
    person.clicks(chips, QPoint(5, 20))
    person.clicks(chips, QPoint(chips.width() - 1, 20))
    _stands_at(person, 0)


def test_a_row_of_the_table_steps(person):
    view = person.page.table.view
    person.clicks(view.viewport(), view.visualRect(view.model().index(3, 1)).center())
    _stands_at(person, 3)
    view.setFocus()
    person.presses(Qt.Key.Key_Up, on=view)
    _stands_at(person, 2)
    person.presses(Qt.Key.Key_Right, on=view)
    _stands_at(person, 3)


def test_the_caret_steps(person):
    editor = person.page.editor
    editor.setFocus()
    person.presses(Qt.Key.Key_Home, on=editor)
    _stands_at(person, 0)
    for _ in "The do":
        person.bot.keyClick(editor, Qt.Key.Key_Right)
    person.settle()
    _stands_at(person, 1)
    person.presses(Qt.Key.Key_End, on=editor)
    _stands_at(person, 4)


def test_escape_gives_the_keys_to_the_page(person):
    person.page.editor.setFocus()
    person.bot.keyClick(person.page.editor, Qt.Key.Key_Escape)
    assert not person.page.editor.hasFocus()
    person.presses(Qt.Key.Key_Right, on=person.window.focusWidget())
    _stands_at(person, 1)


def test_a_key_that_qt_has_no_name_for_is_no_trouble(person):
    before = _playheads(person)
    QApplication.sendEvent(
        person.page, QKeyEvent(QEvent.Type.KeyPress, 0xAC00, Qt.KeyboardModifier.NoModifier, "가")
    )
    assert _playheads(person) == before


# ---------------------------------------------------------------- play


def test_play_runs_to_the_end_and_stops_there(person):
    person.session.state.change(speed=200.0)
    with person.bot.waitSignals([person.page.player.playing_changed] * 2, timeout=120_000):
        person.clicks(person.page.transport.play)
    assert not person.page.player.playing
    person.settle()
    _stands_at(person, 4)


def test_play_at_the_end_starts_over(person):
    person.presses(Qt.Key.Key_End)
    person.presses(Qt.Key.Key_Space)
    assert person.page.player.playing
    _stands_at(person, 0)
    person.presses(Qt.Key.Key_Space)
    assert not person.page.player.playing


def test_a_net_that_reads_backward_plays_from_the_last_word_to_the_first(person):
    person.picks_model("preset:english-both")
    person.session.state.change(direction=1, speed=200.0)
    person.settle()
    transport = person.page.transport
    person.session.state.step_to(1)
    assert transport.label.text() == "step 4 of 5" and transport.slider.invertedAppearance()
    seen = list[int]()
    person.session.state.selection_changed.connect(lambda new, old: seen.append(new.step))
    person.clicks(transport.last)
    assert person.session.state.column == 0
    with person.bot.waitSignals([person.page.player.playing_changed] * 2, timeout=120_000):
        person.clicks(transport.play)
    assert list(dict.fromkeys(seen[1:])) == [4, 3, 2, 1, 0]
    person.clicks(transport.back)
    assert person.session.state.column == 1
    person.page.setFocus()
    person.presses(Qt.Key.Key_Right)
    assert person.session.state.column == 2, "the arrow keys move on the screen"


def test_a_module_is_shown_again_as_it_was_left(person):
    person.picks_model("preset:english-both")
    choosers, state = person.page.choosers, person.session.state
    state.change(direction=1)
    person.settle()
    for index, direction in ((1, 0), (0, 1)):
        choosers.module.setCurrentIndex(index)
        choosers.module.activated.emit(index)
        person.settle()
        assert state.reading.view.direction == direction
    assert not state.reading.view.module.own_columns


def test_typing_pauses(person):
    person.page.player.play()
    person.bot.keyClicks(person.page.editor, "s")
    assert not person.page.player.playing
    person.settle()


def test_the_speed_is_the_pause_between_steps(person):
    player, transport = person.page.player, person.page.transport
    player.play()
    assert player._timer.interval() == STEP_MS
    transport.speed.setCurrentIndex(transport.speed.findText("4×"))
    assert player._timer.interval() == STEP_MS // 4
    assert person.page.step_panel.diagram._animation.duration() < 300
    player.pause()


def test_the_icon_says_what_a_press_does(person):
    transport = person.page.transport
    idle = transport.play.icon().cacheKey()
    person.clicks(transport.play)
    assert person.page.player.playing
    assert transport.play.icon().cacheKey() != idle
    person.clicks(transport.play)
    assert not person.page.player.playing


def test_space_in_the_editor_types(person):
    editor = person.page.editor
    editor.setFocus()
    person.presses(Qt.Key.Key_Space, on=editor)
    assert editor.toPlainText() == "The dog ate the apple "
    assert not person.page.player.playing


@pytest.mark.parametrize("name", ["forward", "back", "last"])
def test_on_a_button_space_plays_and_enter_presses_it(person, name):
    person.session.state.step_to(2)
    button = getattr(person.page.transport, name)
    button.setFocus()
    person.presses(Qt.Key.Key_Space, on=button)
    assert person.page.player.playing
    person.presses(Qt.Key.Key_Space, on=button)
    assert not person.page.player.playing
    _stands_at(person, 2)
    person.presses(Qt.Key.Key_Return, on=button)
    _stands_at(person, {"forward": 3, "back": 1, "last": 4}[name])


def test_on_a_switch_and_a_chooser_space_plays_and_enter_activates(person):
    switch, chooser = person.page.choosers.carry, person.page.transport.speed
    for widget in (switch, chooser):
        widget.setFocus()
        person.presses(Qt.Key.Key_Space, on=widget)
        assert person.page.player.playing and not switch.isChecked()
        person.presses(Qt.Key.Key_Space, on=widget)
    switch.setFocus()
    person.presses(Qt.Key.Key_Return, on=switch)
    assert switch.isChecked()
    chooser.setFocus()
    person.presses(Qt.Key.Key_Return, on=chooser)
    assert chooser.view().isVisible()
    chooser.hidePopup()


def test_arrows_step_wherever_a_button_has_the_focus(person):
    for widget in (person.page.inputs_button, person.page.choosers.carry, person.page.transport.play):
        widget.setFocus()
        before = person.session.state.column
        person.presses(Qt.Key.Key_Right, on=widget)
        _stands_at(person, before + 1)


def test_a_step_plays_in_the_diagram_and_may_be_turned_off(person):
    diagram = person.page.step_panel.diagram
    person.session.state.change(motion=True)
    person.presses(Qt.Key.Key_Right)
    assert diagram.is_playing
    person.session.state.change(motion=False)
    assert not diagram.is_playing
    person.presses(Qt.Key.Key_Right)
    assert not diagram.is_playing


def test_the_matrix_paints_the_playhead_where_it_is(person):
    heatmaps, text = person.page.matrix.heatmaps, person.session.state.theme.text
    for step in (0, 3):
        person.session.state.step_to(step)
        person.settle()
        image = heatmaps.grab().toImage()
        left = round(person.page.matrix.columns.left(step))
        gap = round(person.band("f").rect.bottom()) + 3  # between two heatmaps only the playhead is painted
        lit = [k for k in range(5) if _has(image, round(person.page.matrix.columns.left(k)), gap, text)]
        assert lit == [step] or lit == [step, step + 1]
        assert _has(image, left, gap, text)


def _has(image, x, y, colour):
    return any(image.pixelColor(k, y).name() == colour for k in range(x - 1, x + 2))


# ---------------------------------------------------------------- while an answer is on its way


def test_a_step_taken_before_the_answer_is_not_lost(person):
    person.presses(Qt.Key.Key_Right)
    person.session.state.change(carry=True)  # asks anew; the answer is still to come
    person.session.state.step_to(3)
    person.settle()
    _stands_at(person, 3)


def test_a_unit_picked_before_the_answer_gets_its_arithmetic(person):
    person.session.state.change(carry=True)
    person.session.state.change(unit=4)
    person.settle()
    assert person.session.state.selection.unit == 4
    assert person.session.state.gate_arithmetic.unit == 4
