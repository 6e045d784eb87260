"""The epoch of a run that the Training page shows."""

from dataclasses import dataclass

from lstm_viz.app.runs.epochs import picked_epoch
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.uris import run_path


@dataclass(frozen=True, slots=True)
class RunEpoch:
    """One epoch of one run.

    Attributes
    ----------
    model : str
        The URI of the run.
    generation : int
        See `lstm_viz.app.runs.run_data.RunData.generation`: the same folder may hold another run later.
    epoch : int or None
        None while the run has no epoch.
    step : int or None
        The last step of that epoch.
    """

    model: str
    generation: int
    epoch: int | None = None
    step: int | None = None

    def is_of_run(self, other: "RunEpoch | None") -> bool:
        """Return whether another one is of the same run."""
        return other is not None and (self.model, self.generation) == (other.model, other.generation)


def run_epoch_of(data: RunData, wanted: int | None) -> RunEpoch:
    """Return the epoch that is shown of a run; ``wanted`` is that of the selection.

    It is the checkpoint returned by `picked_epoch`, since only that can be loaded by the engine; in a run
    without checkpoints it is an evaluated epoch.
    """
    epoch = picked_epoch(data.checkpoints or tuple(data.by_epoch), wanted)
    step = None if epoch is None else data.by_epoch[epoch].step
    return RunEpoch(data.uri, data.generation, epoch, step)


def file_name(run_epoch: RunEpoch | None, what: str = "") -> str:
    """Return the suggested name of a file about an epoch, "a-run-epoch-3-tags"."""
    path = None if run_epoch is None else run_path(run_epoch.model)
    run = "" if path is None else path.name
    epoch = "" if not run or run_epoch is None or run_epoch.epoch is None else f"epoch-{run_epoch.epoch}"
    return "-".join(part for part in (run, epoch, what) if part)
