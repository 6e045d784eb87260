"""Errors of subjects."""

from lstm_viz.errors import CodedError


class UnknownSubjectError(CodedError):
    """There is no subject with this URI, or none of the kind that a query needs."""


class InvalidInputError(CodedError):
    """A text is no input of a subject."""


class UnsupportedError(CodedError):
    """A subject does not have the capability that a query needs."""
