"""The run folder: which file is where, and the small ones, each whole or not there.

run.json        what was asked for and with what: written once, before the first step
model.json      the vocabularies and sizes of the tagger: written once
history.jsonl   a line a step, an epoch, a save: only grows
gates.jsonl     how saturated the gates were: only grows
checkpoints/    the weights after an epoch, safetensors; their hashes are in the history
state/          all that the trainer needs to go on, safetensors; their hashes are in the history
status.json     what the trainer is doing: replaced
control.json    what it is wished to do: replaced, by anybody; what has no checksum was written by hand
name.txt        what a person calls the run: replaced
lock            held by the one trainer that writes
"""

import contextlib
import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from lstm_viz.files.checksums import seal_of, sealed
from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.files.errors import UnsafeFileError, reason_of
from lstm_viz.files.folder import Folder
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.history import Count, Seconds
from lstm_viz.runs.settings import Settings
from lstm_viz.text.cut import Cut

if TYPE_CHECKING:
    from filelock import FileLock

#: The version of the format that we write; a folder with a larger one is not read.
FORMAT = 1

MODEL = "model.json"
#: The most bytes of each file that is read whole: far more than is ever written.
MAX_RUN_BYTES, MAX_MODEL_BYTES, _MAX_SMALL_BYTES, _MAX_NAME_BYTES = 16 << 20, 256 << 20, 1 << 20, 1 << 12

T = TypeVar("T")


class Corpus(msgspec.Struct, frozen=True):
    """How much there was to learn from; ``measured_on`` says what the accuracies are of.

    Words without a tag are not counted: they are neither learnt from nor measured on.
    """

    sentences: Count
    words: Count
    dev_sentences: Count
    dev_words: Count
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
    parameters: Count
    steps_per_epoch: Count
    epochs: Count
    device: str = "cpu"
    processes: Count = 1
    probe: str = ""
    probe_cut: Cut | None = None
    format: int = FORMAT

    @property
    def steps(self) -> int:
        return self.steps_per_epoch * self.epochs


Place = Annotated[int, Meta(ge=-1, le=2**31)]


class Wrong(msgspec.Struct, frozen=True):
    """The first number that was not finite: which quantity, and where; -1 where that says nothing.

    ``quantity`` is in the trace's names (``x i f g o c h …``), or "scores", "loss", "gradient", "weight";
    ``module`` the path of the module or parameter. ``words`` is the sentence, ``word`` the place in it.
    """

    quantity: str
    module: str = ""
    layer: Place = -1
    direction: Place = -1
    unit: Place = -1
    word: Place = -1
    words: tuple[str, ...] = ()
    value: str = "NaN"


class Status(msgspec.Struct, frozen=True):
    """``status.json``: what the trainer is doing, said at least once a second while it lives.

    ``step`` and ``epoch`` are the last that were finished, ``best_accuracy`` is the highest on the dev part
    so far. ``sentence`` tells a person why it stopped. ``obeyed`` is the SHA-256 of the ``control.json`` that
    it read last, "" where there was none; None is of a version that did not say so.
    """

    phase: Literal["starting", "training", "paused", "stopped", "finished", "failed"]
    step: Count = 0
    epoch: Count = 0
    tokens_per_second: float | None = None
    best_accuracy: float | None = None
    sentence: str = ""
    wrong: Wrong | None = None
    pid: Count = 0
    host: str = ""
    time: Seconds = 0.0
    obeyed: str | None = None


class Control(msgspec.Struct, frozen=True):
    """``control.json``: what the trainer is wished to do; it looks before every step.

    It waits once ``until_step`` steps or ``until_epoch`` epochs are done (None: goes on), takes at most
    ``steps_per_second``, and ends after the step under way where ``stop`` is wished.
    """

    until_step: Count | None = None
    until_epoch: Count | None = None
    steps_per_second: Annotated[float, Meta(gt=0)] | None = None
    stop: bool = False


class _Request(Control, frozen=True):
    """As it is written: the same wish again is another file, whatever the clock says."""

    number: Count = 0


