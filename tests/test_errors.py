"""Errors with codes: each has a message, which is the same in every place that shows it in English."""

import errno
from string import Formatter
from typing import get_args

import pytest
from PySide6.QtCore import QTranslator

from lstm_viz.app.error_texts import error_text
from lstm_viz.errors import MESSAGES, CodedError, ErrorCode, coded, filled
from lstm_viz.files.errors import UnsafeFileError, reason_of
from lstm_viz.messages import Failure, Reply
from lstm_viz.wire import decode_from_engine, encode


class Backwards(QTranslator):
    """Translates messages about presets to one with its fields in the other order, and one reason."""

    def isEmpty(self):
        return False

    def translate(self, context, source, disambiguation=None, n=-1):
        if source == MESSAGES["file_is_link"]:
            return "ein Verweis"
        return "{reason} · {name}" if "preset" in source else ""


def _example(code):
    return {name: 1234 for _, name, _, _ in Formatter().parse(MESSAGES[code]) if name}


def test_each_code_has_a_message():
    assert set(MESSAGES) == set(get_args(ErrorCode))


@pytest.mark.parametrize("code", MESSAGES)
def test_each_message_takes_numbers_and_is_the_same_in_the_window(qapp, code):
    parameters = _example(code)
    message = str(CodedError(code, **parameters))
    assert "{" not in message and message == Failure(code, parameters, "").message
    if "engine" not in parameters:
        assert error_text(Failure(code, parameters, "")) == message


def test_the_name_of_the_engine_is_the_windows(qapp):
    failure = Failure("engine_ended", {"engine": "detail"}, "")
    text = "The background engine stopped several times in a row and printed nothing."
    assert error_text(failure) == text


@pytest.mark.parametrize("parameters", [{}, {"words": "many"}, {"name": "{0}"}])
def test_parameters_that_do_not_fit_raise_nothing(parameters):
    code = "corpus_sentence_too_long"
    assert filled(MESSAGES[code], parameters) == MESSAGES[code]


def test_a_parameter_is_no_template(qapp):
    assert "{reason}" in str(CodedError("preset_damaged", name="{reason}", reason="it is"))


def test_the_reason_in_a_message_is_translated_too(qapp):
    reason = reason_of(UnsafeFileError(errno.ELOOP, "a"))
    error = CodedError("preset_unreadable", name="english", reason=reason, path="a")
    assert str(error) == f"The preset “english” cannot be read ({MESSAGES['file_is_link']}: a)."
    failure = decode_from_engine(encode(Reply(1, Failure(error.code, error.parameters, "")))[4:]).result
    assert failure.parameters["reason"] == coded("file_is_link") and failure.message == str(error)
    translator = Backwards()
    qapp.installTranslator(translator)
    try:
        assert error_text(failure) == "ein Verweis · english"
    finally:
        qapp.removeTranslator(translator)


def test_a_translation_may_have_the_parameters_in_another_order(qapp):
    translator = Backwards()
    qapp.installTranslator(translator)
    try:
        text = error_text(CodedError("preset_damaged", name="english", reason="too short"))
    finally:
        qapp.removeTranslator(translator)
    assert text == "too short · english"
