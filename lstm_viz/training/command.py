"""The command `lstm-viz train`: from what was asked to a run folder."""

import argparse
from collections.abc import Callable
from contextlib import closing

import torch

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.settings import Settings
from lstm_viz.runs.shelf import Shelf, default_folder
from lstm_viz.training import opening
from lstm_viz.training.arguments import given, settings_of
from lstm_viz.training.conductor import Conductor
from lstm_viz.training.corpora import CorpusError
from lstm_viz.training.eventfiles import EventFiles, check_installed
from lstm_viz.training.lead import help_leader, lead, open_recorder, open_training
from lstm_viz.training.loop import Training
from lstm_viz.training.processes import Processes, choose_device, ignore_signals, join, leave
from lstm_viz.training.progress import Progress, ending, introduction, tell
from lstm_viz.training.recorder import Recorder
from lstm_viz.training.segmenting import Segmenting
from lstm_viz.training.shortage import NO_MEMORY, ShortageError
from lstm_viz.training.task import Task, prepare
from lstm_viz.training.wrong import DivergedError

_FAILED = 1
_REFUSED = 2  # as argparse says of wrong arguments
_STOPPED = 130  # as a shell says of a program that was interrupted


def run(options: argparse.Namespace) -> int:
    """Train as asked and return the exit status.

    0: finished. 1: it cannot go on. 2: what was asked cannot be. 130: stopped before the end.
    """
    return _said(lambda: _run(options))


def _said(work: Callable[[], int]) -> int:
    """Return the exit status of ``work``, having said why it could not be done."""
    try:
        return work()
    except (CorpusError, ValueError) as error:
        return _say(error, _REFUSED)
    except RunError as error:
        return _say(error, _FAILED if error.kind == "unwritable" else _REFUSED)
    except (DivergedError, ShortageError) as error:
        return _say(error, _FAILED)
    except KeyboardInterrupt:
        return _STOPPED
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return _say(NO_MEMORY, _FAILED)  # before the training was open, or while it was closed


def _say(why: Exception | str, status: int) -> int:
    tell(f"lstm-viz train: {why}")
    return status


def _run(options: argparse.Namespace) -> int:
    torch.set_num_threads(max(1, options.threads))
    device = choose_device(options.device)
    settings = _settings(options)
    folder = RunFolder(options.resume or options.out or Shelf(default_folder()).free_path(settings))
    if options.tensorboard:
        check_installed()
    task = prepare(settings)
    processes = join(device)
    try:  # an error is said here, so that nothing holds the training when the processes part
        return _said(lambda: _train(options, task, folder, device, processes))
    finally:
        leave(processes)


def _train(
    options: argparse.Namespace, task: Task, folder: RunFolder, device: torch.device, processes: Processes
) -> int:
    training = open_training(task, device, processes)
    if processes.first:
        return _lead(options, training, folder, device, processes)
    return _help(options, training, folder, processes)


def _settings(options: argparse.Namespace) -> Settings:
    if options.resume is None:
        settings = settings_of(options)
        if options.out is not None:
            opening.refuse(RunFolder(options.out))
        return settings
    if options.corpus or given(options) or options.out:
        raise ValueError("--resume goes on with the run's own settings: leave out the others")
    return opening.settings_of(RunFolder(options.resume))


def _help(options: argparse.Namespace, training: Training, folder: RunFolder, processes: Processes) -> int:
    ignore_signals()
    if not processes.agreed(True):
        return _REFUSED
    try:
        help_leader(training, folder, processes, resume=options.resume is not None)
    except (DivergedError, RuntimeError, MemoryError, OSError):
        return _FAILED  # the first process says what happened
    return 0


def _lead(
    options: argparse.Namespace,
    training: Training,
    folder: RunFolder,
    device: torch.device,
    processes: Processes,
) -> int:
    try:
        recorder = _open(options, training, folder, device, processes)
    except BaseException:
        processes.agreed(False)
        raise
    segmenting = Segmenting(folder, training.task.settings)
    try:
        with closing(recorder):
            processes.agreed(True)
            conductor = Conductor(folder, training, recorder)
            conductor.listen(once=processes.count == 1)
            try:
                _follow(options, training, recorder, conductor, processes)
            finally:
                conductor.deafen()
        if training.finished:
            _wait_for(segmenting, quiet=options.quiet)
    finally:
        segmenting.leave()
    if training.finished or processes.count > 1:  # torchrun takes any other status for a crash
        return 0
    return _STOPPED


def _wait_for(segmenting: Segmenting, *, quiet: bool) -> None:
    if segmenting.under_way and not quiet:
        tell("learning a segmenter from the treebank …")
    try:
        reason = segmenting.wait()
    except KeyboardInterrupt:  # the training is finished all the same
        return
    if reason:
        tell(f"lstm-viz train: no segmenter was learnt, Unicode word boundaries will be used: {reason}")


def _open(
    options: argparse.Namespace,
    training: Training,
    folder: RunFolder,
    device: torch.device,
    processes: Processes,
) -> Recorder:
    resume = options.resume is not None
    recorder = open_recorder(folder, training, resume=resume, device=str(device), processes=processes.count)
    wished = Control(options.until_step, options.until_epoch, options.steps_per_second)
    try:
        opening.heed(folder, wished, new=not resume)
        for wrong in recorder.lost:
            tell(f"lstm-viz train: {wrong}; resuming from step {training.step:,}")
        if not options.quiet:
            tell(introduction(training, recorder.recorded, folder.path, str(device)))
    except BaseException:
        recorder.close()
        raise
    return recorder


def _follow(
    options: argparse.Namespace,
    training: Training,
    recorder: Recorder,
    conductor: Conductor,
    processes: Processes,
) -> None:
    listeners: list[Progress | EventFiles] = []
    if options.tensorboard:
        listeners.append(EventFiles(recorder.folder.path, recorder.recorded))
    if not options.quiet:
        listeners.append(Progress(training.task, recorder.recorded))
    try:
        with closing(lead(training, recorder, conductor, processes)) as lines:
            for line in lines:
                for listener in listeners:
                    listener.take(line)
    finally:
        for listener in listeners:
            listener.close()
    if recorder.differs:
        tell(_DIFFERS)
    if not options.quiet:
        tell(ending(training, recorder))


_DIFFERS = (
    "lstm-viz train: some steps that were done again came out otherwise than they stand in the history, "
    "which keeps what it had: this is another machine, or another version of torch"
)
