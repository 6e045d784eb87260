"""A training that writes its run folder: it does what is wished, and says how it ended."""

import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path

import torch

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.history import Epoch, Line, Step
from lstm_viz.runs.settings import Settings
from lstm_viz.training import opening
from lstm_viz.training.conductor import Conductor
from lstm_viz.training.loop import Training
from lstm_viz.training.processes import Processes
from lstm_viz.training.recorder import Recorder, saved_states, take_up
from lstm_viz.training.segmenting import Segmenting
from lstm_viz.training.shortage import ShortageError, of_training, shortage_named
from lstm_viz.training.task import Task, prepare
from lstm_viz.training.wrong import DivergedError


def train(
    settings: Settings | None,
    out: Path | str | None = None,
    *,
    resume: bool = False,
    device: torch.device | str = "cpu",
) -> Iterator[Step | Epoch]:
    """Train, and yield a line after every step and at the end of every epoch; the first is epoch 0.

    The loop is yours: what you do between two lines does not change what is trained. Leave it when you like;
    with ``out`` the run is saved then, and ``resume`` goes on with it.

    Parameters
    ----------
    settings : Settings or None
        What to train. None with ``resume``: the run has its own.
    out : path or None
        The run folder to write, which the window can watch, and whose ``control.json`` is obeyed. None:
        nothing is written.
    resume : bool
        Go on with the run in ``out`` where it stopped. Only what is new is yielded.
    device : torch.device or str

    Examples
    --------
    >>> from lstm_viz.runs.settings import suitable
    >>> for line in train(suitable(("small",)), "runs/first"):
    ...     print(line)

    Raises
    ------
    CorpusError
        If there is nothing to learn from.
    ValueError
        If a setting is beyond its limits, or both or none of ``settings`` and ``resume`` are given.
    RunError
        If the folder is taken, damaged or cannot be written.
    DivergedError
        If training cannot go on, since a number is not finite.
    ShortageError
        If there is not enough memory.
    """
    if resume == (settings is not None) or (resume and out is None):
        raise ValueError("name the settings of a new run, or the folder of one to resume")
    folder = RunFolder(Path(out)) if out is not None else None
    asked = settings if folder is None or settings is not None else opening.settings_of(folder)
    assert asked is not None
    training = open_training(prepare(asked), device)
    if folder is None:
        return _unwritten(training)
    return _written(folder, training, resume=resume, device=str(device))


def open_training(
    task: Task, device: torch.device | str = "cpu", processes: Processes | None = None
) -> Training:
    """Return a training at its start; raises `ShortageError` where the tagger does not fit into memory."""
    with shortage_named(lambda: of_training(task)):
        return Training(task, device, processes)


def _unwritten(training: Training) -> Iterator[Step | Epoch]:
    with shortage_named(lambda: of_training(training.task)):
        yield from (event.line for event in training.events())


def _written(folder: RunFolder, training: Training, *, resume: bool, device: str) -> Iterator[Step | Epoch]:
    recorder = open_recorder(folder, training, resume=resume, device=device)
    segmenting = Segmenting(folder, training.task.settings)
    try:
        opening.heed(folder, Control(), new=not resume)
        for line in lead(training, recorder, Conductor(folder, training, recorder)):
            assert isinstance(line, Step | Epoch)
            yield line
    except BaseException:
        segmenting.end()  # the loop is left: nothing of it goes on behind the back of its program
        raise
    finally:
        recorder.close()
    segmenting.wait()


def open_recorder(
    folder: RunFolder, training: Training, *, resume: bool, device: str, processes: int = 1
) -> Recorder:
    """Take the folder, and put the training where the run in it was left; raises `RunError`."""
    if not resume:
        return opening.create(folder, training.task, device, processes)
    recorder = opening.reopen(folder, training.task)
    try:
        with shortage_named(lambda: of_training(training.task)):
            recorder.take_up(training)
    except BaseException:
        recorder.close()
        raise
    return recorder


def lead(
    training: Training,
    recorder: Recorder,
    conductor: Conductor,
    processes: Processes | None = None,
) -> Generator[Line]:
    """Train on as it is wished, yield each new line once it stands in the history, and save in the end.

    ``status.json`` says how it ended, whatever it was.

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
        with shortage_named(lambda: of_training(training.task)):
            conductor.say(conductor.status("starting"))
            yield from _lines(training, recorder, conductor, processes or Processes())
            recorder.save(training)
            conductor.end()
    except (GeneratorExit, KeyboardInterrupt) as left:
        if isinstance(left, GeneratorExit) and training.settled:  # an interrupted step is no state to save
            with contextlib.suppress(RunError):
                recorder.save(training)
        conductor.end()
        raise
    except DivergedError as error:
        conductor.fail(str(error), error.wrong)
        raise
    except (RunError, ShortageError) as error:
        conductor.fail(str(error))
        raise
    except BaseException as error:
        conductor.fail(f"{type(error).__name__}: {error}")
        raise


def _lines(
    training: Training, recorder: Recorder, conductor: Conductor, processes: Processes
) -> Iterator[Line]:
    """Yield the new lines; before each event the other processes are told whether it goes on."""
    events = training.events()
    try:
        while processes.agreed(conductor.may_go_on()):
            event = next(events, None)
            if event is None:
                return
            conductor.heard(event.line)
            line = recorder.take(event, training)
            if line is not None:
                yield line
    except (RunError, GeneratorExit):
        processes.agreed(False)
        raise


def help_leader(training: Training, folder: RunFolder, processes: Processes, *, resume: bool) -> None:
    """Train beside the first process, which alone writes and decides; it says when it is over.

    Raises
    ------
    DivergedError
        As in the first process.
    RuntimeError
        If the first process is gone.
    """
    if resume:
        take_up(folder, training, saved_states(folder))
    events = training.events()
    while processes.agreed(True) and next(events, None) is not None:
        pass
