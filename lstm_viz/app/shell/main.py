"""Sets up the program, runs it, and shuts it down.

The order matters: the engine is started first, then the empty window is shown, and only then are the modules
loaded that fill it.
"""

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from lstm_viz.app.client.engine_process import EngineProcess
    from lstm_viz.app.pages.page import Page
    from lstm_viz.app.shell.session import Session
    from lstm_viz.app.shell.settings import SettingsStore
    from lstm_viz.app.shell.termination import Termination
    from lstm_viz.app.shell.themes import ThemeKeeper
    from lstm_viz.app.shell.window import Window

_PAINT_MS = 200
_KEEP_MS = 1000


def run(
    arguments: list[str],
    engine: "EngineProcess | None",
    termination: "Termination",
    files: "Sequence[Path]" = (),
) -> int:
    """Open the window and files, with an engine that is already loading, and return when it is closed."""
    from lstm_viz.app.shell.old_settings import load_old_settings
    from lstm_viz.app.shell.settings import SettingsStore, settings_path
    from lstm_viz.app.shell.themes import ThemeKeeper
    from lstm_viz.app.shell.window import Window

    application = make_application(arguments)
    store = SettingsStore(settings_path(), load_old_settings)
    themes, window = ThemeKeeper(application, store.values.theme), Window()
    window.restoreGeometry(store.values.geometry)
    window.show()
    _wait_until_painted(window)

    from lstm_viz.app.shell.error_panel import ErrorReporter
    from lstm_viz.app.shell.session import Session
    from lstm_viz.app.shell.stored_selection import load_selection, load_training_view

    reporter = ErrorReporter()
    reporter.install()
    selection, training = load_selection(store.values.selection), load_training_view(store.values.training)
    session = Session.open(window, themes, selection, engine, training=training, recent=store.values.files)
    reporter.reported.connect(session.content.error.report)
    _restore(session, store)
    if store.is_damaged:
        _rename_damaged(session, store)
    keep_settings(session, themes, store)
    application.commitDataRequest.connect(lambda _: window.stop_asking())  # the desktop session ends
    session.opener.open(files)
    termination.close_with(partial(close_soon, application, window))
    code = application.exec() if window.isVisible() else 0
    session.close()
    reporter.remove()
    return code


def _wait_until_painted(window: "Window") -> None:
    """Wait until the window was painted, or `_PAINT_MS` have passed."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    window.painted.connect(loop.quit)
    QTimer.singleShot(_PAINT_MS, loop.quit)
    loop.exec()


def make_application(arguments: list[str]) -> "QApplication":
    """Return the application, with its name and translations."""
    from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
    from PySide6.QtWidgets import QApplication

    from lstm_viz import heap
    from lstm_viz.resources import resource

    heap.use_one_arena()
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


def _restore(session: "Session", store: "SettingsStore") -> None:
    def restore(page: "Page") -> None:
        for name, splitter in page.splitters.items():
            splitter.restoreState(store.values.splitters.get(f"{page.prefix}{name}", b""))

    session.content.page_built.connect(restore)
    for page in session.content.built.values():
        restore(page)


def _rename_damaged(session: "Session", store: "SettingsStore") -> None:
    try:
        session.content.report_damaged_settings(store.rename_damaged())
    except OSError:  # it stays where it is, and is not overwritten
        session.content.report_unreadable_settings(store.path)


def keep_settings(session: "Session", themes: "ThemeKeeper", store: "SettingsStore") -> None:
    """Save the settings soon after the start, after each change of the selection, and on closing the window.

    They are thus restored even after the window was killed. A failure to save them is reported once.
    """
    from PySide6.QtCore import QTimer

    state, pause, reported = session.state, QTimer(session.window), list[OSError]()
    pause.setSingleShot(True)
    pause.setInterval(_KEEP_MS)

    def keep(*, lasting: bool) -> None:
        _take(session, themes, store)
        try:
            store.save(lasting=lasting)
        except OSError as error:
            if not reported:
                reported.append(error)
                session.content.report_unsaved_settings(store.path, error)

    def closed() -> None:
        pause.stop()
        keep(lasting=True)

    pause.timeout.connect(lambda: keep(lasting=False))  # a sync would delay the next keystroke
    for changed in (state.selection_changed, state.training_changed):
        changed.connect(lambda _new, _old: pause.start())
    session.opener.recent.changed.connect(pause.start)
    session.window.closed.connect(closed)
    pause.start()


def _take(session: "Session", themes: "ThemeKeeper", store: "SettingsStore") -> None:
    """Copy the window's state into the store."""
    from lstm_viz.app.shell.stored_selection import stored_selection

    before = store.values
    layouts = {
        f"{page.prefix}{name}": splitter.saveState().data()
        for page in session.content.built.values()
        for name, splitter in page.splitters.items()
    }
    store.change(
        theme=themes.choice,
        geometry=session.window.saveGeometry().data(),
        splitters={**before.splitters, **layouts},
        selection=stored_selection(session.state.selection, before.selection),
        training=stored_selection(session.state.training, before.training),
        files=tuple(map(str, session.opener.recent.paths)),
    )


def close_soon(application: "QApplication", window: "Window") -> None:
    """Close the window as its own button does, but without a question; may be called from any thread."""
    from PySide6.QtCore import QMetaObject, Qt

    window.stop_asking()
    QMetaObject.invokeMethod(application, "closeAllWindows", Qt.ConnectionType.QueuedConnection)
