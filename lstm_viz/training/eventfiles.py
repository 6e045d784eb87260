"""The same history as TensorBoard event files, for those who are used to them."""

from pathlib import Path
from types import ModuleType

from lstm_viz.runs.history import Line, Saved

_STEP = ("loss", "learning_rate", "gradient_norm", "weight_norm")
_EPOCH = ("dev_loss", "dev_accuracy")


class EventFiles:
    """Writes scalars into ``RUN/tensorboard``.

    Raises
    ------
    ValueError
        If TensorBoard is not installed; the text says how to.
    """

    def __init__(self, folder: Path, recorded: int) -> None:
        self._writer = _module().SummaryWriter(str(folder / "tensorboard"), purge_step=recorded + 1)
        self._recorded = recorded

    def take(self, line: Line) -> None:
        """Write one more line; what was written before a stop is not written again."""
        if isinstance(line, Saved) or line.step < self._recorded:
            return
        for name in (*_STEP, *_EPOCH):
            value = getattr(line, name, None)
            if value is not None:
                self._writer.add_scalar(name, value, line.step)

    def close(self) -> None:
        self._writer.close()


def _module() -> ModuleType:
    try:
        from torch.utils import tensorboard
    except ImportError as error:
        raise ValueError(
            "TensorBoard is not installed: pip install 'lstm-viz[tensorboard]', or leave out --tensorboard"
        ) from error
    return tensorboard
