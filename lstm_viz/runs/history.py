"""``history.jsonl``: a line per step, per epoch and per saved state.

A line is a JSON object. Its fields determine its type: ``loss`` makes it a `Step`, ``dev_loss`` or
``checkpoint`` an `Epoch`, ``state`` a `Saved`. Unknown fields are ignored, so that a user's own training loop
may write more. A last line without a newline is incomplete and not read. The last field is a checksum
(`lstm_viz.files.checksums`); lines without one, of a user's own loop or an earlier version, are read too.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lstm_viz.files.checksums import has_damaged_end, seal_of, sealed
from lstm_viz.files.decoding import DECODING_ERRORS
from lstm_viz.files.lines import LineReader

#: Steps, epochs and words; a larger number is damage.
Count = Annotated[int, Meta(ge=0, le=2**53)]
#: Seconds since 1970, up to the year 9999.
Seconds = Annotated[float, Meta(ge=0, le=253_402_300_799)]
_MOST_NUMBERS = 32  # of damaged lines that are listed


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of the optimiser, counted from 1.

    ``loss`` is the mean loss of the tagged words of its batch, ``tokens`` their number. The norms are the
    Euclidean norms of all gradients (before clipping) and all weights (after the step). ``time`` is in
    seconds since 1970.
    """

    step: Count
    epoch: Count
    loss: float
    learning_rate: float | None = None
    gradient_norm: float | None = None
    weight_norm: float | None = None
    tokens: Count | None = None
    time: Seconds | None = None


class Epoch(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of an epoch; epoch 0 is before training.

    ``checkpoint`` is a file name in ``checkpoints/`` and ``sha256`` the hash of that file; None if none was
    kept. ``confusion`` has (true tag, predicted tag, number of words) for every pair that occurs, as indices
    of the tagset; a true tag that is not in the tagset has the index after the last.
    """

    step: Count
    epoch: Count
    dev_loss: float | None = None
    dev_accuracy: float | None = None
    checkpoint: str | None = None
    sha256: str | None = None
    confusion: tuple[tuple[Count, Count, Count], ...] | None = None
    time: Seconds | None = None


class Saved(msgspec.Struct, frozen=True, omit_defaults=True):
    """A saved training state after this step: a file in ``state/`` and its hash."""

    step: Count
    epoch: Count
    state: str
    sha256: str


Line = Step | Epoch | Saved


class _Any(msgspec.Struct):
    """A line of any type."""

    step: Count
    epoch: Count
    loss: float | None = None
    learning_rate: float | None = None
    gradient_norm: float | None = None
    weight_norm: float | None = None
    tokens: Count | None = None
    time: Seconds | None = None
    dev_loss: float | None = None
    dev_accuracy: float | None = None
    checkpoint: str | None = None
    sha256: str | None = None
    confusion: tuple[tuple[Count, Count, Count], ...] | None = None
    state: str | None = None


_decoder = msgspec.json.Decoder(_Any)
_encoder = msgspec.json.Encoder()


def encode(line: Line) -> bytes:
    """Return the line as JSON with its checksum, without its newline."""
    return sealed(_encoder.encode(line))


def decode(data: bytes) -> Line | None:
    """Return the line in ``data``; None if it is damaged or of an unknown type."""
    if seal_of(data) == "damaged":
        return None
    try:
        raw = _decoder.decode(data)
    except DECODING_ERRORS:
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


@dataclass(frozen=True, slots=True)
class HistoryUpdate:
    """The appended lines of a history; ``is_replaced``: the file was replaced, earlier lines are void.

    ``damaged`` is the number of lines that could not be decoded and were skipped; ``damaged_lines`` are the
    numbers of the first of them, counted from 1.
    """

    lines: tuple[Line, ...]
    is_replaced: bool = False
    damaged: int = 0
    damaged_lines: tuple[int, ...] = ()


class HistoryReader:
    """Reads ``history.jsonl`` of a run folder, which may be growing."""

    def __init__(self, folder: Path, block: int = 1 << 22) -> None:
        self._lines = LineReader(folder / "history.jsonl", block)

    @property
    def has_more(self) -> bool:
        """Whether the file has more data than the last call has read."""
        return self._lines.has_more

    @property
    def damaged_end(self) -> int:
        """The number of the last line if its newline is damaged; else 0.

        It is not included in `HistoryUpdate.damaged`.
        """
        return self._lines.next if has_damaged_end(self._lines.rest) else 0

    def new(self) -> HistoryUpdate:
        """Return the lines appended since the last call; raises OSError if the file cannot be read."""
        is_replaced, raw = self._lines.new()
        decoded: list[Any] = [decode(line) for line in raw]
        lines = tuple(line for line in decoded if line is not None)
        if len(lines) == len(raw):
            return HistoryUpdate(lines, is_replaced)
        damaged = [
            number
            for number, (line, data) in enumerate(zip(decoded, raw, strict=True), self._lines.first)
            if line is None and data.strip()
        ]
        return HistoryUpdate(lines, is_replaced, len(damaged), tuple(damaged[:_MOST_NUMBERS]))


def read_all(folder: Path) -> HistoryUpdate:
    """Return the whole history of a run folder; raises OSError if it cannot be read."""
    reader, lines, damaged, numbers = HistoryReader(folder), list[Line](), 0, tuple[int, ...]()
    while True:
        update = reader.new()
        lines += update.lines
        damaged += update.damaged
        numbers = (*numbers, *update.damaged_lines)[:_MOST_NUMBERS]
        if not (update.lines or update.damaged or reader.has_more):
            if reader.damaged_end:
                damaged, numbers = damaged + 1, (*numbers, reader.damaged_end)[:_MOST_NUMBERS]
            return HistoryUpdate(tuple(lines), damaged=damaged, damaged_lines=numbers)
