"""The error messages of the window, in its language."""

from PySide6.QtCore import QCoreApplication

from lstm_viz.errors import MESSAGES, CodedError, ErrorCode, Parameter, filled
from lstm_viz.messages import Failure


def error_text(error: CodedError | Failure) -> str:
    """Return the message of an error; its English template is the text that is translated."""
    return filled(code_text(error.code), error.parameters | _engine(error.parameters))


def code_text(code: ErrorCode) -> str:
    """Return the message of an error without parameters."""
    return QCoreApplication.translate("Error", MESSAGES[code])


def engine_name(engine: str) -> str:
    """Return the name of the engine of a `Priority`, for the start of a sentence."""
    names = {
        "typing": QCoreApplication.translate("Error", "The engine"),
        "detail": QCoreApplication.translate("Error", "The second engine"),
        "training": QCoreApplication.translate("Error", "The engine of this page"),
    }
    return names.get(engine, engine)


def _engine(parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    return {"engine": engine_name(str(parameters["engine"]))} if "engine" in parameters else {}
