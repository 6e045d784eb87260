"""The errors and warnings of a capture."""


class CaptureError(Exception):
    """Base class of the errors of a capture."""


class NoRecurrentModuleError(CaptureError, ValueError):
    """There is nothing in the model that can be captured."""


class NotCapturedError(CaptureError, KeyError):
    """There is no trace at this path: it has no recurrent module, or no call of it was recorded."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotKeptError(NotCapturedError, AttributeError):
    """The quantity is not one of those that the capture keeps."""


class ProofError(CaptureError, ArithmeticError):
    """The gates do not give the hidden and cell states that torch computed, so they are not its gates."""


class DropoutError(CaptureError, RuntimeError):
    """The dropout masks between the layers could not be reproduced, so the gates above are unknown."""


class JoinError(CaptureError, ValueError):
    """Traces to be joined do not continue one another."""


class CaptureWarning(UserWarning):
    """A call in the block was not captured, or its proof failed."""
