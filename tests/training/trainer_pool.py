"""A process that has loaded torch and forks trainers: each is a real process, and starts in no time.

It reads a JSON line for each: the arguments after ``lstm-viz train``, where to print, what is set in the
environment, the largest file that the system lets it write, how many bytes of memory it gives it more, and
whether Python's standard streams are ``missing`` (None) or ``closed``.
It answers with the trainer's process id, and with its exit status when it has ended.
"""

import faulthandler
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import torch

torch.set_num_threads(1)

from lstm_viz.cli import main  # noqa: E402
from lstm_viz.training import command  # noqa: E402
from lstm_viz.training.arguments import parse  # noqa: E402


def be_a_trainer(asked: dict[str, Any]) -> None:
    """Run the command as asked, and end this process."""
    printed = os.open(asked["printed"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(printed, 1), os.dup2(printed, 2)
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    os.environ.update(asked["environment"])
    if asked["largest_file"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"],) * 2)
    if asked["more_memory"]:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + asked["more_memory"]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    status: Any = 3
    try:
        status = _train(asked["arguments"], asked["streams"])
    except SystemExit as exit_:
        status = exit_.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(status)


def _train(arguments: list[str], streams: str) -> int:
    if not streams:
        return command.run(parse(arguments))
    for name in ("stdin", "stdout", "stderr"):
        if streams == "closed":
            getattr(sys, name).close()
        else:
            setattr(sys, name, None)
    return main(["train", *arguments])


def fork_trainers() -> None:
    """Fork a trainer for every line."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "WORLD_SIZE" in asked["environment"]:
            importlib.import_module("torch._dynamo")  # a distributed training does, which takes seconds
        pid = os.fork()
        if not pid:
            be_a_trainer(asked)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    fork_trainers()
