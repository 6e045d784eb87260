"""The checkpoints of a run: the tagger's weights after an epoch; their hashes are in the history."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
from torch import Tensor

from lstm_viz.errors import CodedText, Parameter, coded
from lstm_viz.files.checksums import sha256
from lstm_viz.files.decoding import decode_json
from lstm_viz.files.errors import UnsafeFileError, reason_of
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import MAX_MODEL_BYTES, MODEL, Run, RunFolder
from lstm_viz.runs.history import Epoch, HistoryReader
from lstm_viz.tagging import tensors
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.presets import Preset, PresetSettings, Vocabularies


def write_checkpoint(folder: RunFolder, epoch: int, tagger: WordTagger) -> tuple[str, str]:
    """Write the weights and return the file's name and its SHA-256; raises OSError.

    The file is synced when this returns, so that the history never names one that is not whole.
    """
    name = f"epoch-{epoch:06}.safetensors"
    data = tensors.save(cpu_weights(tagger))
    folder.checkpoints.make()
    folder.checkpoints.replace(name, data)
    return name, sha256(data)


def cpu_weights(tagger: WordTagger) -> dict[str, Tensor]:
    """Return the weights by name, as contiguous tensors on the CPU."""
    return {key: tensor.detach().cpu().contiguous() for key, tensor in tagger.state_dict().items()}


@dataclass(frozen=True, slots=True)
class _Model:
    """``model.json`` decoded; all checkpoints of a run share its strings."""

    raw: bytes
    sha256: str
    settings: PresetSettings
    vocabularies: Vocabularies

    def mismatch(self, run: Run) -> CodedText | None:
        """Return how it differs from ``run.json``; None if it does not."""
        if run.hashes.get(MODEL, self.sha256) != self.sha256:
            return coded("model_hash_differs")
        return None if run.tags == self.settings.tags else coded("model_tags_differ")


class Checkpoints:
    """The checkpoints of a run folder, which may be growing; read incrementally.

    Attributes
    ----------
    model_bytes : int
        The size of ``model.json``; 0 before it has been read.
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
        """Read what was appended to the history since the last call; raises `RunError`."""
        try:
            while (
                (update := self._history.new()).lines
                or update.damaged
                or update.is_replaced
                or self._history.has_more
            ):
                known = {} if update.is_replaced else self._epochs
                epochs = (line for line in update.lines if isinstance(line, Epoch) and line.checkpoint)
                # a confusion matrix of 17 tags takes 20 kB: a thousand epochs would take 20 MB with it
                added = {line.epoch: msgspec.structs.replace(line, confusion=None) for line in epochs}
                self._epochs = known | added
        except OSError as error:
            name = self._folder.path.name
            raise RunError("run_unreadable", name=name, reason=reason_of(error)) from error

    @property
    def epochs(self) -> dict[int, Epoch]:
        """The epochs that have a checkpoint, in order, as of the last `refresh`."""
        return self._epochs

    def settings(self) -> PresetSettings:
        """Return the settings of the tagger, with the epochs that have a checkpoint.

        Raises
        ------
        RunError
            If the folder is no run, of a newer version, damaged, or without a checkpoint.
        """
        run = self._folder.run()
        if not self._epochs:
            raise RunError("checkpoints_missing", name=self._folder.name)
        settings = self._decoded(run).settings
        return msgspec.structs.replace(
            settings,
            title=self._folder.name,
            epochs=tuple(self._epochs),
            home=run.tracked_sentence or settings.home,
            tokenized_home=run.tracked_tokens if run.tracked_sentence else settings.tokenized_home,
        )

    def _decoded(self, run: Run) -> _Model:
        """Return ``model.json``, decoded again only if its bytes have changed; raises `RunError`.

        Its hash is in ``run.json``; a user's own training loop may omit it.
        """
        name = self._folder.name
        try:
            raw = self._folder.files.read(MODEL, MAX_MODEL_BYTES)
            if self._model is None or raw != self._model.raw:
                settings = decode_json(raw, PresetSettings)
                self._model = _Model(raw, sha256(raw), settings, settings.vocabularies())
        except UnsafeFileError as error:
            raise RunError("run_damaged", name=name, file=MODEL, reason=reason_of(error)) from error
        except OSError as error:
            raise RunError("run_lacks_file", name=name, file=MODEL, reason=reason_of(error)) from error
        except ValueError as error:
            raise RunError("run_damaged", name=name, file=MODEL, reason=reason_of(error)) from error
        mismatch = self._model.mismatch(run)
        if mismatch is not None:
            raise RunError("run_damaged", name=name, file=MODEL, reason=mismatch)
        return self._model

    def load(self, epoch: int | None = None) -> Preset:
        """Return the tagger of an epoch (None: the newest) as of the last `refresh`.

        Raises
        ------
        RunError
            If it is missing, or its hash does not match.
        """
        settings = self.settings()
        chosen = settings.epochs[-1] if epoch is None else epoch
        if chosen not in self._epochs:
            raise RunError("checkpoint_missing", name=self._folder.name, epoch=chosen)
        try:
            weights = self._weights(self._epochs[chosen], settings.most_bytes())
            tagger = settings.trained_tagger(weights, self._decoded(self._folder.run()).vocabularies)
        except ValueError as error:
            raise self._damaged(chosen, reason_of(error)) from error
        return Preset(settings, chosen, tagger, None)

    def _weights(self, line: Epoch, most: int) -> dict[str, Tensor]:
        """Return the weights; raises `RunError`, or ValueError if they cannot be decoded."""
        try:
            data = self._folder.checkpoints.read(str(line.checkpoint), most)
        except UnsafeFileError as error:
            if error.filename == str(self._folder.checkpoints.path):
                name, reason = self._folder.name, reason_of(error)
                raise RunError("checkpoints_unreadable", name=name, reason=reason) from error
            raise self._damaged(line.epoch, reason_of(error)) from error
        except OSError as error:
            name, reason = self._folder.name, reason_of(error)
            raise RunError("checkpoint_unreadable", epoch=line.epoch, name=name, reason=reason) from error
        if line.sha256 is not None and sha256(data) != line.sha256:
            raise self._damaged(line.epoch, coded("checkpoint_hash_differs"))
        return tensors.as_weights(tensors.load(data))

    def _damaged(self, epoch: int, reason: Parameter) -> RunError:
        return RunError("checkpoint_damaged", epoch=epoch, name=self._folder.name, reason=reason)


def load(path: Path, epoch: int | None = None) -> Preset:
    """Return the tagger of a run folder at an epoch (None: the newest); raises `RunError`."""
    checkpoints = Checkpoints(path)
    checkpoints.refresh()
    return checkpoints.load(epoch)
