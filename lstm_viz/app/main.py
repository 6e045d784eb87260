"""Puts the program together, runs it, and takes it apart.

The order is the point: the engine was started first, the empty window is on the screen next, and only then is
loaded what fills it.
"""

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from lstm_viz.app.engine_process import EngineProcess
    from lstm_viz.app.session import Session
    from lstm_viz.app.themes import ThemeKeeper
    from lstm_viz.app.training.page import TrainingPage
    from lstm_viz.app.window import Window

_PAINT_MS = 200
_KEEP_MS = 1000


def run(arguments: list[str], engine: "EngineProcess | None") -> int:
    """Open the window, with the engine that is loading already, if any, and return when it is closed."""
    from lstm_viz.app import settings as kept
    from lstm_viz.app.themes import ThemeKeeper
    from lstm_viz.app.window import Window

    application = make_application(arguments)
    settings = kept.open_settings()
    themes, window = ThemeKeeper(application, kept.load_theme(settings)), Window()
    window.restoreGeometry(kept.load_bytes(settings, "geometry"))
    window.show()
    _wait_until_painted(window)

    from lstm_viz.app.looks import keep_damaged_aside, load_look, load_training
    from lstm_viz.app.session import Session
    from lstm_viz.app.trouble import Reporter

    reporter = Reporter()
    reporter.install()
    aside = None
    with contextlib.suppress(OSError):
        aside = keep_damaged_aside(settings)
    session = Session.open(window, themes, load_look(settings), engine, training=load_training(settings))
    reporter.reported.connect(session.content.trouble.report)
    _restore(session, settings)
    if aside is not None:
        session.content.tell_of_damaged_settings(aside)
    window.closed.connect(lambda: _save(session, themes, settings))
    keep_looks(session, settings)
    _quit_on_interrupt(application)
    code = application.exec() if window.isVisible() else 0
    session.close()
    reporter.remove()
    return code


def _wait_until_painted(window: "Window") -> None:
    """Return when the window is on the screen, or will not be for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    window.painted.connect(loop.quit)
    QTimer.singleShot(_PAINT_MS, loop.quit)
    loop.exec()


def make_application(arguments: list[str]) -> "QApplication":
    """Return the application, named and translated."""
    from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
    from PySide6.QtWidgets import QApplication

    from lstm_viz.resources import resource

    application = QApplication(arguments)
    application.setApplicationName("LSTM Viz")
    application.setDesktopFileName("lstm-viz")
    application.setStyle("Fusion")
    for name, folder in (
        ("lstm_viz", str(resource("translations"))),
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
    ):
        translator = QTranslator(application)
        if translator.load(QLocale(), name, "_", folder):
            application.installTranslator(translator)
    # Qt's own texts of a right-to-left locale would mirror the window, but what is drawn in it runs from left
    # to right: numbers, formulas, steps in time. A text keeps its own direction.
    application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    return application


def _restore(session: "Session", settings: "QSettings") -> None:
    from lstm_viz.app.settings import load_bytes

    page = session.content.page
    page.splitter.restoreState(load_bytes(settings, "columns"))
    page.right.restoreState(load_bytes(settings, "rows"))

    def restore(training: "TrainingPage") -> None:
        for name, splitter in training.splitters.items():
            splitter.restoreState(load_bytes(settings, f"training-{name}"))

    session.content.training_built.connect(restore)
    if session.content.training is not None:
        restore(session.content.training)


def _save(session: "Session", themes: "ThemeKeeper", settings: "QSettings") -> None:
    from lstm_viz.app.looks import save_look, save_training
    from lstm_viz.app.settings import save_theme

    page = session.content.page
    save_look(settings, session.state.look)
    save_training(settings, session.state.training)
    save_theme(settings, themes.choice)
    settings.setValue("geometry", session.window.saveGeometry())
    settings.setValue("columns", page.splitter.saveState())
    settings.setValue("rows", page.right.saveState())
    training = session.content.training
    for name, splitter in training.splitters.items() if training else ():
        settings.setValue(f"training-{name}", splitter.saveState())
    settings.sync()


def keep_looks(session: "Session", settings: "QSettings") -> None:
    """Keep what is looked at soon after each change too: a window that is killed comes back to its run."""
    from PySide6.QtCore import QTimer

    from lstm_viz.app.looks import save_look, save_training

    state, pause = session.state, QTimer(session.window)
    pause.setSingleShot(True)
    pause.setInterval(_KEEP_MS)

    def keep() -> None:
        save_look(settings, state.look)
        save_training(settings, state.training)

    pause.timeout.connect(keep)
    for changed in (state.look_changed, state.training_changed):
        changed.connect(lambda _new, _old: pause.start())
    session.window.closed.connect(pause.stop)


def _quit_on_interrupt(application: "QApplication") -> None:
    """Let Ctrl+C in the terminal close the window as its own button does."""
    from PySide6.QtCore import QTimer

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.closeAllWindows())
    ticking = QTimer(application)  # Python sees a signal only while it runs
    ticking.timeout.connect(lambda: None)
    ticking.start(250)
