"""The window of a program that shows its own model: ``python -m lstm_viz.app.shell.live``.

The program is the engine. It starts this process, and writes a line of JSON to its standard input: the
tickets of the connections, the URI of the model and the initial input.
"""

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from lstm_viz import startup
from lstm_viz.socket_pair import of_ticket

if TYPE_CHECKING:
    from lstm_viz.app.client.client import EngineClient
    from lstm_viz.app.shell.termination import Termination


class LiveModel(msgspec.Struct, frozen=True):
    """The line on standard input: the tickets for typing and for details, the model and its input.

    ``grab`` has the options of a picture to draw, see `lstm_viz.app.shell.live_grab`.
    """

    tickets: tuple[str, str]
    uri: str
    text: str
    grab: dict[str, Any] = {}


def main() -> int:
    """Open the window until it or the program is closed; return the exit status."""
    from lstm_viz.app.shell.termination import Termination

    termination = Termination()
    line = sys.stdin.readline()
    if not line:
        return 0  # the program has ended
    error = "" if startup.has_display() else "There is no display."
    error = error or startup.qt_error()
    if error:
        print(error, file=sys.stderr)
        return 1
    try:
        return _run(msgspec.json.decode(line, type=LiveModel), termination)
    finally:
        termination.finish()


def client_of(model: LiveModel) -> "EngineClient":
    """Return the client of a program's engine, to which nothing is connected yet."""
    from lstm_viz.app.client.client import EngineClient, new_links
    from lstm_viz.app.client.given_engine import GivenEngine, GivenLink
    from lstm_viz.app.client.request import Priority

    typing, details = (GivenLink(GivenEngine(of_ticket(ticket))) for ticket in model.tickets)
    return EngineClient(new_links() | {Priority.TYPING: typing, Priority.DETAIL: details})


def _run(model: LiveModel, termination: "Termination") -> int:
    from functools import partial

    from lstm_viz.app.client.request import Priority
    from lstm_viz.app.selection.selection import Selection
    from lstm_viz.app.shell.error_panel import ErrorReporter
    from lstm_viz.app.shell.main import close_soon, make_application
    from lstm_viz.app.shell.old_settings import load_old_settings
    from lstm_viz.app.shell.session import Session
    from lstm_viz.app.shell.settings import SettingsStore, settings_path
    from lstm_viz.app.shell.themes import ThemeKeeper
    from lstm_viz.app.shell.window import Window

    application = make_application(sys.argv[:1])
    store = SettingsStore(settings_path(), load_old_settings)  # read only: the selection is this program's
    themes, window, reporter = ThemeKeeper(application, store.values.theme), Window(), ErrorReporter()
    reporter.install()
    client = client_of(model)
    session = Session.of(
        window, themes, Selection(model=model.uri, text=model.text), client, recent=store.values.files
    )
    reporter.reported.connect(session.content.error.report)
    window.restoreGeometry(store.values.geometry)
    client.link(Priority.TYPING).start()
    window.show()
    termination.close_with(partial(close_soon, application, window))
    code = application.exec()
    session.close()
    reporter.remove()
    return code


if __name__ == "__main__":
    sys.exit(main())
