"""Draws the model of a program without a screen: ``python -m lstm_viz.app.shell.live_grab``.

It is started as `lstm_viz.app.shell.live`; the line on standard input has the options of the picture, too.
"""

import os
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from lstm_viz import startup
from lstm_viz.app.shell.live import LiveModel, client_of

if TYPE_CHECKING:
    from lstm_viz.app.shell.grab_options import Grab


def main() -> int:
    """Draw the picture; return the exit status, with the error message on standard error."""
    line = sys.stdin.readline()
    if not line:
        return 0  # the program has ended
    error = startup.qt_error() or _draw(msgspec.json.decode(line, type=LiveModel))
    if error:
        print(error, file=sys.stderr)
    return 1 if error else 0


def options_of(members: dict[str, Any]) -> "Grab":
    """Return the options of a picture; raises `msgspec.ValidationError` for others."""
    from lstm_viz.app.shell.grab_options import Grab

    return msgspec.convert(members, Grab, dec_hook=lambda kind, value: kind(value))


def _draw(model: LiveModel) -> str:
    try:
        options = options_of(model.grab)
    except msgspec.ValidationError as error:
        return str(error)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    from lstm_viz.app.client.request import Priority
    from lstm_viz.app.shell.grab import draw, selection_of
    from lstm_viz.app.shell.grab_options import output_error
    from lstm_viz.app.shell.main import make_application
    from lstm_viz.app.shell.session import Session
    from lstm_viz.app.shell.themes import ThemeKeeper
    from lstm_viz.app.shell.window import Window

    themes = ThemeKeeper(make_application([]), options.theme)
    if refused := output_error(options.out):
        return refused
    client = client_of(model)
    session = Session.of(Window(), themes, selection_of(options, model.uri), client)
    client.link(Priority.TYPING).start()
    return draw(session, options)


if __name__ == "__main__":
    sys.exit(main())
