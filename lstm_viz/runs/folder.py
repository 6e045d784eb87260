"""The run folder: which file is where, and the small ones, each whole or not there.

run.json        what was asked for and with what: written once, before the first step
model.json      the vocabularies and sizes of the tagger: written once
history.jsonl   a line a step, an epoch, a save: only grows
gates.jsonl     how saturated the gates were: only grows
checkpoints/    the weights after an epoch, safetensors; their hashes are in the history
state/          all that the trainer needs to go on, safetensors; their hashes are in the history
status.json     what the trainer is doing: replaced
control.json    what it is wished to do: replaced, by anybody
name.txt        what a person calls the run: replaced
lock            held by the one trainer that writes
"""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from lstm_viz.runs import files
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.settings import Settings
from lstm_viz.text.cut import Cut

if TYPE_CHECKING:
    from filelock import FileLock

#: The version of the format that we write; a folder with a larger one is not read.
FORMAT = 1

T = TypeVar("T")


class Corpus(msgspec.Struct, frozen=True):
    """How much there was to learn from; ``measured_on`` says what the accuracies are of.

    Words without a tag are not counted: they are neither learnt from nor measured on.
    """

    sentences: int
    words: int
    dev_sentences: int
    dev_words: int
    measured_on: Literal["dev", "held out", "train"] = "dev"


class Run(msgspec.Struct, frozen=True):
    """``run.json``: all that is fixed when a training starts.

    Attributes
    ----------
    created : str
        ISO 8601, with the zone.
    settings : Settings or None
        None where a loop of one's own writes the folder.
    versions, hashes : dict
        Of the programs that matter, and the SHA-256 of every file that the run stands on.
    tags : tuple of str
        The tagset, in the order of the scores.
    parameters, steps_per_epoch, epochs : int
        How many numbers are trained, and how long it takes if nobody stops it.
    probe, probe_cut : str, Cut or None
        A sentence to look at through the epochs, and its words as the corpus has them.
    """

    created: str
    settings: Settings | None
    versions: dict[str, str]
    hashes: dict[str, str]
    tags: tuple[str, ...]
    corpus: Corpus
    parameters: int
    steps_per_epoch: int
    epochs: int
    device: str = "cpu"
    processes: int = 1
    probe: str = ""
    probe_cut: Cut | None = None
    format: int = FORMAT

    @property
    def steps(self) -> int:
        return self.steps_per_epoch * self.epochs


class Wrong(msgspec.Struct, frozen=True):
    """The first number that was not finite: which quantity, and where; -1 where that says nothing.

    ``quantity`` is in the trace's names (``x i f g o c h …``), or "scores", "loss", "gradient", "weight";
    ``module`` the path of the module or parameter. ``words`` is the sentence, ``word`` the place in it.
    """

    quantity: str
    module: str = ""
    layer: int = -1
    direction: int = -1
    unit: int = -1
    word: int = -1
    words: tuple[str, ...] = ()
    value: str = "NaN"


class Status(msgspec.Struct, frozen=True):
    """``status.json``: what the trainer is doing, said at least once a second while it lives.

    ``step`` and ``epoch`` are the last that were finished, ``best_accuracy`` is the highest on the dev part
    so far. ``sentence`` tells a person why it stopped. ``obeyed`` is the SHA-256 of the ``control.json`` that
    it read last, "" where there was none; None is of a version that did not say so.
    """

    phase: Literal["starting", "training", "paused", "stopped", "finished", "failed"]
    step: int = 0
    epoch: int = 0
    tokens_per_second: float | None = None
    best_accuracy: float | None = None
    sentence: str = ""
    wrong: Wrong | None = None
    pid: int = 0
    host: str = ""
    time: float = 0.0
    obeyed: str | None = None


class Control(msgspec.Struct, frozen=True):
    """``control.json``: what the trainer is wished to do; it looks before every step.

    It waits once ``until_step`` steps or ``until_epoch`` epochs are done (None: goes on), takes at most
    ``steps_per_second``, and ends after the step under way where ``stop`` is wished.
    """

    until_step: int | None = None
    until_epoch: int | None = None
    steps_per_second: float | None = None
    stop: bool = False


class _Request(Control, frozen=True):
    """As it is written: the same wish again is another file, whatever the clock says."""

    number: int = 0


class RunFolder:
    """A run folder, by its path; nothing is read or made before it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.history = path / "history.jsonl"
        self.gates = path / "gates.jsonl"
        self.model = path / "model.json"
        self.checkpoints = path / "checkpoints"
        self.states = path / "state"

    def exists(self) -> bool:
        """Tell whether this is a run folder at all."""
        return (self.path / "run.json").is_file()

    def run(self) -> Run:
        """Return ``run.json``; raises `RunError` where it is missing, damaged or of a newer version."""
        data = self._read("run.json")
        if data is None:
            raise RunError("missing", f"There is no run in {self.path}.")
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
            version = msgspec.json.decode(data, type=_Version).format
            if version > FORMAT:
                raise RunError(
                    "newer",
                    f"The run {self.path.name} was written by a newer LSTM Viz (format {version}; this one "
                    f"reads up to {FORMAT}). Its files are left as they are.",
                )
        try:
            return msgspec.json.decode(data, type=Run)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RunError("damaged", f"The run {self.path.name} is damaged: run.json, {error}.") from error

    def write_run(self, run: Run) -> None:
        files.replace(self.path / "run.json", msgspec.json.format(msgspec.json.encode(run), indent=2))

    def status(self) -> Status | None:
        """Return what the trainer said last; None where it never said anything that can be read."""
        return _decoded(self._read("status.json"), Status)

    def write_status(self, status: Status) -> None:
        files.replace(self.path / "status.json", msgspec.json.encode(status), lasting=False)

    def control(self) -> Control:
        """Return what is wished; nothing in particular where nobody wished."""
        return decode_control(self.request())

    def request(self) -> bytes:
        """Return ``control.json`` as it stands; empty where it cannot be read."""
        return self._read("control.json") or b""

    def write_control(self, control: Control) -> None:
        before = _decoded(self.request(), _Request) or _Request()
        request = _Request(**msgspec.structs.asdict(control), number=before.number + 1)
        files.replace(self.path / "control.json", msgspec.json.encode(request), lasting=False)

    @property
    def name(self) -> str:
        """What a person calls the run, in one line: its folder's name until it is renamed."""
        named = (self._read("name.txt") or b"").decode("utf-8", "replace")
        return " ".join(named.split()) or self.path.name

    def rename(self, name: str) -> None:
        """Call the run something else; the folder stays where it is, so that whoever writes it can go on."""
        files.replace(self.path / "name.txt", name.encode("utf-8", "replace"))

    def lock(self) -> "FileLock":
        """Return the lock of the one trainer; it is let go of when that dies, however it dies."""
        from filelock import FileLock  # late: it takes as long to load as all of the messages

        return FileLock(self.path / "lock", is_singleton=False)

    def is_written(self) -> bool:
        """Tell whether a trainer holds the folder now; False also where we may not try."""
        if not (self.path / "lock").exists():
            return False
        from filelock import Timeout

        try:
            with self.lock().acquire(blocking=False):
                return False
        except Timeout:
            return True
        except (OSError, NotImplementedError):
            return False

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except OSError:
            return None


def decode_control(request: bytes) -> Control:
    """Return what ``control.json`` wishes; nothing in particular where it cannot be read."""
    return _decoded(request, Control) or Control()


class _Version(msgspec.Struct):
    format: int = FORMAT


def _decoded(data: bytes | None, kind: type[T]) -> T | None:
    try:
        return None if data is None else msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
