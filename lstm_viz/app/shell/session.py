"""The objects that live as long as the window."""

import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from lstm_viz import heap
from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.engine_process import EngineProcess
from lstm_viz.app.client.request import Priority
from lstm_viz.app.pages.sentence.stopwatch import Stopwatch
from lstm_viz.app.queries.details import DetailQueries
from lstm_viz.app.queries.readings import ReadingQueries
from lstm_viz.app.runs.folder_reads import within
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.announcer import Announcer
from lstm_viz.app.shell.background_runs import BackgroundRuns
from lstm_viz.app.shell.content import Content
from lstm_viz.app.shell.files.model_notices import ModelNotices
from lstm_viz.app.shell.files.opener import FileOpener
from lstm_viz.app.shell.files.recent import RecentFiles
from lstm_viz.app.shell.menus import Menus
from lstm_viz.app.shell.quitting import Quitting
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.app.shell.window_title import WindowTitle
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.library import RunLibrary, default_folder
from lstm_viz.uris import file_path, run_path

_REST_MS = 1000


def tidy_at_rest(state: State, parent: QObject) -> None:
    """Tidy the heap a second after the last reading or selection; the timer belongs to ``parent``.

    A heap that was used at its full size keeps some 20 MiB of free pages between what is in use, and cycles
    of objects that nothing refers to wait long for a full collection.
    """
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(_REST_MS)
    timer.timeout.connect(heap.tidy)
    for changed in (state.selection_changed, state.training_changed, state.reading_changed):
        changed.connect(lambda *_: timer.start())


_RESPONSE_SECONDS = 1.0  # how long the window waits for a disk before it is filled


@dataclass(frozen=True)
class Session:
    """State, engine, runs and widgets, connected to each other."""

    state: State
    client: EngineClient
    readings: ReadingQueries
    details: DetailQueries
    runs: Runs
    trainer: Trainer
    announcer: Announcer
    stopwatch: Stopwatch
    window: Window
    content: Content
    menus: Menus
    opener: FileOpener

    @classmethod
    def of(
        cls,
        window: Window,
        themes: ThemeKeeper,
        selection: Selection,
        client: EngineClient,
        *,
        training: TrainingView | None = None,
        library: RunLibrary | None = None,
        recent: Sequence[str] = (),
    ) -> "Session":
        """Return the session of ``window``.

        ``library`` is the run library, by default the user's own, ``recent`` are the files opened before.
        """
        missing = _missing_model(selection)
        state = State(selection if missing is None else _without_model(selection), themes.theme, training)
        if missing is None and (file := file_path(selection.model)) is not None:
            state.list_file(file)
        themes.changed.connect(state.set_theme)
        runs = Runs(state, library or RunLibrary(default_folder()))
        trainer, stopwatch = Trainer(state, runs), Stopwatch(state)
        readings = ReadingQueries(state, client, runs)  # first: details wait for the reading that it requests
        details, announcer = DetailQueries(state, runs, client), Announcer(runs, window)
        content = Content(state, client, details, stopwatch, runs=runs, trainer=trainer, parent=window)
        opener = FileOpener(state, runs, content, RecentFiles(recent))
        menus = Menus(window, state, content, themes, opener)
        window.fill(content)
        window.may_close = Quitting(window, trainer).may_close
        WindowTitle(window, state, runs)
        ModelNotices(state, content.notice)
        for ends in (opener.close, content.shutdown, client.close, trainer.close, runs.stop):
            window.closed.connect(ends)
        content.page.editor.setFocus()
        if missing is not None:
            content.notice.show_text(missing)
        BackgroundRuns(state, runs, content.notice)
        QTimer.singleShot(0, runs, runs.start)
        if state.training.shown:
            QTimer.singleShot(0, content, content.show_page)
            QTimer.singleShot(0, trainer, trainer.start_spare)
        tidy_at_rest(state, window)
        gc.freeze()  # long-lived objects need not be searched for garbage during a keystroke
        return cls(
            state,
            client,
            readings,
            details,
            runs,
            trainer,
            announcer,
            stopwatch,
            window,
            content,
            menus,
            opener,
        )

    @classmethod
    def open(
        cls,
        window: Window,
        themes: ThemeKeeper,
        selection: Selection,
        engine: EngineProcess | None = None,
        *,
        training: TrainingView | None = None,
        library: RunLibrary | None = None,
        recent: Sequence[str] = (),
    ) -> "Session":
        """Return the session of ``window`` with an engine of its own: ``engine``, or a new one."""
        client = EngineClient()
        client.link(Priority.TYPING).start(engine)
        return cls.of(window, themes, selection, client, training=training, library=library, recent=recent)

    def close(self) -> None:
        """End the engine and the window; trainings are stopped without a question."""
        self.window.stop_asking()
        self.client.close()
        self.window.close()
        self.window.deleteLater()


def _missing_model(selection: Selection) -> str | None:
    """Return the message where the selected run or file is not available; None if it is."""
    run, file = run_path(selection.model), file_path(selection.model)
    if run is not None:
        return _missing_text(
            run,
            RunFolder(run).exists,
            QCoreApplication.translate("Session", "The run %1 no longer exists; the tutorial is shown."),
            QCoreApplication.translate("Session", "The run %1 does not answer; the tutorial is shown."),
        )
    if file is not None:
        return _missing_text(
            file,
            lambda: os.path.isfile(file),  # noqa: PTH113  # it never raises
            QCoreApplication.translate("Session", "The file %1 no longer exists; the tutorial is shown."),
            QCoreApplication.translate("Session", "The file %1 does not answer; the tutorial is shown."),
        )
    return None


def _missing_text(path: Path, exists: Callable[[], bool], gone: str, silent: str) -> str | None:
    there = within(_RESPONSE_SECONDS, exists, None)
    text = silent if there is None else gone
    return None if there else put(text, shown_text(str(path)))


def _without_model(selection: Selection) -> Selection:
    start = Selection()
    return replace(
        selection,
        model=start.model,
        epoch=None,
        module="",
        layer=0,
        direction=0,
        first=0,
        character=-1,
        alone="",
    )