class RunFolder:
    """A run folder, by its path; nothing is read or made before it is asked for.

    What lies in it is opened through ``files`` alone, and what lies in its folders through ``checkpoints``
    and ``states``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files = Folder(path)
        self.checkpoints = self.files.folder("checkpoints")
        self.states = self.files.folder("state")
        self.history = path / "history.jsonl"
        self.gates = path / "gates.jsonl"

    def exists(self) -> bool:
        """Tell whether this is a run folder at all; False also where that cannot be told."""
        return self.files.has("run.json")

    def run(self) -> Run:
        """Return ``run.json``; raises `RunError` where it is missing, damaged or of a newer version."""
        try:
            data = self.files.read("run.json", MAX_RUN_BYTES)
        except UnsafeFileError as error:
            raise self._damaged("run.json", reason_of(error)) from error
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RunError("missing", f"There is no run in {self.path}.") from error
        except OSError as error:
            raise RunError("missing", f"{self.path} cannot be read: {reason_of(error)}.") from error
        with contextlib.suppress(DecodingError):
            version = decode_json(data, _Version).format
            if version > FORMAT:
                raise RunError(
                    "newer",
                    f"The run {self.path.name} was written by a newer LSTM Viz (format {version}; this one "
                    f"reads up to {FORMAT}). Its files are left as they are.",
                )
        try:
            return _unsealed(data, Run)
        except DecodingError as error:
            raise self._damaged("run.json", error) from error

    def write_run(self, run: Run) -> None:
        self.files.replace("run.json", sealed(msgspec.json.format(msgspec.json.encode(run), indent=2)))

    def status(self) -> Status | None:
        """Return what the trainer said last; None where it never said anything, or that cannot be read."""
        with contextlib.suppress(RunError):
            return self.read_status()
        return None

    def read_status(self) -> Status | None:
        """Return what the trainer said last; raises `RunError` where it cannot be read."""
        return self._small("status.json", Status)

    def write_status(self, status: Status) -> None:
        self.files.replace("status.json", sealed(msgspec.json.encode(status)), lasting=False)

    def control(self) -> Control:
        """Return what is wished; nothing in particular where nobody wished, or it cannot be read."""
        with contextlib.suppress(RunError):
            return self.read_control()
        return Control()

    def read_control(self) -> Control:
        """Return what is wished; raises `RunError` where it cannot be read."""
        return self._small("control.json", Control) or Control()

    def request(self) -> bytes:
        """Return ``control.json`` as it stands; empty where it cannot be read."""
        try:
            return self.files.read("control.json", _MAX_SMALL_BYTES)
        except OSError:
            return b""

    def write_control(self, control: Control) -> None:
        before = None
        with contextlib.suppress(RunError):
            before = self._small("control.json", _Request)
        number = 1 if before is None else before.number + 1
        request = _Request(**msgspec.structs.asdict(control), number=number)
        self.files.replace("control.json", sealed(msgspec.json.encode(request)), lasting=False)

    @property
    def name(self) -> str:
        """What a person calls the run, in one line: its folder's name until it is renamed."""
        try:
            named = self.files.read("name.txt", _MAX_NAME_BYTES).decode("utf-8", "replace")
        except OSError:
            named = ""
        return " ".join(named.split()) or self.path.name

    def rename(self, name: str) -> None:
        """Call the run something else; the folder stays where it is, so that whoever writes it can go on."""
        self.files.replace("name.txt", name.encode("utf-8", "replace"))

    def lock(self) -> "FileLock":
        """Return the lock of the one trainer; it is let go of when that dies, however it dies.

        Raises
        ------
        OSError
            If something else is where the lock is to be: it is a regular file, empty, and of this folder
            alone.
        """
        from filelock import FileLock  # late: it takes as long to load as all of the messages

        status = self.files.status("lock")
        if status is not None and (status.st_size or status.st_nlink > 1):
            raise UnsafeFileError(errno.EINVAL, self.path / "lock")
        # another thread than the one that took it may let go of it
        return FileLock(self.path / "lock", is_singleton=False, thread_local=False)

    def is_written(self) -> bool:
        """Tell whether a trainer holds the folder now; False also where we may not try."""
        if not self.files.has("lock"):
            return False
        from filelock import Timeout

        try:
            with self.lock().acquire(blocking=False):
                return False
        except Timeout:
            return True
        except (OSError, NotImplementedError):
            return False

    def _small(self, name: str, kind: type[T]) -> T | None:
        """Return a small file; None where there is none."""
        try:
            return _unsealed(self.files.read(name, _MAX_SMALL_BYTES), kind)
        except FileNotFoundError:
            return None
        except (OSError, DecodingError) as error:
            raise self._damaged(name, reason_of(error)) from error

    def _damaged(self, name: str, why: object) -> RunError:
        return RunError("damaged", f"The run {self.path.name} is damaged: {name}, {why}.")


def decode_control(request: bytes) -> Control | None:
    """Return what ``control.json`` wishes; None where it is damaged."""
    try:
        return _unsealed(request, Control)
    except DecodingError:
        return None


class _Version(msgspec.Struct):
    format: Count = FORMAT


def _unsealed(data: bytes, kind: type[T]) -> T:
    """Return ``data`` as a ``kind``; raises `DecodingError`, also where its checksum is another."""
    if seal_of(data) == "damaged":
        raise DecodingError("its bytes do not fit its checksum")
    return decode_json(data, kind)
