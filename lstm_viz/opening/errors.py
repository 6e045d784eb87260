"""Errors of opening files."""

from lstm_viz.errors import CodedError, ErrorCode, InvalidError
from lstm_viz.files.errors import reason_of


class OpeningError(CodedError):
    """A file cannot be opened."""


class InvalidFileError(InvalidError):
    """The bytes of a file are not what they should be; ``reason`` is why."""


class ForbiddenError(Exception):
    """A pickle asks for something other than weights; ``name`` is what."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def damaged(name: str, error: Exception) -> OpeningError:
    """Return the error of a file that is damaged; ``error`` is why."""
    return OpeningError("file_damaged", name=name, reason=reason_of(error))


def check(holds: bool, code: ErrorCode, **parameters: str | int | float) -> None:
    """Raise `InvalidFileError` unless something holds."""
    if not holds:
        raise InvalidFileError(code, **parameters)
