"""The layout of a run folder, and its small files, each of which is replaced atomically.

run.json        settings, versions and hashes: written once, before the first step
model.json      the vocabularies and sizes of the tagger: written once
history.jsonl   a line per step, epoch and saved state: append-only
gates.jsonl     gate saturation: append-only
checkpoints/    the weights after an epoch, safetensors; their hashes are in the history
state/          the training state, safetensors; their hashes are in the history
status.json     the status of the trainer: replaced
control.json    requests to the trainer: replaced, by any process; without a checksum if written by hand
name.txt        the name that the user gave the run: replaced
lock            held by the one trainer that writes
"""

import contextlib
import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from lstm_viz.errors import Parameter, coded
from lstm_viz.files.checksums import seal_of, sealed
from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.files.errors import UnsafeFileError, reason_of
from lstm_viz.files.folder import Folder
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.history import Count, Seconds
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.text.tokenized_text import TokenizedText

if TYPE_CHECKING:
    from filelock import FileLock

#: The format version that is written; a folder with a larger one is not read.
FORMAT = 1

MODEL = "model.json"
#: Size limits of the files that are read whole: far more than is ever written.
MAX_RUN_BYTES, MAX_MODEL_BYTES, _MAX_SMALL_BYTES, _MAX_NAME_BYTES = 16 << 20, 256 << 20, 1 << 20, 1 << 12

T = TypeVar("T")


class Corpus(msgspec.Struct, frozen=True):
    """The sizes of the training and dev parts; ``measured_on`` is the part of the reported accuracies.

    Words without a tag are not counted: they are used neither for training nor for evaluation.
    """

    sentences: Count
    words: Count
    dev_sentences: Count
    dev_words: Count
    measured_on: Literal["dev", "held out", "train"] = "dev"


class Run(msgspec.Struct, frozen=True):
    """``run.json``: the constants of a training, written at its start.

    Attributes
    ----------
    created : str
        ISO 8601, with the time zone.
    settings : Settings or None
        None if the folder is written by a user's own training loop.
    versions, hashes : dict
        The versions of the libraries, and the SHA-256 of every file that the run was made from.
    tags : tuple of str
        The tagset, in the order of the tag scores.
    parameters, steps_per_epoch, epochs : int
        The number of trainable parameters, and the length of the whole training.
    tracked_sentence, tracked_tokens : str, TokenizedText or None
        The tracked sentence, and its words as in the corpus.
    """

    created: str
    settings: TrainingSettings | None
    versions: dict[str, str]
    hashes: dict[str, str]
    tags: tuple[str, ...]
    corpus: Corpus
    parameters: Count
    steps_per_epoch: Count
    epochs: Count
    device: str = "cpu"
    processes: Count = 1
    tracked_sentence: str = msgspec.field(default="", name="probe")
    tracked_tokens: TokenizedText | None = msgspec.field(default=None, name="probe_cut")
    format: int = FORMAT

    @property
    def steps(self) -> int:
        return self.steps_per_epoch * self.epochs


Place = Annotated[int, Meta(ge=-1, le=2**31)]


