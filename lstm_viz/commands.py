"""The subcommands of ``lstm-viz``: their argument parsers, and what they run."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from lstm_viz import startup
from lstm_viz.ordinals import index_of
from lstm_viz.version import __version__

MODELS = ("tutorial", "tutorial-gru", "tutorial-rnn", "english", "english-both")
#: The names of the subcommands; what is none of them is a file to open.
COMMANDS = ("open", "grab", "train")


def run(given: Sequence[str]) -> int:
    """Run a subcommand, or open files, and return the exit status."""
    if len(given) == 2 and given[0] == "open" and _is_code(given[1]):
        return _open_code(given[1])
    parser = _parser()
    is_file = bool(given) and not given[0].startswith("-") and given[0] not in COMMANDS
    if is_file and not os.path.lexists(given[0]):
        parser.error(f"“{given[0]}” is neither a command nor a file")
    options = parser.parse_args(["open", *given] if is_file else given)
    commands = {"grab": _grab, "train": _train, "open": _open}
    return commands.get(options.command, _open)(options)


def draw(files: Sequence[Path] = ()) -> int:
    """Draw the window into a picture, with the first file in it, as there is no display."""
    print("There is no display here: the window is drawn into lstm-viz.png instead.")
    return _grab(argparse.Namespace(out=Path("lstm-viz.png"), file=files[0] if files else None))


def _open(options: argparse.Namespace) -> int:
    """Open files in the window, unless one of them cannot be opened."""
    from lstm_viz.cli import open_window
    from lstm_viz.opening.errors import OpeningError
    from lstm_viz.opening.file_kinds import kind_of

    files: list[Path] = getattr(options, "files", [])
    try:
        for path in files:
            kind_of(path)
    except OpeningError as error:
        print(error, file=sys.stderr)
        return 1
    return open_window(files)


def _is_code(text: str) -> bool:
    """Return whether a text names a function in a user's own code, and no file."""
    from lstm_viz.own_code import is_specification

    return is_specification(text) and not os.path.exists(text)  # noqa: PTH110  # it never raises


def _open_code(text: str) -> int:
    from lstm_viz.own_code import OwnCodeError, own_code, run

    try:
        return run(own_code(text), _ask)
    except OwnCodeError as error:
        print(error, file=sys.stderr)
        return 1


def _ask(question: str) -> bool:
    """Return whether the user answers a question with yes, in the terminal."""
    if not sys.stdin.isatty():
        print("There is no terminal to ask in whether your code is to be run.", file=sys.stderr)
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False


def _train(options: argparse.Namespace) -> int:
    from lstm_viz.training.command import run

    return run(options)


def _grab(options: argparse.Namespace) -> int:
    error = startup.qt_error()
    if error:
        print(error, file=sys.stderr)
        return 1
    from lstm_viz.app.shell.grab import grab
    from lstm_viz.app.shell.grab_options import Grab

    names = [field.name for field in fields(Grab)]
    return grab(Grab(**{name: getattr(options, name) for name in names if hasattr(options, name)}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lstm-viz",
        description="See what happens inside an LSTM. Without a command, the window opens; "
        "lstm-viz FILE opens a file in it.",
    )
    parser.add_argument("--version", action="version", version=f"LSTM Viz {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    from lstm_viz.training.arguments import add_train

    add_train(commands)
    opened = commands.add_parser("open", help="open files, or a model that your own code makes")
    opened.add_argument(
        "files",
        metavar="FILE",
        type=Path,
        nargs="+",
        help="a model, a run folder, a treebank or a text; or "
        "module:function, which returns the arguments of lstm_viz.show",
    )
    grab = commands.add_parser("grab", help="draw a page into a picture, without a screen")
    grab.add_argument("out", metavar="OUT.png", type=Path, help="the picture to write")
    grab.add_argument(
        "--page",
        choices=("sentence", "training"),
        default="sentence",
        help="which page (default: %(default)s)",
    )
    grab.add_argument("--text", help="the sentence (default: the tutorial's)")
    grab.add_argument(
        "--model", choices=MODELS, default="tutorial", help="the model that reads it (default: %(default)s)"
    )
    grab.add_argument("--file", type=Path, metavar="FILE", help="a model's file, which reads it")
    grab.add_argument("--run", type=Path, metavar="FOLDER", help="a run folder, whose model reads it")
    grab.add_argument("--epoch", type=_epoch, help="the checkpoint (default: the last)")
    grab.add_argument("--module", metavar="PATH", help="the recurrent module (default: the first)")
    grab.add_argument("--layer", type=_from_one, help="the layer, from 1 (default: 1)")
    grab.add_argument(
        "--direction",
        choices=("forward", "backward"),
        default="forward",
        help="the direction that is shown (default: %(default)s)",
    )
    grab.add_argument("--step", type=_from_one, help="the word at the playhead, from 1 (default: the middle)")
    grab.add_argument("--unit", type=_from_one, help="the selected unit, from 1 (default: 1)")
    grab.add_argument("--mean", action="store_true", help="show the mean of all units")
    grab.add_argument(
        "--panel",
        choices=("cell", "decomposition", "attribution", "ablation", "shapes"),
        default="cell",
        help="the panel beside the heatmaps (default: %(default)s)",
    )
    grab.add_argument(
        "--arithmetic",
        metavar="NUMBER",
        help="open the arithmetic of f, c, h, x and so on, or of a tag: score:NN, delta:NN, marginal:NN",
    )
    grab.add_argument(
        "--target",
        choices=("margin", "logit", "log_softmax"),
        default="margin",
        help="which number of the tag the panels attribution and ablation explain (default: %(default)s)",
    )
    grab.add_argument("--compare", metavar="TEXT", help="another sentence to compare with")
    grab.add_argument(
        "--set",
        type=_intervention,
        action="append",
        default=[],
        metavar="Q[UNIT]@WORD=VALUE",
        help="clamp a quantity, like f[3]@2=1, unit and word from 1: without [UNIT] all units, without @WORD "
        "everywhere",
    )
    grab.add_argument(
        "--size", type=_size, default=(1600, 1000), metavar="WxH", help="in pixels (default: 1600x1000)"
    )
    grab.add_argument(
        "--theme", choices=("dark", "light"), default="dark", help="the colours (default: %(default)s)"
    )
    grab.add_argument("--scale", type=_scale, choices=(1, 2), default=1, help="pixels a point (default: 1)")
    return parser


def _from_one(text: str) -> int:
    """Return a zero-based index from its one-based text."""
    return index_of(int(_number(text, whole=True, least=1)))


def _epoch(text: str) -> int:
    return int(_number(text, whole=True, least=0))


def _scale(text: str) -> int:
    return int(_number(text, whole=True))


def _number(text: str, **limits: Any) -> float:
    from lstm_viz.text.numbers import NumberRange, number_argument

    return number_argument(NumberRange(**limits))(text)


def _intervention(text: str) -> tuple[str, int | None, int | None, float]:
    """Return quantity, indices of unit and word, and value; None for all units, all words."""
    match = re.fullmatch(r"([a-z])(?:\[([1-9]\d{0,5})\])?(?:@([1-9]\d{0,5}))?=(.+)", text)
    if not match:
        raise argparse.ArgumentTypeError("a value is set like f[3]@2=1")
    unit, word = (None if number is None else index_of(int(number)) for number in match.group(2, 3))
    return match[1], unit, word, _number(match[4])


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if not match:
        raise argparse.ArgumentTypeError("a size is written like 1600x1000")
    return int(match[1]), int(match[2])
