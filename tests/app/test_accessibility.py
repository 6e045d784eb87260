"""What a screen reader says, and what a hand without a mouse reaches."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from lstm_viz.app.widgets.panel import SaveButton
from lstm_viz.uris import of_run
from tests.runs_support import write_run

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)


def _controls(window):
    widgets = (w for w in window.findChildren(QWidget) if isinstance(w, CONTROLS) and w.isVisible())
    return [widget for widget in widgets if not _is_part_of_another(widget)]


def _is_part_of_another(widget):
    """Tell whether Qt made the widget within another: a header, a scroll bar, a corner."""
    names = [widget.objectName(), widget.parentWidget().objectName()]
    return any(name.startswith("qt_") for name in names) or isinstance(
        widget.parentWidget(), QAbstractItemView | QComboBox | QPlainTextEdit
    )


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:english", "preset:english-both"])
def test_every_control_has_a_name(person, model):
    person.picks_model(model)
    person.sets("a word here " * 40)
    person.content.error.report("ValueError: 1")
    controls = _controls(person.window)
    assert len(controls) >= 12
    nameless = [
        repr(widget)
        for widget in controls
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def _show_run(trainee, tmp_path, **run):
    path = write_run(tmp_path / "runs" / "a", checkpoints=True, **run)
    trainee.session.runs.relist()
    trainee.session.state.pick_model(of_run(path))
    trainee.settle()


def test_every_control_of_the_training_page_has_a_name(trainee, tmp_path):
    _show_run(trainee, tmp_path, nan=True)
    trainee.content.training.form.fold.click()
    controls = _controls(trainee.window)
    assert len(controls) >= 40
    nameless = [
        repr(widget)
        for widget in controls
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def _unlabelled(window):
    """Return the combo boxes whose name a screen reader cannot tell: on Unix it is that of their label."""
    combos = [widget for widget in _controls(window) if isinstance(widget, QComboBox)]
    assert combos
    return [repr(combo) for combo in combos if combo.accessibleName() not in _labels(combo)]


def _labels(widget):
    relations = QAccessible.queryAccessibleInterface(widget).relations()
    return [
        said.text(QAccessible.Text.Name) for said, kind in relations if kind & QAccessible.RelationFlag.Label
    ]


def test_combo_boxes_have_labels(person):
    person.picks_model("preset:english-both")
    assert _unlabelled(person.window) == []


def test_combo_boxes_of_the_training_page_have_labels(trainee):
    trainee.content.training.form.fold.click()
    assert _unlabelled(trainee.window) == []


def test_sliders_say_what_is_beside_them(person):
    bar, transport = person.content.top_bar, person.page.transport
    assert bar.epoch.accessibleName() == "Epoch: 300"
    assert (transport.slider.accessibleName(), transport.slider.value()) == ("step 1 of 5", 1)
    person.presses(Qt.Key.Key_Right)
    assert (transport.slider.accessibleName(), transport.slider.value()) == ("step 2 of 5", 2)
    bar.epoch.setValue(0)
    person.settle()
    assert bar.epoch.accessibleName() == f"Epoch: {bar.epoch_label.text()}" != "Epoch: 300"


def test_each_button_that_saves_names_its_panel(trainee):
    buttons = [widget for widget in _controls(trainee.window) if isinstance(widget, SaveButton)]
    names = {button.accessibleName() for button in buttons}
    assert len(names) == len(buttons) >= 5
    assert any(name.startswith("Gate saturation: ") for name in names)
    assert trainee.content.training.loss.smoothing.accessibleName() == "Smoothing: 0.9"


def test_the_arrow_of_a_fold_is_no_part_of_its_name(person):
    button = person.page.inputs_button
    assert button.text().startswith("▸") and button.accessibleName().startswith("xₜ, the input of the step")


def test_tab_reaches_every_control_of_the_training_page(trainee):
    page, bar = trainee.content.training, trainee.content.top_bar
    bar.tabs["training"].setFocus()
    seen = []
    while not seen or (seen[-1] is not bar.tabs["training"] and len(seen) < 120):
        QApplication.focusWidget().window().focusNextChild()
        seen.append(QApplication.focusWidget())
    assert seen[-1] is bar.tabs["training"]
    wanted = [page.control.go, page.control.one_step, page.control.pace, page.form.corpus, page.form.fold]
    wanted += [page.form.editors["seed"], page.runs_panel.open_button]
    assert [widget for widget in wanted if widget not in seen] == []


def test_each_stop_of_tab_on_the_training_page_shows_the_focus(trainee, tmp_path):
    _show_run(trainee, tmp_path)
    first = trainee.content.top_bar.tabs["training"]
    first.setFocus()
    unmarked = []
    while True:
        widget = QApplication.focusWidget()
        focused = _picture_around(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        if _picture_around(widget) == focused:
            unmarked.append(f"{widget} in {widget.parentWidget()}")
        if QApplication.focusWidget() is first:
            break
    assert not unmarked, "\n".join(unmarked)


def _picture_around(widget):
    QApplication.processEvents()
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint()), widget.size()).adjusted(-4, -4, 4, 4)
    return window.grab(place).toImage()


def test_the_pictures_say_what_they_show(person):
    page = person.page
    person.presses(Qt.Key.Key_Right)
    assert page.matrix.chips.accessibleDescription().startswith("The · DET 0.95")
    assert page.scores.accessibleDescription().startswith("DET −4.8205, NN −0.0286")
    assert "“dog”, unit 1: forget gate f = 0.460" in page.step_panel.diagram.accessibleDescription()
    for picture in (page.matrix.chips, page.matrix.heatmaps, page.scores, page.step_panel.diagram):
        assert picture.accessibleName()


def test_tab_reaches_every_control_and_comes_round(person):
    start = person.page.editor
    start.setFocus()
    seen = []
    while not seen or (seen[-1] is not start and len(seen) < 60):
        QApplication.focusWidget().window().focusNextChild()
        seen.append(QApplication.focusWidget())
    assert seen[-1] is start
    page, bar = person.page, person.content.top_bar
    wanted = [bar.model, bar.epoch, page.choosers.carry, page.inputs_button, page.transport.play]
    wanted += [page.transport.slider, page.transport.speed, page.step_panel.unit, page.table.view]
    assert [widget for widget in wanted if widget not in seen] == []


def test_shortcuts_and_mnemonics_are_used_once(person):
    menus = [action.menu() for action in person.window.menuBar().actions()]
    keys = [a.shortcut().toString() for menu in menus for a in menu.actions() if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys)) > 5
    for menu in menus:
        letters = [a.text().split("&", 1)[1][0].lower() for a in menu.actions() if "&" in a.text()]
        assert len(letters) == len(set(letters)), menu.title()


@pytest.mark.parametrize(
    ("key", "modifier", "selected"),
    [
        (Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier, {"inputs_shown": True}),
        (Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier, {"carry": True}),
        (Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier, {"unit": None}),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier, {"step": 1}),
    ],
)
def test_actions_have_keys_even_while_typing(person, key, modifier, selected):
    person.page.editor.setFocus()
    person.bot.keyClick(person.page.editor, key, modifier)
    person.settle()
    selection = person.session.state.selection
    assert {name: getattr(selection, name) for name in selected} == selected
    assert person.page.editor.toPlainText() == "The dog ate the apple"


def test_the_theme_can_be_chosen_in_the_menu(person):
    view = next(a.menu() for a in person.window.menuBar().actions() if a.text() == "&View")
    light = next(action for action in view.actions() if action.text() == "&Light theme")
    dark_pixel = person.window.grab().toImage().pixelColor(2, person.window.height() - 2).name()
    light.trigger()
    assert person.session.state.theme.name == "light"
    light_pixel = person.window.grab().toImage().pixelColor(2, person.window.height() - 2).name()
    assert (dark_pixel, light_pixel) == ("#14171b", "#eef0f3")
    assert person.themes.choice == "light"
