"""``history.jsonl``: a line a step, a line an epoch, a line whenever the trainer saved itself.

A line is a JSON object. What it is shows from its fields: ``loss`` makes it a `Step`, ``dev_loss`` or
``checkpoint`` an `Epoch`, ``state`` a `Saved`. Other fields are left alone, so that a loop of one's own may
write more than we know of. A last line that does not end in a newline is not there yet.
"""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of the optimiser, counted from 1.

    ``loss`` is the mean loss of a tagged word of its batch, ``tokens`` how many words that was. The norms are
    the Euclidean ones of all gradients (before clipping) and all weights (after the step). ``time`` is when,
    in seconds since 1970.
    """

    step: int
    epoch: int
    loss: float
    learning_rate: float | None = None
    gradient_norm: float | None = None
    weight_norm: float | None = None
    tokens: int | None = None
    time: float | None = None


class Epoch(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of an epoch; epoch 0 is before training.

    ``checkpoint`` is a file name in ``checkpoints/`` and ``sha256`` that file's; None where none was kept.
    ``confusion`` has (true tag, tag, how many words) for every pair that occurs, tags by their place in the
    tagset; a true tag that is not in the tagset has the place behind the last.
    """

    step: int
    epoch: int
    dev_loss: float | None = None
    dev_accuracy: float | None = None
    checkpoint: str | None = None
    sha256: str | None = None
    confusion: tuple[tuple[int, int, int], ...] | None = None
    time: float | None = None


class Saved(msgspec.Struct, frozen=True, omit_defaults=True):
    """The trainer saved all that it needs to go on after this step: a file in ``state/`` and its hash."""

    step: int
    epoch: int
    state: str
    sha256: str


Line = Step | Epoch | Saved


class _Any(msgspec.Struct):
    """A line of any kind, before we know which."""

    step: int
    epoch: int
    loss: float | None = None
    learning_rate: float | None = None
    gradient_norm: float | None = None
    weight_norm: float | None = None
    tokens: int | None = None
    time: float | None = None
    dev_loss: float | None = None
    dev_accuracy: float | None = None
    checkpoint: str | None = None
    sha256: str | None = None
    confusion: tuple[tuple[int, int, int], ...] | None = None
    state: str | None = None


_decoder = msgspec.json.Decoder(_Any)
_encoder = msgspec.json.Encoder()


def encode(line: Line) -> bytes:
    """Return the line as JSON, without its newline."""
    return _encoder.encode(line)


def decode(data: bytes) -> Line | None:
    """Return the line in ``data``; None where it is none of ours, whether damaged or unknown."""
    try:
        raw = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if raw.loss is not None:
        return Step(
            raw.step, raw.epoch, raw.loss, raw.learning_rate, raw.gradient_norm, raw.weight_norm,
            raw.tokens, raw.time,
        )  # fmt: skip
    if raw.state is not None:
        return Saved(raw.step, raw.epoch, raw.state, raw.sha256 or "")
    if raw.checkpoint is not None or raw.dev_loss is not None or raw.dev_accuracy is not None:
        return Epoch(
            raw.step, raw.epoch, raw.dev_loss, raw.dev_accuracy, raw.checkpoint, raw.sha256,
            raw.confusion, raw.time,
        )  # fmt: skip
    return None


class LineReader:
    """Reads the whole lines that were added to a file since the last time.

    A torn last line is read again at the next call: whoever writes may have cut it off meanwhile. ``behind``
    tells whether the last call left something for the next, ``start`` at which byte its lines begin.
    """

    def __init__(self, path: Path, block: int = 1 << 22) -> None:
        self._path, self._block = path, block
        self.behind = False
        self.start = 0
        self._place = 0
        self._identity: tuple[int, int] | None = None

    def new(self) -> tuple[bool, list[bytes]]:
        """Return whether the file is another than last time (what was read is void), and its new lines.

        At most a few MB at a time are read; more is there at the next call. A file that is not there is
        empty. Raises OSError where it cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                anew = self._is_another(os.fstat(file.fileno()))
                file.seek(self._place)
                data = file.read(self._block)
        except FileNotFoundError:
            anew, data = self._identity is not None, b""
            self._place, self._identity = 0, None
        self.behind = len(data) == self._block
        whole = data.rfind(b"\n") + 1
        if not whole and len(data) == self._block:
            whole = len(data)  # no line of ours is that long: the file is damaged here
        self.start = self._place
        self._place += whole
        return anew, data[:whole].split(b"\n")[:-1] if whole else []

    def read_again(self, start: int, size: int) -> bytes:
        """Return bytes that `new` has read; none where it is another file by now, or cannot be read."""
        with contextlib.suppress(OSError), self._path.open("rb") as file:
            if _identity(os.fstat(file.fileno())) == self._identity:
                file.seek(start)
                return file.read(size)
        return b""

    def _is_another(self, status: os.stat_result) -> bool:
        identity, before = _identity(status), self._identity
        self._identity = identity
        if before is None or (identity == before and status.st_size >= self._place):
            return False
        self._place = 0
        return True


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


@dataclass(frozen=True, slots=True)
class News:
    """What a history gained: ``anew`` says that it is another file, and what was known of it is void.

    ``damaged`` counts the lines that are none of ours.
    """

    lines: tuple[Line, ...]
    anew: bool = False
    damaged: int = 0


class HistoryReader:
    """Follows ``history.jsonl`` of a run folder, which may be growing."""

    def __init__(self, folder: Path, block: int = 1 << 22) -> None:
        self._lines = LineReader(folder / "history.jsonl", block)

    @property
    def behind(self) -> bool:
        """Whether there is more to be read already."""
        return self._lines.behind

    def new(self) -> News:
        """Return what was added since the last time; raises OSError where it cannot be read."""
        anew, raw = self._lines.new()
        decoded: list[Any] = [decode(line) for line in raw if line.strip()]
        lines = tuple(line for line in decoded if line is not None)
        return News(lines, anew, len(decoded) - len(lines))


def read_all(folder: Path) -> News:
    """Return the whole history of a run folder."""
    reader, lines, damaged = HistoryReader(folder), list[Line](), 0
    while (news := reader.new()).lines or news.damaged:
        lines += news.lines
        damaged += news.damaged
    return News(tuple(lines), damaged=damaged)
