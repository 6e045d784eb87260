"""The program is opened and closed again and again, while it trains and while it does not.

``python -m tests.soak.cycles N`` does it N times; the exit status is 1 where one did not end with 0, or left
a process behind.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

_WAIT_SECONDS, _GONE_SECONDS = 300, 2.0
_DRIVER = """
import sys
import msgspec
from PySide6.QtCore import QTimer
from lstm_viz import cli
from lstm_viz.app.shell.session import Session
from lstm_viz.runs.settings import TUTORIAL

make = Session.of.__func__

def of(cls, *arguments, **more):
    session = make(cls, *arguments, **more)
    close = lambda: (print("closes", flush=True), QTimer.singleShot(0, session.window.close))
    if {trains}:
        settings = msgspec.structs.replace(TUTORIAL, epochs=100_000, checkpoint_every=1000)
        QTimer.singleShot(0, lambda: session.state.show_page("training"))
        QTimer.singleShot(0, lambda: session.trainer.train(settings))
        session.runs.grown.connect(lambda data: data.step and close())
    else:
        session.state.reading_changed.connect(lambda _: close())
    return session

Session.of = classmethod(of)
sys.exit(cli.main([]))
"""


def cycle(folder: Path, *, trains: bool, gone: float = 60.0) -> Iterator[str]:
    """Open the program, close it when it has read or taken a step, and yield what was not as it should be.

    Its processes have ``gone`` seconds to end after it: a busy machine takes longer than an idle one.
    """
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    environment = {**os.environ, **offscreen, "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    environment.pop("XDG_DATA_HOME", None)
    program = subprocess.Popen(
        [sys.executable, "-c", _DRIVER.format(trains=trains)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    family: set[psutil.Process] = set()
    deadline = time.monotonic() + _WAIT_SECONDS
    while program.poll() is None and time.monotonic() < deadline:
        family |= _children(program.pid)
        time.sleep(0.02)
    if program.poll() is None:
        program.kill()
        yield "it did not end"
    printed, errors = program.communicate()
    if program.returncode or errors or "closes" not in printed:
        yield f"exit status {program.returncode}: {errors}"
    _, alive = psutil.wait_procs(family, timeout=gone)
    for process in alive:
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            yield f"{process.pid} is still there after {gone:g} s: {' '.join(process.cmdline())}"
            process.kill()


def _children(pid: int) -> set[psutil.Process]:
    try:
        return set(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return set()


def main(cycles: int) -> int:
    """Open and close so many times, every other time while a training goes on."""
    wrong, took = [], []
    for k in range(cycles):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            started = time.monotonic()
            found = list(cycle(Path(folder), trains=k % 2 == 1, gone=_GONE_SECONDS))
            took.append(time.monotonic() - started)
            wrong += [f"cycle {k + 1}: {text}" for text in found]
            if (k + 1) % 50 == 0:
                print(f"{k + 1} cycles, {len(wrong)} faults", flush=True)
    print(f"{cycles} cycles, {sum(took) / cycles:.2f} s each; {len(wrong)} faults")
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
