"""Taking a run folder: a new one, or one that was left and is gone on with."""

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
from lstm_viz.runs.settings import Settings
from lstm_viz.training.recorder import Recorder, unwritable
from lstm_viz.training.task import Task
from lstm_viz.version import __version__

_LOCK_SECONDS = 1.0  # whoever only looks whether a trainer lives holds the lock for a moment
_BEFORE_THE_RUN = ("lock", "control.json", "name.txt", MODEL, ".model.json.", ".run.json.", ".control.json.")


def create(folder: RunFolder, task: Task, device: str = "cpu", processes: int = 1) -> Recorder:
    """Make a run folder for a new training and take it.

    Raises
    ------
    RunError
        If something is there already, or it cannot be written.
    """
    refuse(folder)
    try:
        folder.files.make()
    except OSError as error:
        raise unwritable(folder, error) from error
    with _held(folder) as lock:
        _check_free(folder)
        _write_what_is_fixed(folder, task, run_of(task, device, processes))
        return Recorder(folder, lock)


def reopen(folder: RunFolder, task: Task) -> Recorder:
    """Take a run folder that was left, for the task of its own settings.

    Raises
    ------
    RunError
        If another trainer has it, it is no run, damaged or newer, its corpus was changed meanwhile, or it
        cannot be written.
    """
    run = folder.run()
    with _held(folder) as lock:
        _check_corpus(run, task)
        _mend_model(folder, run, task)
        return Recorder(folder, lock)


def refuse(folder: RunFolder) -> None:
    """Raise `RunError` where no new run can be made, since another trainer or something else is there."""
    try:
        if folder.is_written():
            raise taken(folder)
        _check_free(folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def _check_free(folder: RunFolder) -> None:
    """Raise `RunError` where the folder is not empty; OSError where that cannot be told.

    What a trainer left that was killed before its first step is in nobody's way.
    """
    try:
        there = folder.files.names()
    except FileNotFoundError:
        return
    if all(name.startswith(_BEFORE_THE_RUN) for name in there):
        return
    raise RunError(
        "taken",
        f"{folder.path} is not empty. Name a new folder"
        + (f", or go on with it: --resume {folder.path}" if folder.exists() else "."),
    )


def settings_of(folder: RunFolder) -> Settings:
    """Return the settings of a run that is to be gone on with; raises `RunError`."""
    settings = folder.run().settings
    if settings is None:
        raise RunError("missing", f"{folder.path} was not written by lstm-viz train: it cannot be resumed.")
    if folder.is_written():
        raise taken(folder)
    return settings


def heed(folder: RunFolder, said: Control, new: bool) -> None:
    """Leave in ``control.json`` what is wished of the training that begins now.

    That is what was said on the command line, else what was written there since the trainer before said its
    last word. What that one was told is done.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    try:
        if said != Control():
            folder.write_control(said)
        elif not new and not _is_fresh(folder):
            folder.write_control(Control())
    except OSError as error:
        raise unwritable(folder, error) from error


def run_of(task: Task, device: str, processes: int) -> Run:
    """Return ``run.json`` of a training that begins now."""
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
        probe=task.model.home,
        probe_cut=task.model.home_cut,
    )


def taken(folder: RunFolder) -> RunError:
    """Return the sentence for a folder that another trainer holds."""
    return RunError("taken", f"Another trainer is writing {folder.path}.")


def _write_what_is_fixed(folder: RunFolder, task: Task, run: Run) -> None:
    """Write what never changes; ``run.json`` comes last, since with it the folder is a run."""
    model = msgspec.json.encode(task.model)
    folder.files.replace(MODEL, model)
    folder.write_run(msgspec.structs.replace(run, hashes=run.hashes | {MODEL: sha256(model)}))


def _check_corpus(run: Run, task: Task) -> None:
    """Compare by the order in which the files are read: the bundled ones may have moved."""
    before = [digest for name, digest in run.hashes.items() if name != MODEL]
    for (path, digest), was in zip(task.hashes.items(), before, strict=False):
        if digest != was:
            raise RunError(
                "damaged",
                f"{path} is not what it was when the run began: it cannot be resumed, only trained anew.",
            )
    if run.tags != task.model.tags or run.steps_per_epoch != task.steps_per_epoch:
        raise RunError(
            "damaged",
            "This version reads the corpus otherwise than the one that began the run: it cannot be resumed, "
            "only trained anew.",
        )


def _mend_model(folder: RunFolder, run: Run, task: Task) -> None:
    """Write ``model.json`` again where it is missing or damaged: it follows from settings and corpus."""
    declared = run.hashes.get(MODEL)
    try:
        there = folder.files.read(MODEL, MAX_MODEL_BYTES)
    except FileNotFoundError:
        there = b""
    model = msgspec.json.encode(task.model)
    if there == model or sha256(there) == declared:
        return
    folder.files.replace(MODEL, model)
    if declared is not None and sha256(model) != declared:  # another version writes it otherwise
        folder.write_run(msgspec.structs.replace(run, hashes=run.hashes | {MODEL: sha256(model)}))


@contextmanager
def _held(folder: RunFolder) -> Iterator[filelock.BaseFileLock]:
    """Take the folder, and let go of it where what is to be done with it fails; raises `RunError`."""
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


def _is_fresh(folder: RunFolder) -> bool:
    """Tell whether something was wished after the trainer before had said its last word."""
    request, status = folder.request(), folder.status()
    if not request or status is None:
        return bool(request)
    return status.obeyed is not None and status.obeyed != sha256(request)
