"""Reads of folders, in a thread for each: a disk that hangs holds neither the window nor other folders."""

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

#: So long the window waits for a read, so that what a local disk has is shown at once: a third of a frame.
PATIENCE_SECONDS = 0.005
#: After this time a folder counts as one that does not answer.
LIMIT_SECONDS = 2.0
_IDLE_SECONDS = 1.0  # a thread without work ends
_PARTING_SECONDS = 0.05  # those that hang are not waited for


@dataclass(eq=False)
class _Job:
    """A read: ``work`` is called in the folder's thread, ``then`` with its result in the window's."""

    key: Hashable
    work: Callable[[], Any]
    then: Callable[[Any], None]
    asked: float = field(default_factory=monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None


class FolderReads(QObject):
    """Runs functions that read a folder; those of one folder one after the other, in order.

    A result is handed over at once where it is there within `PATIENCE_SECONDS`, else when it arrives. Of a
    folder that was late once, nothing is waited for until it is quick again.
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

        Raises RuntimeError where the system has no more threads.
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
        """Tell whether something that was asked of a folder has not arrived yet."""
        return bool(self._pending.get(key))

    def seconds_waited(self, key: Hashable) -> float:
        """Return how long the oldest unanswered read of a folder has taken so far; 0 where there is none."""
        waiting = self._pending.get(key)
        return monotonic() - waiting[0].asked if waiting else 0.0

    def clear(self) -> None:
        """Let go of all that was asked, and of the threads; one that hangs ends with the program."""
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
                thread.start()  # it looks at the two below with the lock alone
                self._threads[job.key], self._queues[job.key] = thread, waiting
            self._queues[job.key].put(job)

    def _work(self, key: Hashable, waiting: "queue.SimpleQueue[_Job | None]") -> None:
        """Do what is asked of one folder, until nothing is for a while."""
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
        with contextlib.suppress(RuntimeError):  # the window is gone
            self._arrived.emit(job)

    def _deliver(self, job: _Job) -> None:
        waiting = self._pending.get(job.key)
        if not waiting or waiting[0] is not job:
            return  # it was delivered, or let go of
        waiting.popleft()
        if not waiting:
            del self._pending[job.key]
        if monotonic() - job.asked < PATIENCE_SECONDS:
            self._late.discard(job.key)
        if job.error is not None:
            raise job.error
        job.then(job.result)


def in_time(work: Callable[[], T], seconds: float = LIMIT_SECONDS) -> T:
    """Return what ``work`` does with a folder, called in a thread.

    Raises
    ------
    TimeoutError
        If it takes longer. It may still be done later.
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
    """Return what ``work`` does, called in a thread; ``otherwise`` where it takes longer than that."""
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
