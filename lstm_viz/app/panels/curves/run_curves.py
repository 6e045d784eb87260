"""The curves of a run, updated as it is read."""

from collections.abc import Callable
from operator import attrgetter

import numpy as np

from lstm_viz.app.panels.curves.curve import Curve, SmoothedCurve
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.runs.history import Epoch

STEP_COLUMNS = ("loss", "learning_rate", "gradient_norm", "weight_norm")
EPOCH_COLUMNS = ("dev_loss", "dev_accuracy")
#: The columns that are noisy from batch to batch, and are smoothed.
NOISY = ("loss", "gradient_norm")


class RunCurves:
    """The columns of a run as curves.

    Attributes
    ----------
    data : RunData
    steps : dict of str to SmoothedCurve
        The requested columns among ``STEP_COLUMNS``, by name.
    epochs : dict of str to Curve
        The requested columns among ``EPOCH_COLUMNS``, over the step at which the epoch ended.
    epoch_of_step, ended, checkpoints : Curve
        The epoch of each step, the epoch that ended at a step, and the epochs with a checkpoint.
    """

    def __init__(self, data: RunData, columns: tuple[str, ...], share: float = 0.0) -> None:
        self.data = data
        self._columns, self._share = columns, share
        self._forget()

    def _forget(self) -> None:
        self._generation = self.data.generation
        self._read = [0, 0]
        self.steps = {
            name: SmoothedCurve(self._share_of(name)) for name in self._columns if name in STEP_COLUMNS
        }
        self.epochs = {name: Curve() for name in self._columns if name in EPOCH_COLUMNS}
        self.epoch_of_step, self.ended, self.checkpoints = Curve(), Curve(), Curve()

    @property
    def last_step(self) -> float:
        """The last step with data; 0 without any."""
        curves = (self.epoch_of_step, self.ended)
        return max((float(curve.steps[-1]) for curve in curves if len(curve)), default=0.0)

    def set_share(self, share: float) -> None:
        """Set the decay of the moving averages."""
        self._share = share
        for name, trail in self.steps.items():
            trail.set_share(self._share_of(name))

    def _share_of(self, name: str) -> float:
        return self._share if name in NOISY else 0.0

    def update(self) -> bool:
        """Append the new data of the run; return whether there is any."""
        if self._generation != self.data.generation:
            self._forget()
        gained = len(self.data.steps) - self._read[0], len(self.data.epochs) - self._read[1]
        if gained[0]:
            self._take_steps()
        if gained[1]:
            self._take_epochs()
        self._read = [len(self.data.steps), len(self.data.epochs)]
        return any(gained)

    def _take_steps(self) -> None:
        new = slice(self._read[0], len(self.data.steps))
        column = self.data.steps.column
        steps = column("step")[new]
        self.epoch_of_step.extend(steps, column("epoch")[new])
        for name, trail in self.steps.items():
            trail.extend(steps, column(name)[new])

    def _take_epochs(self) -> None:
        new = self.data.epochs[self._read[1] :]
        for name, curve in self.epochs.items():
            _extend(curve, new, attrgetter(name))
        _extend(self.ended, new, lambda epoch: epoch.epoch)
        _extend(self.checkpoints, new, lambda epoch: epoch.epoch if epoch.checkpoint else None)


def _extend(curve: Curve, epochs: list[Epoch], value: Callable[[Epoch], float | None]) -> None:
    """Append a number of each epoch; epochs without it are left out and leave no gap."""
    pairs = [(epoch.step, number) for epoch in epochs if (number := value(epoch)) is not None]
    if pairs:
        steps, values = np.array(pairs, np.float64).T
        curve.extend(steps, values)
