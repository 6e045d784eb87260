"""``gates.jsonl``: how often each unit's gates were nearly shut or nearly open, from the training batches."""

from pathlib import Path

import msgspec

from lstm_viz.runs.history import LineReader

#: A gate below the first is nearly shut, above the second nearly open.
SHUT, OPEN = 0.1, 0.9


class Saturation(msgspec.Struct, frozen=True):
    """The gates of one step's batch.

    Attributes
    ----------
    step, epoch : int
    module : str
        The path of the recurrent module; the numbers are of its top layer, forward.
    shut, open : dict of str to tuple of float
        By the gate's letter in the trace: the share of the batch's words at which each unit's gate was below
        `SHUT`, or above `OPEN`.
    """

    step: int
    epoch: int
    module: str
    shut: dict[str, tuple[float, ...]]
    open: dict[str, tuple[float, ...]]


_decoder = msgspec.json.Decoder(Saturation)


def encode(line: Saturation) -> bytes:
    """Return the line as JSON, without its newline; three digits are more than anybody sees."""
    return msgspec.json.encode(
        Saturation(line.step, line.epoch, line.module, _rounded(line.shut), _rounded(line.open))
    )


def decode(data: bytes) -> Saturation | None:
    """Return the line in ``data``; None where it is damaged."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class GatesReader:
    """Follows ``gates.jsonl`` of a run folder, which may be growing."""

    def __init__(self, folder: Path, block: int = 1 << 22) -> None:
        self._lines = LineReader(folder / "gates.jsonl", block)

    @property
    def behind(self) -> bool:
        """Whether there is more to be read already."""
        return self._lines.behind

    def new(self) -> tuple[bool, tuple[Saturation, ...]]:
        """Return whether it is another file than last time, and what was added; raises OSError."""
        anew, raw = self._lines.new()
        lines = (decode(line) for line in raw)
        return anew, tuple(line for line in lines if line is not None)


def _rounded(shares: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    return {gate: tuple(round(share, 3) for share in row) for gate, row in shares.items()}
