"""The command ``lstm-viz``: the window without arguments or with files, else a subcommand.

Above `main` only modules are imported that Python itself has loaded at startup: the import path is cleaned
before any other import.
"""

import sys

from lstm_viz import isolated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lstm_viz.app.shell.termination import Termination


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    isolated.drop_current_folder()
    from lstm_viz import startup

    startup.open_missing_streams()
    given = sys.argv[1:] if arguments is None else arguments
    return _run(given) if given else open_window()


def open_window(files: "Sequence[Path]" = ()) -> int:
    """Open the window, and files in it; without a display, render it to a file."""
    from lstm_viz import startup
    from lstm_viz.app.shell.termination import Termination

    termination = Termination()  # before the first child process, which could otherwise outlive the window
    try:
        return _window(termination, files) if startup.has_display() else _draw(files)
    finally:
        termination.finish()


def _run(given: list[str]) -> int:
    from lstm_viz.commands import run

    return run(given)


def _draw(files: "Sequence[Path]") -> int:
    from lstm_viz.commands import draw

    return draw(files)


def _window(termination: "Termination", files: "Sequence[Path]") -> int:
    from lstm_viz import startup
    from lstm_viz.app.client.engine_process import start_early

    engine = start_early()  # importing torch takes longest: it starts before Qt is imported
    error = startup.qt_error()
    if error:
        if engine is not None:
            engine.end()
        print(error, file=sys.stderr)
        return 1
    from lstm_viz.app.shell.main import run

    return run(sys.argv[:1], engine, termination, files)
