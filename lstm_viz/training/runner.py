"""Runs a training that writes a run folder, applies its ``control.json`` and reports how it ended."""

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path

import torch

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.history import Epoch, Line, Step
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training import run_setup
from lstm_viz.training.divergence import DivergedError
from lstm_viz.training.loop import Training
from lstm_viz.training.processes import Processes
from lstm_viz.training.recorder import Recorder, resume_from, saved_states
from lstm_viz.training.run_controller import RunController
from lstm_viz.training.segmenting import Segmenting
from lstm_viz.training.shortage import ShortageError, shortage_as_error, training_shortage
from lstm_viz.training.task import Task, prepare


def train(
    settings: TrainingSettings | None,
    out: Path | str | None = None,
    *,
    resume: bool = False,
    device: torch.device | str = "cpu",
) -> Iterator[Step | Epoch]:
    """Train, and yield a line after every step and at the end of every epoch; the first is epoch 0.

    The caller's code between two lines does not change what is trained. When the loop is left early, the run
    in ``out`` is saved, and ``resume`` continues it.

    Parameters
    ----------
    settings : Settings or None
        The settings of the training. None with ``resume``: the run has its own.
    out : path or None
        The run folder to write, which the window can follow, and whose ``control.json`` is applied. None:
        nothing is written.
    resume : bool
        Continue the run in ``out`` from where it stopped. Only new lines are yielded.
    device : torch.device or str

    Examples
    --------
    >>> from lstm_viz.runs.settings import suitable
    >>> for line in train(suitable(("small",)), "runs/first"):
    ...     print(line)

    Raises
    ------
    CorpusError
        If a corpus cannot be read or has no tags.
    ValueError
        If a setting is out of range, or both or none of ``settings`` and ``resume`` are given.
    RunError
        If the folder is in use, damaged or cannot be written.
    DivergedError
        If a loss, gradient or weight is not finite.
    ShortageError
        If there is not enough memory.
    """
    if resume == (settings is not None) or (resume and out is None):
        raise ValueError("name the settings of a new run, or the folder of one to resume")
    folder = RunFolder(Path(out)) if out is not None else None
    chosen = settings if folder is None or settings is not None else run_setup.settings_of(folder)
    assert chosen is not None
    training = open_training(prepare(chosen), device)
    if folder is None:
        return _unwritten(training)
    return _written(folder, training, resume=resume, device=str(device))


def open_training(
    task: Task, device: torch.device | str = "cpu", processes: Processes | None = None
) -> Training:
    """Return a training at step 0; raises `ShortageError` if the tagger does not fit into memory."""
    with shortage_as_error(lambda: training_shortage(task)):
        return Training(task, device, processes)


def _unwritten(training: Training) -> Iterator[Step | Epoch]:
    with shortage_as_error(lambda: training_shortage(training.task)):
        yield from (event.line for event in training.events())


def _written(folder: RunFolder, training: Training, *, resume: bool, device: str) -> Iterator[Step | Epoch]:
    recorder = open_recorder(folder, training, resume=resume, device=device)
    segmenting = Segmenting(folder, training.task.settings)
    try:
        run_setup.apply_control(folder, Control(), new=not resume)
        for line in run_training(training, recorder, RunController(folder, training, recorder)):
            assert isinstance(line, Step | Epoch)
            yield line
    except BaseException:
        segmenting.end()  # the caller has left the loop: no process may outlive it
        raise
    finally:
        recorder.close()
    segmenting.wait()


def open_recorder(
    folder: RunFolder, training: Training, *, resume: bool, device: str, processes: int = 1
) -> Recorder:
    """Lock the folder and, with ``resume``, restore the training from its newest state; raises `RunError`."""
    if not resume:
        return run_setup.create(folder, training.task, device, processes)
    recorder = run_setup.reopen(folder, training.task)
    try:
        with shortage_as_error(lambda: training_shortage(training.task)):
            recorder.resume_from(training)
    except BaseException:
        recorder.close()
        raise
    return recorder


def run_training(
    training: Training,
    recorder: Recorder,
    controller: RunController,
    processes: Processes | None = None,
) -> Generator[Line]:
    """Train, yield each new line once it is in the history, and save the state at the end.

    ``control.json`` is applied between steps. ``status.json`` reports how the training ended, in any case.

    Raises
    ------
    RunError
        If the folder cannot be written any more.
    DivergedError
        If a number is not finite.
    ShortageError
        If there is not enough memory.
    """
    try:
        with shortage_as_error(lambda: training_shortage(training.task)):
            controller.write(controller.status("starting"))
            yield from _lines(training, recorder, controller, processes or Processes())
            recorder.save(training)
            controller.end()
    except (GeneratorExit, KeyboardInterrupt) as reason:
        if isinstance(reason, GeneratorExit) and training.settled:  # an interrupted step cannot be saved
            with contextlib.suppress(RunError):
                recorder.save(training)
        controller.end()
        raise
    except DivergedError as error:
        controller.fail(str(error), error.divergence)
        raise
    except (RunError, ShortageError) as error:
        controller.fail(str(error))
        raise
    except BaseException as error:
        controller.fail(f"{type(error).__name__}: {error}")
        raise


def _lines(
    training: Training, recorder: Recorder, controller: RunController, processes: Processes
) -> Iterator[Line]:
    """Yield the new lines; rank 0 broadcasts before each event whether training continues."""
    events = training.events()
    try:
        while processes.broadcast(controller.may_continue()):
            event = next(events, None)
            if event is None:
                return
            controller.take(event.line)
            line = recorder.take(event, training)
            if line is not None:
                yield line
    except (RunError, GeneratorExit):
        processes.broadcast(False)
        raise


def run_other_rank(training: Training, folder: RunFolder, processes: Processes, *, resume: bool) -> None:
    """Train on a rank other than 0, which alone writes, and broadcasts when training ends.

    Raises
    ------
    DivergedError
        As on rank 0.
    RuntimeError
        If rank 0 is gone.
    """
    if resume:
        resume_from(folder, training, saved_states(folder))
    events = training.events()
    while processes.broadcast(True) and next(events, None) is not None:
        pass
