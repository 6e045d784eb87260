"""The system calls of an operation on a folder: counted, and at one of them it is killed, or the call fails.

All calls on what lies in the folder go through the functions of ``os`` and `fcntl.flock`, which are replaced
here, in a process that ends with the operation. A file is known by its path, or by a descriptor from there.
"""

import errno
import fcntl
import io
import os
import signal
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

#: What changes the folder: only here can a kill leave another state of it.
CHANGES = frozenset(
    {"write", "fsync", "replace", "ftruncate", "unlink", "mkdir", "create", "rmdir", "fchmod"}
)
_NAMES = {"open", "create", "replace", "unlink", "mkdir", "rmdir", "listdir", "scandir", "stat"}
#: What a full disk, a broken disk, too many open files and missing permissions refuse.
REFUSED: dict[int, frozenset[str]] = {
    errno.ENOSPC: frozenset({"write", "fsync", "replace", "mkdir", "create"}),
    errno.EIO: CHANGES | {"open", "read", "stat", "fstat", "listdir", "scandir"},
    errno.EMFILE: frozenset({"open", "create", "scandir"}),
    errno.EACCES: frozenset(_NAMES | {"flock"}),
}
#: What needs memory of Python, for a name, a status or bytes.
ALLOCATES = frozenset(_NAMES | {"fstat", "read", "write"})


class Call(NamedTuple):
    """A call that was made; ``size`` is how many bytes a write was to write."""

    name: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens at call number ``at``, counted from 1.

    ``kill``: the process is killed before it, or, of a write, after the first ``done`` bytes. ``power``: so,
    and what was not synced is lost. ``fail``: it fails with ``error`` (0: MemoryError), a write after the
    first ``done`` bytes; ``lasting``: with all later calls that this error can happen to. ``exhaust``: the
    allocation of this number fails with MemoryError (`tests.crash.allocations`).
    """

    what: Literal["nothing", "kill", "power", "fail", "exhaust"] = "nothing"
    at: int = 0
    done: int = 0
    error: int = 0
    lasting: bool = False

    def __str__(self) -> str:
        error = errno.errorcode.get(self.error, "MemoryError") if self.what == "fail" else ""
        parts = (self.what, f"at {self.at}", f"after {self.done} B" if self.done else "", error)
        return " ".join([part for part in parts if part] + ["and all later"] * self.lasting)


class System:
    """Replaces the system calls for what lies in ``folder``; fsync is counted, and not made."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.calls: list[Call] = []
        self.descriptors: set[int] = set()
        self._folder, self._plan = folder, plan
        self._root = str(folder)
        self._synced: dict[int, int] = {}  # by inode: how many bytes survive a loss of power
        self._write, self._close, self._fstat = os.write, os.close, os.fstat

    def put_in_place(self) -> None:
        """Replace the calls, for the rest of this process."""
        self._replace_open()
        for name in ("stat", "lstat", "unlink", "mkdir", "rmdir", "listdir", "scandir", "fstat", "read"):
            self._replace(os, name, name.replace("lstat", "stat"))
        for name in ("fchmod", "replace"):
            self._replace(os, name, name)
        self._replace_flock()
        os.write, os.close, os.fdopen = self._written, self._closed, self._opened_as_file
        os.fsync, os.ftruncate = self._sync, self._truncated(os.ftruncate)

    def _replace(self, module: Any, name: str, kind: str) -> None:
        real = getattr(module, name)

        def call(*where: Any, **named: Any) -> Any:
            if self._is_inside(where[0] if where else ".", named.get("dir_fd", named.get("src_dir_fd"))):
                self.count(kind)
            return real(*where, **named)

        setattr(module, name, call)

    def _replace_open(self) -> None:
        real = os.open

        def call(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
            if not self._is_inside(path, dir_fd):
                return real(path, flags, mode, dir_fd=dir_fd)
            new = flags & os.O_CREAT
            self.count("create" if new else "open")
            handle = real(path, flags, mode, dir_fd=dir_fd)
            self.descriptors.add(handle)
            if new:
                self._synced.setdefault(self._fstat(handle).st_ino, 0)
            return handle

        os.open = call

    def _replace_flock(self) -> None:
        real = fcntl.flock

        def call(handle: int, operation: int) -> None:
            if handle in self.descriptors:
                self.count("unlock" if operation == fcntl.LOCK_UN else "flock")
            real(handle, operation)

        fcntl.flock = call

    def count(self, name: str, size: int = 0) -> None:
        """Count a call, and let happen to it what is planned."""
        self.calls.append(Call(name, size))
        plan, number = self._plan, len(self.calls)
        if number < plan.at or (number > plan.at and not plan.lasting):
            return
        if plan.what in ("kill", "power"):
            self._die()
        if plan.what == "fail" and (number == plan.at or name in REFUSED.get(plan.error, {name})):
            raise OSError(plan.error, os.strerror(plan.error)) if plan.error else MemoryError

    def _written(self, handle: int, data: Any) -> int:
        if handle not in self.descriptors:
            return self._write(handle, data)
        plan = self._plan
        if plan.done and plan.at == len(self.calls) + 1:
            data = memoryview(data)[: plan.done]
            self.calls.append(Call("write", len(data)))
            written = self._write(handle, data)
            if plan.what != "fail":
                self._die()
            self._plan = replace(plan, at=plan.at + 1, done=0)
            return written
        self.count("write", len(data))
        return self._write(handle, data)

    def _sync(self, handle: int) -> None:
        if handle in self.descriptors:
            self.count("fsync")
            status = self._fstat(handle)
            self._synced[status.st_ino] = status.st_size

    def _truncated(self, real: Callable[[int, int], None]) -> Callable[[int, int], None]:
        def call(handle: int, size: int) -> None:
            if handle in self.descriptors:
                self.count("ftruncate")
                inode = self._fstat(handle).st_ino
                self._synced[inode] = min(size, self._synced.get(inode, size))
            real(handle, size)

        return call

    def _closed(self, handle: int) -> None:
        self.descriptors.discard(handle)
        self._close(handle)

    def _opened_as_file(self, handle: int, *how: Any, **named: Any) -> Any:
        if handle in self.descriptors:
            return _File(handle, self)
        return open(handle, *how, **named)

    def _is_inside(self, where: Any, folder: int | None) -> bool:
        if folder is not None or isinstance(where, int):
            return (folder if folder is not None else where) in self.descriptors
        path = os.fspath(where)
        return path == self._root or path.startswith(self._root + os.sep)

    def _die(self) -> None:
        if self._plan.what == "power":
            self._lose_power()
        os.kill(os.getpid(), signal.SIGKILL)

    def _lose_power(self) -> None:
        """Cut off what was not synced; a file that was there before the operation is on the disk."""
        self.descriptors.clear()
        self._root = "\0"  # no path begins so: what follows is not counted
        for path in list(self._files()):
            status = path.stat()
            if status.st_ino in self._synced and status.st_size > self._synced[status.st_ino]:
                os.truncate(path, self._synced[status.st_ino])

    def _files(self) -> list[Path]:
        return [path for path in self._folder.rglob("*") if stat.S_ISREG(path.lstat().st_mode)]


class _File(io.FileIO):
    """A file that is read unbuffered."""

    def __init__(self, handle: int, system: System) -> None:
        super().__init__(handle, "rb")
        self._system = system

    def read(self, size: int | None = -1, /) -> bytes:
        self._system.count("read")
        return super().read(-1 if size is None else size)

    def close(self) -> None:
        if not self.closed:
            self._system.descriptors.discard(self.fileno())
        super().close()
