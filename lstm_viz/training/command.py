"""The command `lstm-viz train`: from what was asked to a run folder."""

import argparse
import sys
from dataclasses import dataclass

import torch

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.settings import Settings
from lstm_viz.runs.shelf import Shelf, default_folder
from lstm_viz.training import recorder as recording
from lstm_viz.training.arguments import given, settings_of
from lstm_viz.training.conductor import Conductor
from lstm_viz.training.corpora import CorpusError
from lstm_viz.training.eventfiles import EventFiles
from lstm_viz.training.loop import Training
from lstm_viz.training.processes import Processes, choose_device, join, leave
from lstm_viz.training.progress import Progress, introduction
from lstm_viz.training.recorder import Recorder
from lstm_viz.training.task import Task, prepare
from lstm_viz.training.wrong import DivergedError

_STOPPED = 130  # as a shell says of a program that was interrupted


def run(options: argparse.Namespace) -> int:
    """Train as asked and return the exit status: 0 where the run is finished."""
    torch.set_num_threads(max(1, options.threads))
    try:
        device = choose_device(options.device)
        processes = join(device)
        settings = _settings(options)
        task = prepare(settings)
        folder = _folder(options, settings)
    except (CorpusError, RunError, ValueError) as error:
        return _refuse(error)
    try:
        if not processes.first:
            return _help(Training(task, device, processes), folder, processes, options)
        return _lead(options, task, folder, device, processes)
    except (RunError, ValueError) as error:
        return _refuse(error)
    finally:
        leave(processes)


def _refuse(error: Exception) -> int:
    print(f"lstm-viz train: {error}", file=sys.stderr)
    return 2


def _settings(options: argparse.Namespace) -> Settings:
    if options.resume is None:
        return settings_of(options)
    if options.corpus or given(options) or options.out:
        raise ValueError("--resume goes on with the run's own settings: leave out the others")
    settings = RunFolder(options.resume).run().settings
    if settings is None:
        raise RunError(
            "missing", f"{options.resume} was not written by lstm-viz train: it cannot be resumed."
        )
    return settings


def _folder(options: argparse.Namespace, settings: Settings) -> RunFolder:
    return RunFolder(options.resume or options.out or Shelf(default_folder()).free_path(settings))


def _help(training: Training, folder: RunFolder, processes: Processes, options: argparse.Namespace) -> int:
    """Train beside the first process, which alone writes and decides."""
    if not processes.agreed(True):
        return 2
    if options.resume is not None:
        recording.take_up(folder, training)
    try:
        events = training.events()
        while processes.agreed(True) and next(events, None) is not None:
            pass
    except DivergedError:
        return 1
    return 0


def _lead(
    options: argparse.Namespace, task: Task, folder: RunFolder, device: torch.device, processes: Processes
) -> int:
    training = Training(task, device, processes)
    try:
        recorder = _recorder(options, task, folder, device, processes)
        events = EventFiles(folder.path, recorder.recorded) if options.tensorboard else None
    except (RunError, ValueError):
        processes.agreed(False)
        raise
    processes.agreed(True)
    if options.resume is not None:
        recording.take_up(folder, training)
    listeners = [listener for listener in (_progress(options, training, folder), events) if listener]
    led = _Led(training, recorder, Conductor(folder, training, recorder), processes, tuple(listeners))
    try:
        return led.train()
    finally:
        for listener in listeners:
            listener.close()
        recorder.close()


def _recorder(
    options: argparse.Namespace, task: Task, folder: RunFolder, device: torch.device, processes: Processes
) -> Recorder:
    if options.resume is not None:
        recorder = Recorder(folder)
    else:
        recorder = recording.create(folder, task, str(device), processes.count)
    wished = Control(options.until_step, options.until_epoch, options.steps_per_second)
    try:
        if wished != Control() or options.resume is not None:  # what was wished of the run before is done
            folder.write_control(wished)
    except OSError as error:
        recorder.close()
        raise recording.unwritable(folder, error) from error
    return recorder


def _progress(options: argparse.Namespace, training: Training, folder: RunFolder) -> Progress | None:
    if options.quiet:
        return None
    print(introduction(training.task, folder.path, options.device), file=sys.stderr)
    return Progress(training.task, training.step)


@dataclass(frozen=True, slots=True)
class _Led:
    """A training and everybody who follows it."""

    training: Training
    recorder: Recorder
    conductor: Conductor
    processes: Processes
    listeners: tuple[Progress | EventFiles, ...]

    def train(self) -> int:
        """Train until the end, a wish or a trouble, say which, and return the exit status."""
        self.conductor.listen()
        try:
            finished = self._train()
            self.recorder.save(self.training)
        except (DivergedError, RunError) as error:
            wrong = error.wrong if isinstance(error, DivergedError) else None
            self.conductor.fail(str(error), wrong)
            print(f"lstm-viz train: {error}", file=sys.stderr)
            return 1
        except BaseException as error:
            self.conductor.fail(f"{type(error).__name__}: {error}")
            raise
        self.conductor.say(self.conductor.status("finished" if finished else "stopped"))
        return 0 if finished else _STOPPED

    def _train(self) -> bool:
        """Return whether every step has been taken."""
        lines = recording.recorded(self.training, self.recorder)
        while self.processes.agreed(self.conductor.may_go_on()):
            line = next(lines, None)
            if line is None:
                return True
            self.conductor.heard(line)
            for listener in self.listeners:
                listener.take(line)
        return False
