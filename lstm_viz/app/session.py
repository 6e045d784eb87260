"""Everything that lives as long as the window."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from lstm_viz.app.announcer import Announcer
from lstm_viz.app.aside import Aside
from lstm_viz.app.asking import Asking
from lstm_viz.app.content import Content
from lstm_viz.app.engine_process import ENGINE_ASIDE, EngineProcess
from lstm_viz.app.folder_reads import within
from lstm_viz.app.link import EngineLink
from lstm_viz.app.menus import Menus
from lstm_viz.app.rest import trim_at_rest
from lstm_viz.app.runs import Runs, run_path
from lstm_viz.app.state import Look, State, TrainingLook
from lstm_viz.app.stopwatch import Stopwatch
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.app.trainer import Trainer
from lstm_viz.app.window import Window
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.shelf import Shelf, default_folder

_ANSWER_SECONDS = 1.0  # of a disk; the window waits for it before it is filled


@dataclass(frozen=True)
class Session:
    """State, engine, runs and widgets, put together; the only place that knows them all."""

    state: State
    link: EngineLink
    asking: Asking
    aside: Aside
    runs: Runs
    trainer: Trainer
    announcer: Announcer
    stopwatch: Stopwatch
    window: Window
    content: Content
    menus: Menus

    @classmethod
    def of(
        cls,
        window: Window,
        themes: ThemeKeeper,
        look: Look,
        link: EngineLink,
        *,
        training: TrainingLook | None = None,
        shelf: Shelf | None = None,
        second: Callable[[], EngineLink] | None = None,
    ) -> "Session":
        """Fill ``window`` with what an engine that has been started will answer.

        ``shelf`` is where the runs are: a person's own, unless it is said otherwise. ``second`` makes the
        link to a second engine, for what takes longer.
        """
        gone = _gone(look)
        state = State(look if gone is None else _without_run(look), themes.theme, training)
        themes.changed.connect(state.set_theme)
        runs = Runs(state, shelf or Shelf(default_folder()))
        trainer, stopwatch = Trainer(state, runs), Stopwatch(state)
        aside = Aside(state, runs, second or partial(EngineLink, arguments=ENGINE_ASIDE))
        asking, announcer = Asking(state, link, runs), Announcer(runs, window)
        content = Content(state, link, aside, stopwatch, runs=runs, trainer=trainer)
        menus = Menus(window, state, content, themes)
        window.fill(content)
        page = content.page
        for ends in (page.player.pause, page.editing.cancel, content.close_training, aside.close):
            window.closed.connect(ends)
        window.closed.connect(trainer.close)
        window.closed.connect(runs.stop)
        content.page.editor.setFocus()
        if gone is not None:
            content.notice.say(_why_not_shown(*gone))
        QTimer.singleShot(0, runs, runs.start)
        if state.training.shown:
            QTimer.singleShot(0, content, content.show_page)
            QTimer.singleShot(0, trainer, trainer.keep_warm)
        trim_at_rest(state, window)
        gc.freeze()  # what was built stays: a keystroke need not wait while it is searched for garbage
        return cls(state, link, asking, aside, runs, trainer, announcer, stopwatch, window, content, menus)

    @classmethod
    def open(
        cls,
        window: Window,
        themes: ThemeKeeper,
        look: Look,
        engine: EngineProcess | None = None,
        *,
        training: TrainingLook | None = None,
        shelf: Shelf | None = None,
    ) -> "Session":
        """Do the same with an engine of its own: ``engine``, if one is loading already."""
        link = EngineLink()
        link.start(engine)
        return cls.of(window, themes, look, link, training=training, shelf=shelf)

    def close(self) -> None:
        """End the engine and the window."""
        self.link.close()
        self.window.close()
        self.window.deleteLater()


def _gone(look: Look) -> tuple[Path, bool] | None:
    """Return the selected run if it is not available, and whether its disk responds; None if it is."""
    path = run_path(look.model)
    there = path is None or within(_ANSWER_SECONDS, RunFolder(path).exists, None)
    return None if path is None or there else (path, there is not None)


def _why_not_shown(path: Path, answers: bool) -> str:
    text = QCoreApplication.translate("Session", "The run %1 is not there any more; the tutorial is shown.")
    if not answers:
        text = QCoreApplication.translate("Session", "The run %1 does not answer; the tutorial is shown.")
    return text.replace("%1", str(path))


def _without_run(look: Look) -> Look:
    start = Look()
    return replace(
        look, model=start.model, epoch=None, module="", layer=0, direction=0, character=-1, alone=""
    )
