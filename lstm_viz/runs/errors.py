"""Errors of run folders."""

from lstm_viz.errors import CodedError


class RunError(CodedError):
    """A run folder cannot be read or written."""
