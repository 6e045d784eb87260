"""The command `lstm-viz train`: from parsed arguments to a run folder."""

import argparse
from collections.abc import Callable
from contextlib import closing

import torch

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.library import RunLibrary, default_folder
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training import run_setup
from lstm_viz.training.arguments import explicit_settings, settings_of
from lstm_viz.training.corpora import CorpusError
from lstm_viz.training.divergence import DivergedError
from lstm_viz.training.eventfiles import EventFiles, check_installed
from lstm_viz.training.loop import Training
from lstm_viz.training.processes import Processes, choose_device, ignore_signals, join, leave
from lstm_viz.training.progress import ProgressPrinter, ending, introduction, tell
from lstm_viz.training.recorder import Recorder
from lstm_viz.training.run_controller import RunController
from lstm_viz.training.runner import open_recorder, open_training, run_other_rank, run_training
from lstm_viz.training.segmenting import Segmenting
from lstm_viz.training.shortage import NO_MEMORY, ShortageError
from lstm_viz.training.task import Task, prepare

_FAILED = 1
_REFUSED = 2  # as of argparse for invalid arguments
_STOPPED = 130  # as of a shell for an interrupted program


def run(options: argparse.Namespace) -> int:
    """Train and return the exit status.

    0: finished. 1: training cannot continue. 2: the arguments are invalid. 130: stopped before the end.
    """
    return _reporting_errors(lambda: _run(options))


def _reporting_errors(work: Callable[[], int]) -> int:
    """Return the exit status of ``work``; its errors are printed."""
    try:
        return work()
    except (CorpusError, ValueError) as error:
        return _report(error, _REFUSED)
    except RunError as error:
        return _report(error, _FAILED if error.code == "run_unwritable" else _REFUSED)
    except (DivergedError, ShortageError) as error:
        return _report(error, _FAILED)
    except KeyboardInterrupt:
        return _STOPPED
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return _report(NO_MEMORY, _FAILED)  # raised before the training was set up, or while it was closed


def _report(error: Exception | str, status: int) -> int:
    tell(f"lstm-viz train: {error}")
    return status


def _run(options: argparse.Namespace) -> int:
    torch.set_num_threads(max(1, options.threads))
    device = choose_device(options.device)
    settings = _settings(options)
    folder = RunFolder(options.resume or options.out or RunLibrary(default_folder()).free_path(settings))
    if options.tensorboard:
        check_installed()
    task = prepare(settings)
    processes = join(device)
    try:  # errors are printed here: no traceback may hold the training when the process group is destroyed
        return _reporting_errors(lambda: _train(options, task, folder, device, processes))
    finally:
        leave(processes)


def _train(
    options: argparse.Namespace, task: Task, folder: RunFolder, device: torch.device, processes: Processes
) -> int:
    training = open_training(task, device, processes)
    if processes.first:
        return _train_first_rank(options, training, folder, device, processes)
    return _train_other_rank(options, training, folder, processes)


def _settings(options: argparse.Namespace) -> TrainingSettings:
    if options.resume is None:
        settings = settings_of(options)
        if options.out is not None:
            run_setup.check_available(RunFolder(options.out))
        return settings
    if options.corpus or explicit_settings(options) or options.out:
        raise ValueError("--resume goes on with the run's own settings: leave out the others")
    return run_setup.settings_of(RunFolder(options.resume))


def _train_other_rank(
    options: argparse.Namespace, training: Training, folder: RunFolder, processes: Processes
) -> int:
    ignore_signals()
    if not processes.broadcast(True):
        return _REFUSED
    try:
        run_other_rank(training, folder, processes, resume=options.resume is not None)
    except (DivergedError, RuntimeError, MemoryError, OSError):
        return _FAILED  # the first process reports the error
    return 0


def _train_first_rank(
    options: argparse.Namespace,
    training: Training,
    folder: RunFolder,
    device: torch.device,
    processes: Processes,
) -> int:
    try:
        recorder = _open(options, training, folder, device, processes)
    except BaseException:
        processes.broadcast(False)
        raise
    segmenting = Segmenting(folder, training.task.settings)
    try:
        with closing(recorder):
            processes.broadcast(True)
            controller = RunController(folder, training, recorder)
            controller.install_signal_handlers(once=processes.count == 1)
            try:
                _follow(options, training, recorder, controller, processes)
            finally:
                controller.restore_signal_handlers()
        if training.finished:
            _wait_for(segmenting, quiet=options.quiet)
    finally:
        segmenting.leave()
    if training.finished or processes.count > 1:  # torchrun treats any other status as a crash
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
    control = Control(options.until_step, options.until_epoch, options.steps_per_second)
    try:
        run_setup.apply_control(folder, control, new=not resume)
        for error in recorder.state_errors:
            tell(f"lstm-viz train: {error}; resuming from step {training.step:,}")
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
    controller: RunController,
    processes: Processes,
) -> None:
    listeners: list[ProgressPrinter | EventFiles] = []
    if options.tensorboard:
        listeners.append(EventFiles(recorder.folder.path, recorder.recorded))
    if not options.quiet:
        listeners.append(ProgressPrinter(training.task, recorder.recorded))
    try:
        with closing(run_training(training, recorder, controller, processes)) as lines:
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
