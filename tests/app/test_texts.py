import pytest
from PySide6.QtCore import QObject, QTranslator

from lstm_viz.app.texts import counted, plural, put


def test_a_value_that_looks_like_a_place_stays_as_it_is():
    assert put("%1 and %2", "%2", "%1") == "%2 and %1"
    assert put("%2, %1, %1", r"\g<0>", 5) == r"5, \g<0>, \g<0>"


def test_a_place_without_a_value_stays():
    assert put("%1 of %2: 100 % of %0", "a") == "a of %2: 100 % of %0"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 units flip"), (1, "1 unit flips"), (1200, "1,200 units flip")]
)
def test_a_text_has_the_form_of_its_number(count, text):
    assert counted("%1 unit(|s) flip(s|)", count) == text


def test_only_forms_are_forms():
    assert plural("(A) %1 (is|are) f(x) || (", 1) == "(A) %1 is f(x) || ("
    assert (
        counted("“%1” word(|s)", 2) == "“2” words"
        and plural("%1 step(|s) a second", 0.5) == "%1 steps a second"
    )


class _Polish(QTranslator):
    """A translation with three forms, of which it chooses as Qt's own translations do: by the number."""

    def isEmpty(self):
        return False

    def translate(self, context, source, disambiguation=None, n=-1):
        few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
        return "%1 słowo" if n == 1 else "%1 słowa" if few else "%1 słów"


def test_a_translation_has_as_many_forms_as_its_language(application):
    polish, words = _Polish(), QObject()
    application.installTranslator(polish)
    try:
        texts = [counted(words.tr("%1 word(|s)", None, n), n) for n in (1, 2, 5, 22)]
    finally:
        application.removeTranslator(polish)
    assert texts == ["1 słowo", "2 słowa", "5 słów", "22 słowa"]
