"""``gates.jsonl``: gate saturation, how often each unit's gates were nearly closed or open in a batch."""

from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import msgspec

from lstm_viz.files.checksums import has_damaged_end, seal_of, sealed
from lstm_viz.files.decoding import DECODING_ERRORS
from lstm_viz.files.lines import LineReader
from lstm_viz.runs.history import Count

#: A gate below the first value is nearly closed, above the second nearly open.
CLOSED, OPEN = 0.1, 0.9


class Saturation(msgspec.Struct, frozen=True):
    """The gate saturation of one training batch.

    Attributes
    ----------
    step, epoch : int
    module : str
        The path of the recurrent module; the numbers are of its top layer in the forward direction.
    closed, open : dict of str to tuple of float
        By the gate's name in the trace: the fraction of the batch's words at which each unit's gate was below
        `CLOSED`, or above `OPEN`.
    """

    step: Count
    epoch: Count
    module: str
    closed: dict[str, tuple[float, ...]] = msgspec.field(name="shut")
    open: dict[str, tuple[float, ...]]


_decoder = msgspec.json.Decoder(Saturation)


def encode(line: Saturation) -> bytes:
    """Return the line as JSON with its checksum, without its newline; fractions have three digits."""
    rounded = Saturation(line.step, line.epoch, line.module, _rounded(line.closed), _rounded(line.open))
    return sealed(msgspec.json.encode(rounded))


def decode(data: bytes) -> Saturation | None:
    """Return the line in ``data``; None if it is damaged."""
    if seal_of(data) == "damaged":
        return None
    try:
        return _decoder.decode(data)
    except DECODING_ERRORS:
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of a line in the file, in bytes."""

    step: int
    epoch: int
    start: int
    size: int


class GatesReader:
    """Reads ``gates.jsonl`` of a run folder, which may be growing.

    The last line of each epoch is used. Its position in the file is kept, not the line: that takes some 18 kB
    at 96 units, and a run may have 100,000 epochs. The line returned last is kept, so that the same step
    gives the same object.
    """

    def __init__(self, folder: Path, block: int = 1 << 22) -> None:
        self._lines = LineReader(folder / "gates.jsonl", block)
        self._places: list[_Place] = []
        self._last: tuple[_Place, Saturation] | None = None
        self._damaged = 0

    @property
    def has_more(self) -> bool:
        """Whether the file has more data than the last call has read."""
        return self._lines.has_more

    @property
    def damaged(self) -> int:
        """The number of lines that could not be decoded and were skipped."""
        return self._damaged + has_damaged_end(self._lines.rest)

    def poll(self) -> bool:
        """Read appended lines; return whether anything is new. Raises OSError if the file cannot be read."""
        is_replaced, raw = self._lines.new()
        if is_replaced:
            self._places, self._last, self._damaged = [], None, 0
        start, before = self._lines.start, self._places[-1:]
        for data in raw:
            if (line := decode(data)) is not None:
                self._add(_Place(line.step, line.epoch, start, len(data)))
            elif data.strip():
                self._damaged += 1
            start += len(data) + 1
        return is_replaced or self._places[-1:] != before

    def _add(self, place: _Place) -> None:
        places = self._places
        while places and (places[-1].epoch == place.epoch or places[-1].step >= place.step):
            places.pop()
        places.append(place)

    def up_to(self, step: int) -> Saturation | None:
        """Return the newest line up to ``step``; None if there is none, or the file has changed there."""
        count = bisect_right(self._places, step, key=attrgetter("step"))
        if not count:
            return None
        place = self._places[count - 1]
        if self._last is None or self._last[0] != place:
            line = decode(self._lines.read_again(place.start, place.size))
            if line is None or (line.step, line.epoch) != (place.step, place.epoch):
                return None
            self._last = place, line
        return self._last[1]


def _rounded(shares: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    return {gate: tuple(round(share, 3) for share in row) for gate, row in shares.items()}
