"""Starts an engine: the first thing that the program does, since torch takes longest to load.

It imports Qt's core and nothing else, so that no other import comes before it.
"""

import sys

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

#: What Python runs: any module that reads an address and a secret from its standard input and serves there.
ENGINE = ("-m", "lstm_viz.engine")


def start_engine(parent: QObject | None = None, arguments: tuple[str, ...] = ENGINE) -> QProcess:
    """Return a process that is loading torch and waits on its standard input for where to connect."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("OPENBLAS_NUM_THREADS", "1")
    environment.insert("PYTHONIOENCODING", "utf-8:backslashreplace")
    process = QProcess(parent)
    process.setProcessEnvironment(environment)
    process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
    process.start(sys.executable, list(arguments))
    return process
