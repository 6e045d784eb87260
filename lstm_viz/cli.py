"""The command ``lstm-viz``: without arguments the window, else what it is told.

Nothing is imported above `main` that Python has not loaded before it begins: where other modules are imported
from is seen to first.
"""

import sys

from lstm_viz import isolated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lstm_viz.app.termination import Termination


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    isolated.drop_current_folder()
    from lstm_viz import startup

    startup.open_missing_streams()
    given = sys.argv[1:] if arguments is None else arguments
    return _run(given) if given else _open()


def _open() -> int:
    """Open the window, or draw it where there is no display."""
    from lstm_viz import startup
    from lstm_viz.app.termination import Termination

    termination = Termination()  # before there is any process that could be left behind
    try:
        return _window(termination) if startup.has_display() else _run([])
    finally:
        termination.finish()


def _run(given: list[str]) -> int:
    from lstm_viz.commands import run

    return run(given)


def _window(termination: "Termination") -> int:
    from lstm_viz import startup
    from lstm_viz.app.engine_process import start_early

    engine = start_early()  # torch takes longest to load: it starts before Qt is even looked for
    problem = startup.qt_problem()
    if problem:
        if engine is not None:
            engine.end()
        print(problem, file=sys.stderr)
        return 1
    from lstm_viz.app.main import run

    return run(sys.argv[:1], engine, termination)
