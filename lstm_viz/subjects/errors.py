"""Errors of subjects."""

from lstm_viz.errors import CodedError


class UnsupportedError(CodedError):
    """A subject does not have the capability that a query needs."""
