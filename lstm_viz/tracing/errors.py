"""What a capture can refuse, and what it warns of."""


class CaptureError(Exception):
    """Base of everything that a capture refuses."""


class NoRecurrentModuleError(CaptureError, ValueError):
    """There is nothing in the model that can be captured."""


class NotCapturedError(CaptureError, KeyError):
    """There is no trace under this path: it is no recurrent module's, or no call of it was seen."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotKeptError(NotCapturedError, AttributeError):
    """A quantity that the capture was not asked to keep."""


class ProofError(CaptureError, ArithmeticError):
    """The gates do not give the hidden and cell states that torch computed, so they are not its gates."""


class DropoutError(CaptureError, RuntimeError):
    """What dropout between the layers removed could not be found out, so the gates above are unknown."""


class JoinError(CaptureError, ValueError):
    """Two traces that do not follow each other were to be joined."""


class CaptureWarning(UserWarning):
    """Something that ran in the block was left out, or its proof failed."""