class Divergence(msgspec.Struct, frozen=True):
    """The first non-finite number: its quantity and location; -1 where an index does not apply.

    ``quantity`` is named as in a trace (``x i f g o c h …``), or "scores", "loss", "gradient", "weight";
    ``module`` is the path of the module or parameter. ``words`` is the sentence, ``word`` the index in it.
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
    """``status.json``: the status of the trainer, written at least once a second while it runs.

    ``step`` and ``epoch`` are the last finished ones, ``best_accuracy`` is the highest on the dev part.
    ``message`` tells the user why it stopped. ``obeyed`` is the SHA-256 of the ``control.json`` that was
    applied last, "" if there was none; None is written by a version without this field.
    """

    phase: Literal["starting", "training", "paused", "stopped", "finished", "failed"]
    step: Count = 0
    epoch: Count = 0
    tokens_per_second: float | None = None
    best_accuracy: float | None = None
    message: str = msgspec.field(default="", name="sentence")
    divergence: Divergence | None = msgspec.field(default=None, name="wrong")
    pid: Count = 0
    host: str = ""
    time: Seconds = 0.0
    obeyed: str | None = None


class Control(msgspec.Struct, frozen=True):
    """``control.json``: requests to the trainer, which reads them before every step.

    It pauses after ``until_step`` steps or ``until_epoch`` epochs (None: never), takes at most
    ``steps_per_second``, and stops after the current step if ``stop``.
    """

    until_step: Count | None = None
    until_epoch: Count | None = None
    steps_per_second: Annotated[float, Meta(gt=0)] | None = None
    stop: bool = False


class _Request(Control, frozen=True):
    """A control as it is written: repeating a request gives other bytes, independently of the clock."""

    number: Count = 0


class RunFolder:
    """A run folder, by its path; nothing is read or created before a method is called.

    Its files are opened through ``files`` alone, those of its subfolders through ``checkpoints`` and
    ``states``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files = Folder(path)
        self.checkpoints = self.files.folder("checkpoints")
        self.states = self.files.folder("state")
        self.history = path / "history.jsonl"
        self.gates = path / "gates.jsonl"

    def exists(self) -> bool:
        """Return whether this is a run folder; False also if it cannot be read."""
        return self.files.has("run.json")

    def run(self) -> Run:
        """Return ``run.json``; raises `RunError` if it is missing, damaged or of a newer version."""
        try:
            data = self.files.read("run.json", MAX_RUN_BYTES)
        except UnsafeFileError as error:
            raise self._damaged("run.json", reason_of(error)) from error
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RunError("run_missing", path=str(self.path)) from error
        except OSError as error:
            raise RunError("folder_unreadable", path=str(self.path), reason=reason_of(error)) from error
        with contextlib.suppress(DecodingError):
            version = decode_json(data, _Version).format
            if version > FORMAT:
                raise RunError("run_newer", name=self.path.name, format=version, newest=FORMAT)
        try:
            return _unsealed(data, Run)
        except DecodingError as error:
            raise self._damaged("run.json", reason_of(error)) from error

    def write_run(self, run: Run) -> None:
        self.files.replace("run.json", sealed(msgspec.json.format(msgspec.json.encode(run), indent=2)))

    def status(self) -> Status | None:
        """Return the last status of the trainer; None if there is none, or it cannot be read."""
        with contextlib.suppress(RunError):
            return self.read_status()
        return None

    def read_status(self) -> Status | None:
        """Return the last status of the trainer; raises `RunError` if it cannot be read."""
        return self._small("status.json", Status)

    def write_status(self, status: Status) -> None:
        self.files.replace("status.json", sealed(msgspec.json.encode(status)), lasting=False)

    def control(self) -> Control:
        """Return the control; the default if there is none, or it cannot be read."""
        with contextlib.suppress(RunError):
            return self.read_control()
        return Control()

    def read_control(self) -> Control:
        """Return the control; raises `RunError` if it cannot be read."""
        return self._small("control.json", Control) or Control()

    def request(self) -> bytes:
        """Return the bytes of ``control.json``; empty if it cannot be read."""
        try:
            return self.files.read("control.json", _MAX_SMALL_BYTES)
        except OSError:
            return b""

    def write_control(self, control: Control) -> None:
        previous = None
        with contextlib.suppress(RunError):
            previous = self._small("control.json", _Request)
        number = 1 if previous is None else previous.number + 1
        request = _Request(**msgspec.structs.asdict(control), number=number)
        self.files.replace("control.json", sealed(msgspec.json.encode(request)), lasting=False)

    @property
    def name(self) -> str:
        """The name of the run, in one line: that of the folder until it is renamed."""
        try:
            named = self.files.read("name.txt", _MAX_NAME_BYTES).decode("utf-8", "replace")
        except OSError:
            named = ""
        return " ".join(named.split()) or self.path.name

    def rename(self, name: str) -> None:
        """Set the name of the run; the folder is not moved, as a trainer may be writing it."""
        self.files.replace("name.txt", name.encode("utf-8", "replace"))

    def lock(self) -> "FileLock":
        """Return the lock of the one trainer; the system releases it when the process dies.

        Raises
        ------
        OSError
            If the lock is anything but an empty regular file without further hard links.
        """
        from filelock import FileLock  # late: importing it takes as long as all messages

        status = self.files.status("lock")
        if status is not None and (status.st_size or status.st_nlink > 1):
            raise UnsafeFileError(errno.EINVAL, self.path / "lock")
        # another thread than the one that acquired it may release it
        return FileLock(self.path / "lock", is_singleton=False, thread_local=False)

    def is_written(self, patience: float = 0.0) -> bool:
        """Return whether a trainer has locked the folder; False also if the lock cannot be tried.

        Trying it holds it for a moment. With a ``patience`` in seconds, others that try it are waited for.
        """
        if not self.files.has("lock"):
            return False
        from filelock import Timeout

        try:
            with self.lock().acquire(timeout=patience):
                return False
        except Timeout:
            return True
        except (OSError, NotImplementedError):
            return False

    def _small(self, name: str, kind: type[T]) -> T | None:
        """Return a decoded small file; None if there is none."""
        try:
            return _unsealed(self.files.read(name, _MAX_SMALL_BYTES), kind)
        except FileNotFoundError:
            return None
        except (OSError, DecodingError) as error:
            raise self._damaged(name, reason_of(error)) from error

    def _damaged(self, name: str, reason: Parameter) -> RunError:
        return RunError("run_damaged", name=self.path.name, file=name, reason=reason)


def decode_control(request: bytes) -> Control | None:
    """Return the control in the bytes of ``control.json``; None if it is damaged."""
    try:
        return _unsealed(request, Control)
    except DecodingError:
        return None


class _Version(msgspec.Struct):
    format: Count = FORMAT


def _unsealed(data: bytes, kind: type[T]) -> T:
    """Return ``data`` decoded as a ``kind``; raises `DecodingError`, also if its checksum differs."""
    if seal_of(data) == "damaged":
        raise DecodingError(coded("file_checksum_differs"))
    return decode_json(data, kind)
