"""The error messages of the window, in its language."""

from PySide6.QtCore import QCoreApplication

from lstm_viz.errors import MESSAGES, CodedError, CodedText, ErrorCode, Parameter, filled
from lstm_viz.messages import Failure


def error_text(error: CodedError | CodedText | Failure) -> str:
    """Return the message of an error; its English template is the text that is translated."""
    return filled(code_text(error.code), {name: _value(name, v) for name, v in error.parameters.items()})


def code_text(code: ErrorCode) -> str:
    """Return the message of an error without parameters."""
    return QCoreApplication.translate("Error", MESSAGES[code])


def engine_name(engine: str) -> str:
    """Return the name of the engine of a `Priority`, for the start of a sentence."""
    names = {
        "typing": QCoreApplication.translate("Error", "The engine"),
        "detail": QCoreApplication.translate("Error", "The background engine"),
        "training": QCoreApplication.translate("Error", "The engine of this page"),
    }
    return names.get(engine, engine)


def _value(name: str, value: Parameter) -> str | int | float:
    if isinstance(value, CodedText):
        return error_text(value)
    return engine_name(str(value)) if name == "engine" else value
