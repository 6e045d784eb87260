"""``python -m lstm_viz.training.warm``: a trainer that has loaded torch and waits for what to train.

It reads one line from its standard input, a JSON list of the arguments after ``lstm-viz``, ``train`` being
the first, and does what that command does. It ends when nobody is there any more to write that line.
"""

import argparse
import os
import sys

import torch

from lstm_viz import lifeline
from lstm_viz.files.decoding import decode_json
from lstm_viz.training.arguments import parse
from lstm_viz.training.command import run


def warm_up() -> None:
    """Load what torch loads only when it makes its first optimiser, which takes it as long as all before."""
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])


def stand_back() -> None:
    """Let the window go first wherever both want the processor; alone we are as fast as ever."""
    if hasattr(os, "nice"):
        os.nice(5)


def asked(line: str) -> argparse.Namespace:
    """Return what a line asks for; raises ValueError where it asks for nothing, SystemExit as argparse."""
    command, *arguments = decode_json(line.encode("utf-8", "replace"), list[str]) or [""]
    if command != "train":
        raise ValueError(f"a trainer is asked to train, not “{command}”")
    return parse(arguments)


def main() -> int:
    """Wait, train, and return the exit status."""
    stand_back()
    warm_up()
    lifeline.let_go()
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    return run(asked(line))


if __name__ == "__main__":
    sys.exit(main())
