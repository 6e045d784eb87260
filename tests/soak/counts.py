"""What a window holds: memory, threads, descriptors, timers, widgets and Qt objects, its engines included."""

import gc
import os
from dataclasses import asdict, dataclass

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import getAllValidWrappers, isValid

MIB = 1 << 20


@dataclass(frozen=True)
class Counts:
    """Memory is in MiB, the sum of what each process has allocated; the others are numbers of things."""

    memory: float
    engines_memory: float
    processes: int
    threads: int
    descriptors: int
    engines_threads: int
    engines_descriptors: int
    timers: int
    running_timers: int
    widgets: int
    objects: int

    @classmethod
    def now(cls) -> "Counts":
        """Count, after all that is due to be deleted has been."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        me, engines = psutil.Process(), _engines()
        wrappers = [thing for thing in getAllValidWrappers() if isinstance(thing, QObject) and isValid(thing)]
        timers = [thing for thing in wrappers if isinstance(thing, QTimer)]
        return cls(
            memory=allocated(me) / MIB,
            engines_memory=sum(map(allocated, engines)) / MIB,
            processes=len(me.children(recursive=True)),
            threads=me.num_threads(),
            descriptors=_descriptors(me),
            engines_threads=sum(engine.num_threads() for engine in engines),
            engines_descriptors=sum(map(_descriptors, engines)),
            timers=len(timers),
            running_timers=sum(timer.isActive() for timer in timers),
            widgets=len(QApplication.allWidgets()),
            objects=len(wrappers),
        )

    @property
    def total(self) -> float:
        """The memory of the window and its engines."""
        return self.memory + self.engines_memory

    @property
    def things(self) -> dict[str, int]:
        """All that must be the same in equal states."""
        return {name: n for name, n in asdict(self).items() if not name.endswith("memory")}


def table(first: Counts, last: Counts, times: tuple[str, str]) -> str:
    """Return a line for each number: at first, at last, and what it grew by."""
    pairs = asdict(first).items(), asdict(last).values()
    lines = [f"{'':22}{times[0]:>12}{times[1]:>12}{'growth':>12}"]
    for (name, was), now in zip(*pairs, strict=True):
        unit, digits = (" MiB", ",.1f") if name.endswith("memory") else ("", ",")
        shown = [f"{value:{digits}}{unit}" for value in (was, now)] + [f"{now - was:+{digits}}{unit}"]
        lines.append(f"{name.replace('_', ' '):22}" + "".join(f"{value:>12}" for value in shown))
    return "\n".join(lines)


def _engines() -> list[psutil.Process]:
    """Return the engines of this window, those that go first and those that do not."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "lstm_viz.engine" in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found


def allocated(process: psutil.Process) -> int:
    """Return the anonymous memory of a process in bytes.

    The unique set size would include pages of libraries, until another program maps the same library.
    """
    info = process.memory_info()
    return info.rss - info.shared if hasattr(info, "shared") else process.memory_full_info().uss


def _descriptors(process: psutil.Process) -> int:
    return process.num_fds() if os.name == "posix" else process.num_handles()
