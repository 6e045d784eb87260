"""What a capture can refuse."""


class CaptureError(Exception):
    """Base of everything that a capture refuses."""


class NoRecurrentModuleError(CaptureError, ValueError):
    """The model has no ``nn.LSTM``, ``nn.GRU`` or ``nn.RNN`` anywhere."""


class NotCapturedError(CaptureError, KeyError):
    """There is no trace under this path: it is no recurrent module's, or it was not called."""

    def __str__(self) -> str:
        return str(self.args[0])


class DropoutError(CaptureError, RuntimeError):
    """What dropout between the layers removed could not be found out, so the gates above are unknown."""


class JoinError(CaptureError, ValueError):
    """Two traces that do not follow each other were to be joined."""
