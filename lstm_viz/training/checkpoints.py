"""The checkpoints of a run: the tagger's weights after an epoch, each file with its hash in the history."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from safetensors import SafetensorError
from torch import Tensor

from lstm_viz.runs import files
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, HistoryReader
from lstm_viz.tagging import tensors
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.presets import Preset, Settings, Vocabularies


def write_checkpoint(folder: RunFolder, epoch: int, tagger: WordTagger) -> tuple[str, str]:
    """Write the weights and return the file's name and its SHA-256; raises OSError.

    The file is whole on the disk when this returns, so that a history that names it never lies.
    """
    name = f"epoch-{epoch:06}.safetensors"
    data = tensors.save(cpu_weights(tagger))
    folder.checkpoints.mkdir(exist_ok=True)
    files.replace(folder.checkpoints / name, data)
    return name, files.sha256(data)


def cpu_weights(tagger: WordTagger) -> dict[str, Tensor]:
    """Return the weights by name, on the CPU, each in memory of its own."""
    return {key: tensor.detach().cpu().contiguous() for key, tensor in tagger.state_dict().items()}


@dataclass(frozen=True, slots=True)
class _Model:
    """``model.json`` decoded: all checkpoints of a run share the strings in it."""

    raw: bytes
    settings: Settings
    vocabularies: Vocabularies


class Checkpoints:
    """The checkpoints of a run folder, which may be growing; reads on where it stopped.

    Attributes
    ----------
    model_bytes : int
        The size of ``model.json``; 0 before it was read.
    """

    def __init__(self, path: Path) -> None:
        self._folder = RunFolder(path)
        self._history = HistoryReader(path)
        self._epochs: dict[int, Epoch] = {}
        self._model: _Model | None = None

    @property
    def model_bytes(self) -> int:
        return len(self._model.raw) if self._model else 0

    def refresh(self) -> None:
        """Look what was added since the last time; raises `RunError`."""
        try:
            while (news := self._history.new()).lines or news.damaged or news.anew:
                known = {} if news.anew else self._epochs
                epochs = (line for line in news.lines if isinstance(line, Epoch) and line.checkpoint)
                # a confusion matrix of 17 tags takes 20 kB: a thousand epochs would take 20 MB with it
                added = {line.epoch: msgspec.structs.replace(line, confusion=None) for line in epochs}
                self._epochs = known | added
        except OSError as error:
            raise RunError(
                "missing", f"The run {self._folder.path.name} cannot be read: {error.strerror}."
            ) from error

    @property
    def epochs(self) -> dict[int, Epoch]:
        """The epochs with a checkpoint, in order, as of the last `refresh`."""
        return self._epochs

    def settings(self) -> Settings:
        """Return what the tagger is made from, its epochs those that are there now.

        Raises
        ------
        RunError
            If the folder is no run, of a newer version, damaged, or has no checkpoint yet.
        """
        run = self._folder.run()
        if not self._epochs:
            raise RunError("missing", f"The run {self._folder.name} has no checkpoint yet.")
        settings = self._decoded().settings
        return msgspec.structs.replace(
            settings,
            title=self._folder.name,
            epochs=tuple(self._epochs),
            home=run.probe or settings.home,
            home_cut=run.probe_cut if run.probe else settings.home_cut,
        )

    def _decoded(self) -> _Model:
        """Return ``model.json``, decoded again only where its bytes are others; raises `RunError`."""
        try:
            raw = self._folder.model.read_bytes()
            if self._model is None or raw != self._model.raw:
                settings = msgspec.json.decode(raw, type=Settings)
                self._model = _Model(raw, settings, settings.vocabularies())
            return self._model
        except OSError as error:
            raise RunError(
                "missing", f"The run {self._folder.name} lacks its model.json ({error.strerror})."
            ) from error
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise RunError(
                "damaged", f"The run {self._folder.name} is damaged: model.json, {error}."
            ) from error

    def load(self, epoch: int | None = None) -> Preset:
        """Return the tagger of an epoch (None: the newest); look for new ones with `refresh` before.

        Raises
        ------
        RunError
            If it is not there, or its bytes are not those that were written.
        """
        settings = self.settings()
        chosen = settings.epochs[-1] if epoch is None else epoch
        if chosen not in self._epochs:
            raise RunError("missing", f"The run {self._folder.name} has no checkpoint of epoch {chosen}.")
        weights = self._weights(self._epochs[chosen])
        try:
            tagger = settings.trained_tagger(weights, self._decoded().vocabularies)
        except ValueError as error:
            raise self._damaged(chosen, str(error)) from error
        return Preset(f"run:{self._folder.path}", settings, chosen, tagger, None)

    def _weights(self, line: Epoch) -> dict[str, Tensor]:
        try:
            data = (self._folder.checkpoints / str(line.checkpoint)).read_bytes()
        except OSError as error:
            raise RunError(
                "missing",
                f"The checkpoint of epoch {line.epoch} of {self._folder.name} cannot be read "
                f"({error.strerror}). The other epochs can.",
            ) from error
        if line.sha256 is not None and files.sha256(data) != line.sha256:
            raise self._damaged(line.epoch, "its SHA-256 is not the one in the history")
        try:
            weights = tensors.load(data)
        except (SafetensorError, ValueError, KeyError) as error:
            raise self._damaged(line.epoch, str(error)) from error
        if not all(bool(tensor.isfinite().all()) for tensor in weights.values()):
            raise self._damaged(line.epoch, "a number in it is not finite")
        return weights

    def _damaged(self, epoch: int, reason: str) -> RunError:
        return RunError(
            "damaged",
            f"The checkpoint of epoch {epoch} of {self._folder.name} is damaged: {reason}. "
            "The other epochs can still be read.",
        )


def load(path: Path, epoch: int | None = None) -> Preset:
    """Return the tagger of a run folder at an epoch (None: the newest); raises `RunError`."""
    checkpoints = Checkpoints(path)
    checkpoints.refresh()
    return checkpoints.load(epoch)
