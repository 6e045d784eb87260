"""Reads folders in a thread each: a disk that hangs blocks neither the window nor other folders."""

import contextlib
import errno
import queue
import threading
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar, cast

from PySide6.QtCore import QObject, Signal

T = TypeVar("T")
U = TypeVar("U")

#: The window waits so long for a read, a third of a frame, so that a local disk's result is shown at once.
PATIENCE_SECONDS = 0.005
#: After this time a folder counts as not responding.
LIMIT_SECONDS = 2.0
_IDLE_SECONDS = 1.0  # an idle thread ends after this
_PARTING_SECONDS = 0.05  # threads that hang are not waited for


@dataclass(eq=False)
class _Job:
    """A read: ``work`` is called in the folder's thread, ``then`` with its result in the GUI thread."""

    key: Hashable
    work: Callable[[], Any]
    then: Callable[[Any], None]
    requested: float = field(default_factory=monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None


class FolderReads(QObject):
    """Runs functions that read a folder; those of one folder run in order, one after the other.

    A result that arrives within `PATIENCE_SECONDS` is delivered before `run` returns, any other when it
    arrives. After a late read of a folder nothing is waited for until one of its reads is fast again.
    """

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queues: dict[Hashable, queue.SimpleQueue[_Job | None]] = {}
        self._threads: dict[Hashable, threading.Thread] = {}
        self._lock = threading.Lock()
        self._pending: dict[Hashable, deque[_Job]] = {}
        self._late: set[Hashable] = set()
        self._arrived.connect(self._deliver)

    def run(self, key: Hashable, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Call ``work`` in the thread of the folder ``key``, and ``then`` with its result in this thread.

        Raises RuntimeError if no thread can be started.
        """
        job, waiting = _Job(key, work, then), self._pending.setdefault(key, deque())
        first = not waiting
        self._enqueue(job)
        waiting.append(job)
        if first and key not in self._late:
            if job.done.wait(PATIENCE_SECONDS):
                self._deliver(job)
            else:
                self._late.add(key)

    def is_busy(self, key: Hashable) -> bool:
        """Return whether a read of the folder is pending."""
        return bool(self._pending.get(key))

    def seconds_waited(self, key: Hashable) -> float:
        """Return how long the oldest pending read of a folder has taken so far; 0 without one."""
        waiting = self._pending.get(key)
        return monotonic() - waiting[0].requested if waiting else 0.0

    def clear(self) -> None:
        """Drop all pending reads and end the threads; one that hangs ends with the program."""
        with self._lock:
            threads = list(self._threads.values())
            for waiting in self._queues.values():
                waiting.put(None)
            self._threads.clear()
            self._queues.clear()
        self._pending.clear()
        end = monotonic() + _PARTING_SECONDS
        for thread in threads:
            thread.join(max(0.0, end - monotonic()))

    def _enqueue(self, job: _Job) -> None:
        with self._lock:
            if job.key not in self._threads:
                waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
                arguments = job.key, waiting
                thread = threading.Thread(target=self._work, args=arguments, daemon=True, name="folder reads")
                thread.start()  # it accesses the two below only with the lock
                self._threads[job.key], self._queues[job.key] = thread, waiting
            self._queues[job.key].put(job)

    def _work(self, key: Hashable, waiting: "queue.SimpleQueue[_Job | None]") -> None:
        """Run the reads of one folder, until there has been none for `_IDLE_SECONDS`."""
        while True:
            with contextlib.suppress(queue.Empty):
                job = waiting.get(timeout=_IDLE_SECONDS)
                if job is None:
                    return
                self._do(job)
                continue
            with self._lock:
                if not waiting.empty():
                    continue
                if self._queues.get(key) is waiting:
                    del self._threads[key], self._queues[key]
                return

    def _do(self, job: _Job) -> None:
        _do(job)
        with contextlib.suppress(RuntimeError):  # the window was closed
            self._arrived.emit(job)

    def _deliver(self, job: _Job) -> None:
        waiting = self._pending.get(job.key)
        if not waiting or waiting[0] is not job:
            return  # delivered already, or dropped
        waiting.popleft()
        if not waiting:
            del self._pending[job.key]
        if monotonic() - job.requested < PATIENCE_SECONDS:
            self._late.discard(job.key)
        if job.error is not None:
            raise job.error
        job.then(job.result)


def in_time(work: Callable[[], T], seconds: float = LIMIT_SECONDS) -> T:
    """Return the result of ``work``, which accesses a folder and is called in a thread.

    Raises
    ------
    TimeoutError
        If it takes longer. It may still complete later.
    Exception
        What ``work`` raises.
    """
    job = _Job("", work, lambda _: None)
    threading.Thread(target=_do, args=(job,), daemon=True, name="folder read").start()
    if not job.done.wait(seconds):
        raise TimeoutError(errno.ETIMEDOUT, "its disk does not answer")
    if job.error is not None:
        raise job.error
    return cast(T, job.result)


def within(seconds: float, work: Callable[[], T], otherwise: U) -> T | U:
    """Return the result of ``work``, called in a thread, or ``otherwise`` after ``seconds``."""
    try:
        return in_time(work, seconds)
    except TimeoutError:
        return otherwise


def _do(job: _Job) -> None:
    try:
        job.result = job.work()
    except BaseException as error:
        job.error = error
    job.done.set()
