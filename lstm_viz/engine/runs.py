"""Run folders as models: checkpoints that were read are cached, new ones are noticed."""

from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from lstm_viz.engine.cache import Cache
from lstm_viz.engine.nbytes import nbytes_of
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch
from lstm_viz.runs.segmenter import segmenter_version
from lstm_viz.subjects.segmenting import segmentation_of
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.text.segmentation import Segmentation
from lstm_viz.training.checkpoints import Checkpoints
from lstm_viz.uris import of_run

_MOST_FOLDERS = 16
_FOLDERS_BYTES = 64 << 20
_SEGMENTATIONS_BYTES = 32 << 20
#: A checkpoint of 2 MB is read in 10 ms: only those of small nets are worth their memory, or the two that are
#: compared: each belongs to the passes that the next keystroke continues.
#: One of the tutorial's taggers takes some 25 kB, nearly all of it in the dictionaries of its modules.
_SUBJECTS_BYTES = 1 << 20
#: A word of 8 letters takes 11 bytes in model.json; as str, in a tuple and in a dict it takes some 170.
_DECODED = 16
_LINE_BYTES = 512  # for the line of one epoch


class RunModels:
    """The taggers of run folders.

    A checkpoint is read once, identified by its SHA-256; the list of checkpoints is refreshed at every call,
    since a trainer may be writing. Loading the newest checkpoint drops the previous newest one, so that
    following a training for hours takes no more memory than opening it. Opening a run drops the entries of
    deleted runs: only existing runs take memory.
    """

    def __init__(self) -> None:
        self._folders: Cache[Checkpoints] = Cache(_FOLDERS_BYTES, _MOST_FOLDERS, _folder_bytes)
        self._subjects: Cache[TaggerSubject] = Cache(_SUBJECTS_BYTES, weigh=_bytes_of, fewest=2)
        self._followed: dict[Path, Hashable] = {}
        self._segmentations: Cache[Segmentation] = Cache(_SEGMENTATIONS_BYTES, _MOST_FOLDERS)
        self._by_run: list[Cache[Any]] = [self._subjects, self._segmentations]

    def invalidate_with(self, *caches: Cache[Any]) -> None:
        """Drop the entries of deleted runs in these caches, too; their keys begin with the run's path."""
        self._by_run += caches

    def clear(self) -> None:
        """Clear all caches."""
        for kept in (self._folders, self._subjects, self._segmentations):
            kept.clear()

    def epochs(self, path: Path) -> tuple[int, ...]:
        """Return the epochs that have a checkpoint now, in order; raises `RunError`."""
        return tuple(self._checkpoints(path).epochs)

    def load(self, path: Path, epoch: int | None = None) -> TaggerSubject:
        """Return the tagger of an epoch (None: the newest), or of the nearest one that has a checkpoint.

        Raises
        ------
        RunError
            If it is not a run, damaged, of a newer version, or has no checkpoint yet.
        """
        checkpoints = self._checkpoints(path)
        there = checkpoints.epochs
        if not there:
            return TaggerSubject(of_run(path), checkpoints.load())  # raises with the message for it
        chosen = next(reversed(there)) if epoch is None else _nearest(epoch, tuple(there))
        key = identity(path, there[chosen])
        subject = self._subjects.get_or(key, lambda: TaggerSubject(of_run(path), checkpoints.load(chosen)))
        if epoch is None:
            self._follow(path, key)
        return _as_now(subject, RunFolder(path).name, tuple(there), self._segmentation(path))

    def identity(self, path: Path, epoch: int) -> tuple[Hashable, ...]:
        """Return a key that identifies the existing checkpoint of an epoch; raises `RunError`."""
        line = self._checkpoints(path).epochs.get(epoch)
        if line is None:  # the run was replaced or resumed since the epoch was listed
            raise RunError("checkpoint_missing", name=RunFolder(path).name, epoch=epoch)
        return identity(path, line)

    def _follow(self, path: Path, newest: Hashable) -> None:
        """Drop the previous newest checkpoint of a run."""
        before = self._followed.pop(path, newest)
        if before != newest:
            self._subjects.drop(before)
        self._followed[path] = newest
        if len(self._followed) > _MOST_FOLDERS:
            del self._followed[next(iter(self._followed))]

    def _segmentation(self, path: Path) -> Segmentation:
        """Return the segmentation of a run; a segmenter that was written meanwhile is noticed."""
        version = segmenter_version(path)
        return self._segmentations.get_or((path, version), lambda: segmentation_of(path))

    def _checkpoints(self, path: Path) -> Checkpoints:
        if path not in self._folders:
            self._drop_deleted()
        checkpoints = self._folders.get_or(path, lambda: Checkpoints(path))
        checkpoints.refresh()
        self._folders.keep(path, checkpoints)  # it may have grown
        if not RunFolder(path).exists():
            self._folders.drop(path)  # a folder that appears here later is another run
            raise RunError("run_missing", path=str(path))
        return checkpoints

    def _drop_deleted(self) -> None:
        """Drop the cache entries of runs that have been deleted."""
        caches = [self._folders, *self._by_run]
        kept = {_path_in(key) for cache in caches for key in cache}
        deleted = {path for path in kept if not RunFolder(path).exists()}
        for cache in caches:
            cache.drop_where(lambda key: _path_in(key) in deleted)


def identity(path: Path, line: Epoch) -> tuple[Hashable, ...]:
    """Return a key that identifies a checkpoint, also against one that is later written in its place."""
    return path, line.epoch, line.checkpoint, line.sha256


def _path_in(key: Hashable) -> Path:
    """Return the path of the run with which a cache key begins, or which it is."""
    path: Path = key[0] if isinstance(key, tuple) else key  # type: ignore[assignment]
    return path


def _nearest(epoch: int, there: tuple[int, ...]) -> int:
    """Return the nearest epoch, the earlier of two."""
    return min(there, key=lambda other: (abs(other - epoch), other))


def _as_now(
    subject: TaggerSubject, title: str, epochs: tuple[int, ...], segmentation: Segmentation
) -> TaggerSubject:
    preset = subject.preset
    if (preset.settings.title, preset.settings.epochs, preset.segmentation) == (title, epochs, segmentation):
        return subject
    settings = msgspec.structs.replace(preset.settings, title=title, epochs=epochs)
    return TaggerSubject(subject.uri, replace(preset, settings=settings, segmentation=segmentation))


def _bytes_of(subject: TaggerSubject) -> int:
    """Return the size of a checkpoint without the vocabularies, which all checkpoints of a run share."""
    preset = subject.preset
    words, characters = preset.tagger.words, getattr(preset.tagger, "characters", None)
    return nbytes_of(preset, shared=(words, characters, preset.settings.words, preset.settings.characters))


def _folder_bytes(checkpoints: Checkpoints) -> int:
    return _DECODED * checkpoints.model_bytes + _LINE_BYTES * len(checkpoints.epochs)
