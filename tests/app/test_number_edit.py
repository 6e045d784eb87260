"""The field for numbers, with real keys, in locales that write numbers in their own ways."""

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from lstm_viz.app.widgets.number_edit import MARKED, NumberEdit
from lstm_viz.text.numbers import SENTENCES, NumberRange
from tests.app.keys import type_over

RATE = NumberRange(least=0, above=True, most=1e9)
SIZE = NumberRange(whole=True, least=1, most=2048)


@pytest.fixture(params=["en_US", "de_DE", "fr_FR", "ar_EG"])
def locale(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


class Fields(QWidget):
    """Two fields, and the signals they emitted."""

    def __init__(self):
        super().__init__()
        self.rate, self.size = NumberEdit(RATE), NumberEdit(SIZE)
        self.taken = []
        layout = QVBoxLayout(self)
        for field, value in ((self.rate, 0.003), (self.size, 64)):
            layout.addWidget(field)
            field.reset(value)
            field.taken.connect(self.taken.append)


@pytest.fixture
def fields(application, qtbot):
    fields = Fields()
    qtbot.addWidget(fields)
    fields.show()
    qtbot.waitExposed(fields)
    fields.activateWindow()
    fields.rate.setFocus()
    return fields


def _leaves(qtbot, field):
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert not field.hasFocus()


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("1e-3", 0.001, "0.001"), ("3E-4", 3e-4, "0.0003"), ("1e−3", 1e-3, "0.001"), ("0.05", 0.05, "0.05"),
        ("0,05", 0.05, "0.05"), ("1,5", 1.5, "1.5"), ("٠٫٠٥", 0.05, "0.05"), ("०.२५", 0.25, "0.25"),
        ("0.0000005", 5e-7, "5e-7"), ("1 000", 1000.0, "1000"),
    ],
)  # fmt: skip
def test_a_number_is_the_same_in_every_locale(fields, qtbot, locale, typed, value, shown):
    fields.rate.reset(0.003)
    assert fields.rate.text() == "0.003"
    type_over(fields.rate, typed)
    assert (fields.rate.text(), fields.rate.value, fields.rate.error) == (typed, value, "")
    _leaves(qtbot, fields.rate)
    assert (fields.rate.text(), fields.rate.value) == (shown, value) and fields.taken == [value]


@pytest.mark.parametrize("typed", ["1e-", "-", "0.", "0", "0.00", "1,000", ""])
def test_on_its_way_to_a_number_it_is_no_error_before_it_is_left(fields, qtbot, locale, typed):
    type_over(fields.rate, typed)
    assert fields.rate.value is None and fields.rate.error == "" and fields.rate.reason
    assert not fields.rate.property("wrong")
    _leaves(qtbot, fields.rate)
    assert fields.rate.value is None and fields.rate.error == fields.rate.reason
    assert fields.rate.property("wrong") is True and fields.rate.text() == typed
    assert fields.rate.committed == 0.003 and fields.taken == []


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("99999", "Type 2048 or less."), ("0", "Type 1 or more."), ("abc", "“abc” is not a number."),
        ("1,5", "Type a whole number."), ("1.000", "Leave out the separators of thousands."),
        ("-3", "Type 1 or more."), ("<b>1</b>", "“<b>1</b>” is not a number."),
    ],
)  # fmt: skip
def test_what_cannot_be_stays_marked_with_the_reason(fields, qtbot, locale, typed, error):
    type_over(fields.size, typed)
    for _ in range(2):
        assert (fields.size.text(), fields.size.value, fields.size.error) == (typed, None, error)
        interface = QAccessible.queryAccessibleInterface(fields.size)
        assert interface.text(QAccessible.Text.Description) == error
        fields.size.clearFocus()
    fields.size.set_value(32)
    assert fields.size.text() == typed and fields.size.committed == 32, "a value from outside lets it stand"
    type_over(fields.size, "128")
    assert fields.size.value == 128 and fields.size.error == "" and not fields.size.property("wrong")
    assert QAccessible.queryAccessibleInterface(fields.size).text(QAccessible.Text.Description) == ""


def test_enter_shows_the_error_too(fields, qtbot):
    type_over(fields.rate, "1e-")
    qtbot.keyClick(fields.rate, Qt.Key.Key_Return)
    assert fields.rate.error == "The number is not complete." and fields.taken == []
    qtbot.keyClicks(fields.rate, "2")
    assert fields.rate.error == "" and fields.rate.value == 0.01
    qtbot.keyClick(fields.rate, Qt.Key.Key_Return)
    assert fields.rate.text() == "0.01" and fields.taken == [0.01]


def test_what_is_wrong_is_marked_in_the_colour_of_errors(fields, qtbot, application):
    from lstm_viz.app.shell.style import style_sheet
    from lstm_viz.app.theme import DARK, LIGHT

    type_over(fields.size, "abc")
    try:
        for theme in (DARK, LIGHT):
            application.setStyleSheet(style_sheet(theme))
            assert fields.size.palette().text().color().name() == theme.danger
            assert fields.rate.palette().text().color().name() == theme.text
            assert fields.size.text() == "abc" and fields.size.error
    finally:
        application.setStyleSheet("")


def test_another_window_or_a_menu_does_not_end_the_typing(fields, qtbot):
    type_over(fields.rate, "1e-")
    for reason in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
        QApplication.sendEvent(fields.rate, QFocusEvent(QFocusEvent.Type.FocusOut, reason))
        assert fields.rate.error == ""


@pytest.mark.parametrize(("field", "up", "down"), [("rate", "0.0031", "0.003"), ("size", "65", "64")])
def test_keys_step(fields, qtbot, field, up, down):
    field = getattr(fields, field)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == up and fields.taken == [field.value]
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.text() == down
    type_over(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "abc", "there is nothing to step from"


def test_the_wheel_steps_only_with_the_focus(fields, qtbot):
    _turn(fields.size, 120)
    assert fields.size.text() == "64"
    fields.size.setFocus()
    for _ in range(3):
        _turn(fields.size, 40)  # a touch pad turns by less than a notch
    assert fields.size.text() == "65"
    _turn(fields.size, -240)
    assert fields.size.text() == "63"


def _turn(field, eighths):
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, eighths), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)


def test_what_is_pasted_is_never_cut_to_a_number(fields, qtbot):
    QApplication.clipboard().setText(" " * 40_000 + "12")
    fields.size.setFocus()
    fields.size.selectAll()
    fields.size.paste()
    assert fields.size.value is None and fields.size.error


def test_another_range_judges_what_stands_there(fields, qtbot):
    fields.size.set_range(NumberRange(whole=True, least=1, most=8), "A cell has eight of them.")
    assert fields.size.value is None and fields.size.error == "A cell has eight of them."
    fields.size.set_range(SIZE)
    assert fields.size.value == 64 and fields.size.error == ""


def test_a_value_from_outside_is_shown_unless_it_is_what_is_typed(fields, qtbot):
    type_over(fields.rate, "0.500")
    fields.rate.set_value(0.5)
    assert fields.rate.text() == "0.500" and fields.rate.is_being_typed
    fields.rate.set_value(0.25)
    assert fields.rate.text() == "0.25" and not fields.rate.is_being_typed
    type_over(fields.rate, "abc")
    fields.rate.reset()
    assert fields.rate.text() == "0.25" and fields.rate.error == ""


def test_every_sentence_is_marked_for_translators():
    assert set(MARKED) == set(SENTENCES.values())
