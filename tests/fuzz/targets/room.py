"""A run folder whose files an input says."""

from pathlib import Path

from tests.fuzz import seeds
from tests.fuzz.mutators.json import mutate_json, mutate_lines, mutate_sealed
from tests.fuzz.mutators.raw import mutate_bytes
from tests.fuzz.mutators.safetensors import mutate_safetensors
from tests.fuzz.target import Mutator


class Room:
    """A folder whose files are written as the parts of an input say; only what differs is written."""

    def __init__(self, folder: Path, known: seeds.Files) -> None:
        self.path = folder / "run"
        self._known, self._there = known, seeds.Files()
        for below in ("checkpoints", "state"):
            (self.path / below).mkdir(parents=True)
        self.put({})

    def put(self, files: seeds.Files) -> None:
        """Let these files be in the folder, the others as they were written."""
        for name, data in (self._known | {k: v for k, v in files.items() if k in self._known}).items():
            if self._there.get(name) != data:
                (self.path / name).write_bytes(data)
                self._there[name] = data

    def forget(self, *names: str) -> None:
        """Write these files again the next time: a reader may have changed them."""
        for name in names:
            self._there.pop(name, None)


def mutator_of(name: str) -> Mutator:
    """Return what mutates a file of this name."""
    if name.endswith(".safetensors"):
        return mutate_safetensors
    if name.endswith(".jsonl"):
        return mutate_lines
    if name in ("model.json", "preset.json"):
        return mutate_json
    return mutate_sealed if name.endswith(".json") else mutate_bytes
