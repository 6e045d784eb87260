"""The failure of a query."""

from lstm_viz.errors import MESSAGES, ErrorCode, Parameter, filled
from lstm_viz.messages.base import Message


class Failure(Message, frozen=True):
    """The query has no result, or only part of it.

    Attributes
    ----------
    code, parameters :
        The error, as in `lstm_viz.errors.CodedError`.
    details : str
        For an error report: a traceback, or the output of a process.
    """

    code: ErrorCode
    parameters: dict[str, Parameter]
    details: str

    @property
    def message(self) -> str:
        """The message in English."""
        return filled(MESSAGES[self.code], self.parameters)
