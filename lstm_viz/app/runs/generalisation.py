"""The gap between training and validation loss of a run, and the epoch of its lowest validation loss."""

import math
from dataclasses import dataclass
from math import isfinite

import numpy as np

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.runs.history import Epoch

#: A validation loss so much above its lowest, relatively, has risen; less may be noise.
_RISE = 0.05


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of an epoch: the mean of its steps by words, and that on the validation set after it."""

    epoch: int
    training: float
    validation: float


@dataclass(frozen=True, slots=True)
class Generalisation:
    """The losses of the last evaluated epoch, and of that with the lowest validation loss."""

    last: Losses
    lowest: Losses

    @property
    def gap(self) -> float:
        """How much higher the validation loss is than the training loss, after the last epoch."""
        return self.last.validation - self.last.training

    @property
    def is_falling(self) -> bool:
        """Whether the last validation loss is the lowest so far."""
        return self.last.epoch == self.lowest.epoch

    @property
    def is_overfitting(self) -> bool:
        """Whether the validation loss has risen since its lowest while the training loss fell."""
        has_risen = self.last.validation > (1 + _RISE) * self.lowest.validation
        return has_risen and self.last.training < self.lowest.training


def generalisation(data: RunData) -> Generalisation | None:
    """Return the losses of a run; None before an epoch, or where the training set is evaluated."""
    if data.run is None or data.run.corpus.measured_on == "train":
        return None
    measured = [(line, line.dev_loss) for line in data.by_epoch.values() if line.epoch and line.dev_loss]
    finite = [(line, loss) for line, loss in measured if isfinite(loss)]
    if not finite:
        return None
    last, lowest = _losses(data, *finite[-1]), _losses(data, *min(finite, key=lambda pair: pair[1]))
    return None if last is None or lowest is None else Generalisation(last, lowest)


def _losses(data: RunData, line: Epoch, validation: float) -> Losses | None:
    """Return the losses of an epoch; None if that of its steps is not known or not finite."""
    of_epoch = data.steps.column("epoch") == line.epoch
    loss, words = data.steps.column("loss")[of_epoch], data.steps.column("tokens")[of_epoch]
    weights = np.where(np.isfinite(words), words, 1.0)
    total = float(weights.sum())
    training = float(loss @ weights) / total if total else math.nan
    return Losses(line.epoch, training, validation) if isfinite(training) else None
