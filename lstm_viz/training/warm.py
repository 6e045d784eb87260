"""``python -m lstm_viz.training.warm``: a trainer that has loaded torch and waits for what to train.

It reads one line from its standard input, a JSON list of the arguments after ``lstm-viz train``, and does
what that command does. It ends when nobody is there any more to write that line.
"""

import sys

import msgspec

from lstm_viz.training.arguments import parse
from lstm_viz.training.command import run


def main() -> int:
    """Wait, train, and return the exit status."""
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    arguments = msgspec.json.decode(line, type=list[str])
    return run(parse(arguments))


if __name__ == "__main__":
    sys.exit(main())
