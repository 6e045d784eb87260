"""What no input may do: take long, take memory, run anything, or write elsewhere."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

SECONDS = 5.0
#: What an input may take beside twice its own size, and how much more a process may take in all.
BYTES, _PROCESS_BYTES = 64 << 20, 3 << 30

_RUNS = frozenset(
    (
        "exec",
        "compile",
        "import",
        "os.system",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "subprocess.Popen",
        "pty.spawn",
        "ctypes.dlopen",
        "pickle.find_class",
        "marshal.loads",
        "code.__new__",
        "function.__new__",
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "urllib.Request",
        "webbrowser.open",
        "os.kill",
        "os.putenv",
        "os.chdir",
        "sys.addaudithook",
    )
)
_CHANGES = frozenset(
    (
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "os.chmod",
        "os.chown",
        "os.utime",
        "shutil.rmtree",
        "shutil.move",
        "shutil.copyfile",
    )
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class TooLong(BaseException):
    """An input takes longer than any may."""


class Audit:
    """Notes what a program is not to do; once installed it stays, and watches while it is entered.

    Relative names are below the folder of the input: that is the working directory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder.resolve())
        self._armed = False
        self.seen: list[str] = []
        sys.addaudithook(self._take)

    def __enter__(self) -> None:
        self._armed = True

    def __exit__(self, *error: object) -> None:
        self._armed = False

    def _take(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._armed:
            return
        if event == "compile" and arguments[1] == "<unknown>":
            return  # `ast.parse`, which makes no code: `traceback` looks for the place in a line by it
        if (
            event in _RUNS
            or (event == "open" and self._writes_elsewhere(arguments))
            or (event in _CHANGES and not all(map(self._is_inside, arguments[:1])))
        ):
            self.seen.append(f"{event} {arguments!r:.300}")

    def _writes_elsewhere(self, arguments: tuple[Any, ...]) -> bool:
        path, mode, flags = arguments
        writes = bool(flags & _WRITES) if isinstance(flags, int) else set(mode or "") & set("wax+")
        return bool(writes) and not self._is_inside(path)

    def _is_inside(self, path: object) -> bool:
        if isinstance(path, int):
            return True  # a descriptor: it was looked at when it was opened
        name = os.path.normpath(os.fsdecode(os.fspath(path)))  # type: ignore[call-overload]
        if Path(name).is_absolute():
            return name.startswith(self._folder)
        return name != ".." and not name.startswith("../")


@contextlib.contextmanager
def alarm() -> Iterator[None]:
    """Raise `TooLong` in whatever takes longer than `SECONDS`, of the processor: others may be busy too."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def bound_memory() -> None:
    """Let this process take no more than some gigabytes more than it has: asking for them is an error."""
    import resource  # here alone: Windows has none, and skips these tests

    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + _PROCESS_BYTES,) * 2)


class Resident:
    """How much memory a process has at most, from one call to the next; 0 where the system does not tell."""

    def __init__(self) -> None:
        self._can = os.access("/proc/self/clear_refs", os.W_OK)
        self._before = 0
        self.restart()

    def restart(self) -> None:
        """Begin anew."""
        if self._can:
            with open("/proc/self/clear_refs", "w") as file:  # noqa: PTH123 - once a batch, and it shall be quick
                file.write("5")
            self._before = self._of("VmRSS")

    def grown(self) -> int:
        """Return by how many bytes it grew at most since then."""
        return max(0, self._of("VmHWM") - self._before) if self._can else 0

    def _of(self, name: str) -> int:
        with open("/proc/self/status") as file:  # noqa: PTH123
            return next(1024 * int(line.split()[1]) for line in file if line.startswith(f"{name}:"))
