"""The history of a run as TensorBoard event files."""

from pathlib import Path
from types import ModuleType

from lstm_viz.files.errors import reason_of
from lstm_viz.files.folder import Folder
from lstm_viz.runs.history import Line, Saved
from lstm_viz.training.progress import tell

_STEP = ("loss", "learning_rate", "gradient_norm", "weight_norm")
_EPOCH = ("dev_loss", "dev_accuracy")


class EventFiles:
    """Writes scalars to ``RUN/tensorboard``, from after step ``recorded`` of the history.

    If they cannot be written any more, this is reported once and training continues: the run folder is
    authoritative.

    Raises
    ------
    ValueError
        If TensorBoard is not installed; the message says how to install it.
    OSError
        If the folder cannot be made.
    """

    def __init__(self, folder: Path, recorded: int) -> None:
        place = Folder(folder).folder("tensorboard")
        place.make()  # it is not a link out of the run folder
        self._writer = _module().SummaryWriter(str(place.path), purge_step=recorded + 1)
        self._works = True

    def take(self, line: Line) -> None:
        """Write a line of the history."""
        if isinstance(line, Saved) or not self._works:
            return
        try:
            for name in (*_STEP, *_EPOCH):
                value = getattr(line, name, None)
                if value is not None:
                    self._writer.add_scalar(name, value, line.step)
        except OSError as error:
            self._stop(error)

    def close(self) -> None:
        try:
            self._writer.close()
        except OSError as error:
            self._stop(error)

    def _stop(self, error: OSError) -> None:
        self._works = False
        tell(f"TensorBoard's files cannot be written any more: {reason_of(error)}")


def check_installed() -> None:
    """Raise ValueError if TensorBoard is not installed."""
    _module()


def _module() -> ModuleType:
    try:
        from torch.utils import tensorboard
    except ImportError as error:
        raise ValueError(
            "TensorBoard is not installed: pip install 'lstm-viz[tensorboard]', or leave out --tensorboard"
        ) from error
    return tensorboard
