"""The program, printing the times of its startup; run as a process by `lstm_viz.bench.startup`."""

from time import perf_counter
from typing import Any

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication

from lstm_viz import cli
from lstm_viz.app.shell import main

_SOON = QEvent.Type(QEvent.registerEventType())


class Watch(QObject):
    """Observes the first paint of the window and of its content, the engine's hello and the first reading."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[str] = []
        self._seen: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and type(watched).__name__ in ("Window", "Content"):
            self.soon(type(watched).__name__)
        return False

    def soon(self, name: str) -> None:
        """Print the name of an event once pending paint events have been processed."""
        if name not in self._seen:
            self._seen.add(name)
            self._waiting.append(name)
            QCoreApplication.postEvent(self, QEvent(_SOON), Qt.EventPriority.LowEventPriority.value - 1)

    def event(self, event: QEvent) -> bool:
        if event.type() != _SOON:
            return super().event(event)
        name = self._waiting.pop(0)
        print(name, perf_counter(), flush=True)
        if name == "reading":
            print("memory", _allocated() / 2**20)
            print("closing", perf_counter(), flush=True)
            QApplication.closeAllWindows()
        return True


def _allocated() -> int:
    """Return the memory of this process and its children in bytes, without what they share with others."""
    me = psutil.Process()
    infos = [process.memory_info() for process in (me, *me.children(recursive=True))]
    return sum(info.rss - getattr(info, "shared", 0) for info in infos)


def run() -> None:
    """Run the program until its first reading has been painted."""
    watch, make = Watch(), main.make_application

    def watched_application(arguments: list[str]) -> Any:
        application = make(arguments)
        application.installEventFilter(watch)
        return application

    def watched_restore(session: Any, store: Any) -> None:
        session.state.models_changed.connect(lambda _: watch.soon("engine"))
        session.state.reading_changed.connect(lambda _: watch.soon("reading"))

    main.make_application = watched_application
    main._restore = watched_restore
    cli.main([])


if __name__ == "__main__":
    run()
