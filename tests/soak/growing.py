"""A run as a trainer writes it, epoch by epoch, without the training: what is watched for long."""

from pathlib import Path

import msgspec
import torch
from lstm_viz.runs.files import LineFile

from lstm_viz.runs import history
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch
from lstm_viz.tagging import presets
from lstm_viz.training.checkpoints import write_checkpoint
from tests.runs_support import write_run

_KEPT = 3  # checkpoints on the disk: a thousand of them take gigabytes
_CONFUSION = tuple((gold, tag, 300 + 17 * gold + tag) for gold in range(17) for tag in range(17))


class GrowingRun:
    """A run folder with the tagger of a preset, which gains a checkpoint at each call of `grow`."""

    def __init__(self, path: Path, preset: str = "english") -> None:
        self.folder, self.epoch = RunFolder(path), 0
        write_run(path, steps=0, epochs=0)
        loaded = presets.load(preset)
        settings = msgspec.structs.replace(loaded.settings, epochs=(0,))
        self._tagger = loaded.tagger
        self.folder.model.write_bytes(msgspec.json.encode(settings))
        self.folder.history.write_bytes(b"")
        self._lines = LineFile(self.folder.history)
        self.grow()

    def grow(self) -> None:
        """Add an epoch with other weights; an old checkpoint goes from the disk."""
        with torch.no_grad():
            self._tagger.hidden_to_tag.bias.add_(1e-3)
        file, digest = write_checkpoint(self.folder, self.epoch, self._tagger)
        line = Epoch(self.epoch, self.epoch, 0.4, 0.9, file, digest, _CONFUSION, 1.0)
        self._lines.append(history.encode(line))
        old = self.epoch - _KEPT
        if old >= 0:
            (self.folder.checkpoints / f"epoch-{old:06}.safetensors").unlink()
        self.epoch += 1

    def close(self) -> None:
        self._lines.close()
