"""``python -m lstm_viz.training.warm``: a trainer that has loaded torch and waits for what to train.

It reads one line from its standard input, a JSON list of the arguments after ``lstm-viz``, ``train`` being
the first, and does what that command does. It ends when nobody is there any more to write that line.
"""

import os
import sys

import msgspec
import torch

from lstm_viz import lifeline
from lstm_viz.training.arguments import parse
from lstm_viz.training.command import run


def warm_up() -> None:
    """Load what torch loads only when it makes its first optimiser, which takes it as long as all before."""
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])


def stand_back() -> None:
    """Let the window go first wherever both want the processor; alone we are as fast as ever."""
    if hasattr(os, "nice"):
        os.nice(5)


def main() -> int:
    """Wait, train, and return the exit status."""
    stand_back()
    warm_up()
    lifeline.let_go()
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    command, *arguments = msgspec.json.decode(line, type=list[str])
    assert command == "train", command
    return run(parse(arguments))


if __name__ == "__main__":
    sys.exit(main())
