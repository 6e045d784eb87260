"""Errors of subjects."""

from lstm_viz.errors import CodedError


class UnknownSubjectError(CodedError):
    """There is no subject with this URI, or none of the kind that a query needs."""


class InvalidInputError(CodedError):
    """A text is no input of a subject."""


class ModelError(CodedError):
    """The code of a model raised an error, or returned something that it cannot return.

    Attributes
    ----------
    traceback : str
        That of the error, from the first line of the model's own code; "" without one.
    """

    traceback: str = ""


class UnsupportedError(CodedError):
    """A subject does not have the capability that a query needs."""
