"""Sets up a run folder for training: a new one, or one to resume."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from platform import python_version

import filelock
import msgspec
import numpy as np
import torch

from lstm_viz.files.checksums import sha256
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import MAX_MODEL_BYTES, MODEL, Control, Run, RunFolder
from lstm_viz.runs.locks import release
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training.recorder import Recorder, unwritable
from lstm_viz.training.task import Task
from lstm_viz.version import __version__

#: `RunFolder.is_written` holds the lock for a moment: of a window, and of each process that resumes a run.
_LOCK_SECONDS = 1.0
_BEFORE_THE_RUN = ("lock", "control.json", "name.txt", MODEL, ".model.json.", ".run.json.", ".control.json.")


def create(folder: RunFolder, task: Task, device: str = "cpu", processes: int = 1) -> Recorder:
    """Create and lock a run folder for a new training.

    Raises
    ------
    RunError
        If the folder is not empty, or cannot be written.
    """
    check_available(folder)
    try:
        folder.files.make()
    except OSError as error:
        raise unwritable(folder, error) from error
    with _locked(folder) as lock:
        _check_free(folder)
        _write_constant_files(folder, task, run_of(task, device, processes))
        return Recorder(folder, lock)


def reopen(folder: RunFolder, task: Task) -> Recorder:
    """Lock an existing run folder, for the task of its own settings.

    Raises
    ------
    RunError
        If another trainer writes it, it is no run, damaged or of a newer version, its corpus has changed, or
        it cannot be written.
    """
    run = folder.run()
    with _locked(folder) as lock:
        _check_corpus(run, task)
        _repair_model(folder, run, task)
        return Recorder(folder, lock)


def check_available(folder: RunFolder) -> None:
    """Raise `RunError` if the folder is in use or not empty."""
    try:
        if folder.is_written(_LOCK_SECONDS):
            raise taken(folder)
        _check_free(folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def _check_free(folder: RunFolder) -> None:
    """Raise `RunError` if the folder is not empty, OSError if it cannot be read.

    The files of a trainer that was killed before its first step do not count.
    """
    try:
        names = folder.files.names()
    except FileNotFoundError:
        return
    if all(name.startswith(_BEFORE_THE_RUN) for name in names):
        return
    raise RunError("folder_of_run_taken" if folder.exists() else "folder_taken", path=str(folder.path))


def settings_of(folder: RunFolder) -> TrainingSettings:
    """Return the settings of a run to resume; raises `RunError`."""
    settings = folder.run().settings
    if settings is None:
        raise RunError("run_not_resumable", path=str(folder.path))
    if folder.is_written(_LOCK_SECONDS):
        raise taken(folder)
    return settings


def apply_control(folder: RunFolder, control: Control, new: bool) -> None:
    """Set ``control.json`` for a training that begins.

    The arguments of the command line take precedence, then a control that the previous trainer has not
    applied; one that it has applied is reset.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    try:
        if control != Control():
            folder.write_control(control)
        elif not new and not _is_pending(folder):
            folder.write_control(Control())
    except OSError as error:
        raise unwritable(folder, error) from error


def run_of(task: Task, device: str, processes: int) -> Run:
    """Return ``run.json`` of a new training."""
    return Run(
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        settings=task.settings,
        versions={
            "lstm-viz": __version__,
            "python": python_version(),
            "torch": str(torch.__version__),
            "numpy": np.__version__,
        },
        hashes=task.hashes,
        tags=task.model.tags,
        corpus=task.corpus,
        parameters=task.parameters(),
        steps_per_epoch=task.steps_per_epoch,
        epochs=task.settings.epochs,
        device=device,
        processes=processes,
        tracked_sentence=task.model.home,
        tracked_tokens=task.model.tokenized_home,
    )


def taken(folder: RunFolder) -> RunError:
    """Return the error for a folder that another trainer has locked."""
    return RunError("run_being_written", path=str(folder.path))


def _write_constant_files(folder: RunFolder, task: Task, run: Run) -> None:
    """Write ``model.json`` and then ``run.json``, which makes the folder a run."""
    model = msgspec.json.encode(task.model)
    folder.files.replace(MODEL, model)
    folder.write_run(msgspec.structs.replace(run, hashes=run.hashes | {MODEL: sha256(model)}))


def _check_corpus(run: Run, task: Task) -> None:
    """Compare the hashes in the order of the files, not by path: bundled files may have moved."""
    recorded = [digest for name, digest in run.hashes.items() if name != MODEL]
    for (path, digest), expected in zip(task.hashes.items(), recorded, strict=False):
        if digest != expected:
            raise RunError("run_corpus_changed", path=path)
    if run.tags != task.model.tags or run.steps_per_epoch != task.steps_per_epoch:
        raise RunError("run_corpus_read_differently")


def _repair_model(folder: RunFolder, run: Run, task: Task) -> None:
    """Write ``model.json`` again if it is missing or damaged: it follows from settings and corpus."""
    declared = run.hashes.get(MODEL)
    try:
        stored = folder.files.read(MODEL, MAX_MODEL_BYTES)
    except FileNotFoundError:
        stored = b""
    model = msgspec.json.encode(task.model)
    if stored == model or sha256(stored) == declared:
        return
    folder.files.replace(MODEL, model)
    if declared is not None and sha256(model) != declared:  # another version encodes it differently
        folder.write_run(msgspec.structs.replace(run, hashes=run.hashes | {MODEL: sha256(model)}))


@contextmanager
def _locked(folder: RunFolder) -> Iterator[filelock.BaseFileLock]:
    """Lock the folder; release it only if the body fails. Raises `RunError`."""
    lock = _lock(folder)
    try:
        yield lock
    except OSError as error:
        release(lock)
        raise unwritable(folder, error) from error
    except BaseException:
        release(lock)
        raise


def _lock(folder: RunFolder) -> filelock.BaseFileLock:
    try:
        lock = folder.lock()
        lock.acquire(timeout=_LOCK_SECONDS)
    except filelock.Timeout as error:
        raise taken(folder) from error
    except (OSError, NotImplementedError) as error:
        raise unwritable(folder, error) from error
    return lock


def _is_pending(folder: RunFolder) -> bool:
    """Return whether ``control.json`` was written after the previous trainer read it last."""
    request, status = folder.request(), folder.status()
    if not request or status is None:
        return bool(request)
    return status.obeyed is not None and status.obeyed != sha256(request)
