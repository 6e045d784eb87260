"""Puts the window together, runs it, and takes it apart."""

import signal
import sys
from dataclasses import dataclass

from PySide6.QtCore import QLibraryInfo, QLocale, QSettings, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from lstm_viz.app import settings as kept
from lstm_viz.app.asking import Asking
from lstm_viz.app.link import EngineLink
from lstm_viz.app.state import Look, State
from lstm_viz.app.stopwatch import Stopwatch
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.app.trouble import Reporter
from lstm_viz.app.window import Window
from lstm_viz.resources import resource


@dataclass(frozen=True)
class Session:
    """Everything that lives as long as the window."""

    state: State
    link: EngineLink
    asking: Asking
    themes: ThemeKeeper
    stopwatch: Stopwatch
    window: Window

    @classmethod
    def open(cls, application: QApplication, look: Look, theme: kept.ThemeChoice) -> "Session":
        """Start an engine, and build the window while it loads torch."""
        link = EngineLink()
        link.start()
        return cls.of(application, look, theme, link)

    @classmethod
    def of(cls, application: QApplication, look: Look, theme: kept.ThemeChoice, link: EngineLink) -> "Session":
        """Build the window around an engine that has been started."""
        state = State(look)
        asking = Asking(state, link)
        themes, stopwatch = ThemeKeeper(application, state, theme), Stopwatch(state)
        return cls(state, link, asking, themes, stopwatch, Window(state, link, themes, stopwatch))

    def close(self) -> None:
        """End the engine and the window."""
        self.link.close()
        self.window.close()
        self.window.deleteLater()


def make_application(arguments: list[str]) -> QApplication:
    """Return the application, named and translated."""
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
    return application


def run(arguments: list[str]) -> int:
    """Open the window and return when it is closed."""
    application = make_application(arguments)
    settings = kept.open_settings()
    reporter = Reporter()
    reporter.install()
    session = Session.open(application, kept.load_look(settings), kept.load_theme(settings))
    reporter.reported.connect(session.window.trouble.report)
    _restore(session.window, settings)
    session.window.closed.connect(lambda: _save(session, settings))
    _quit_on_interrupt(application)
    session.window.show()
    code = application.exec()
    session.close()
    reporter.remove()
    return code


def _restore(window: Window, settings: QSettings) -> None:
    window.restoreGeometry(kept.load_bytes(settings, "geometry"))
    window.page.splitter.restoreState(kept.load_bytes(settings, "columns"))
    window.page.results_splitter.restoreState(kept.load_bytes(settings, "rows"))


def _save(session: Session, settings: QSettings) -> None:
    kept.save_look(settings, session.state.look)
    kept.save_theme(settings, session.themes.choice)
    settings.setValue("geometry", session.window.saveGeometry())
    settings.setValue("columns", session.window.page.splitter.saveState())
    settings.setValue("rows", session.window.page.results_splitter.saveState())
    settings.sync()


def _quit_on_interrupt(application: QApplication) -> None:
    """Let Ctrl+C in the terminal close the window as its own button does."""
    signal.signal(signal.SIGINT, lambda *_: application.closeAllWindows())
    signal.signal(signal.SIGTERM, lambda *_: application.closeAllWindows())
    ticking = QTimer(application)  # Python sees a signal only while it runs
    ticking.timeout.connect(lambda: None)
    ticking.start(250)


if __name__ == "__main__":
    sys.exit(run(sys.argv))
