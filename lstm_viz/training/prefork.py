"""``python -m lstm_viz.training.prefork``: a trainer that imports torch and waits for its arguments.

It reads one line from standard input, a JSON list of the arguments after ``lstm-viz`` that begins with
``train``, and runs that command. It ends when standard input is closed without a line.
"""

import argparse
import os
import sys

from lstm_viz import lifeline
from lstm_viz.files.decoding import decode_json
from lstm_viz.training.arguments import parse
from lstm_viz.training.command import run


def lower_priority() -> None:
    """Lower the priority of this process, so that the window stays responsive; alone it is as fast."""
    if hasattr(os, "nice"):
        os.nice(5)


def parse_line(line: str) -> argparse.Namespace:
    """Return the parsed arguments in a line; raises ValueError for any other line, SystemExit as argparse."""
    command, *arguments = decode_json(line.encode("utf-8", "replace"), list[str]) or [""]
    if command != "train":
        raise ValueError(f"a trainer is asked to train, not “{command}”")
    return parse(arguments)


def main() -> int:
    """Wait for the arguments, train, and return the exit status."""
    lower_priority()
    lifeline.release_stdin()
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    return run(parse_line(line))


if __name__ == "__main__":
    sys.exit(main())
