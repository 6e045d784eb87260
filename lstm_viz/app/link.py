"""The engine, as the window sees it: a process that is started, asked, and started again when it dies."""

import itertools
import secrets

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal
from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QTcpServer, QTcpSocket

from lstm_viz.app.engine_process import ENGINE, start_engine
from lstm_viz.messages import Frames, Hello, Question, decode_answer, encode

#: After this many starts in a row that brought no answer we stop trying and say so.
MAX_FAILURES = 3
_QUIT_MS = 1000
_TAIL = 4000


class EngineLink(QObject):
    """Owns the engine's process and the one socket to it.

    ``hello`` is the engine's first word, None while there is no engine to be asked. ``numbers`` counts the
    questions: whoever asks takes the next.

    Signals
    -------
    answered(answer)
        A whole, valid answer arrived.
    lost(how)
        The engine died; ``how`` says how, and another is being started.
    failed(details)
        It died `MAX_FAILURES` times without a word; ``details`` is the end of what it printed.
    """

    answered = Signal(object)
    lost = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None, arguments: tuple[str, ...] = ENGINE) -> None:
        super().__init__(parent)
        self._arguments = arguments
        self._server = QTcpServer(self)
        self._server.newConnection.connect(self._connected)
        self._process: QProcess | None = None
        self._socket: QTcpSocket | None = None
        self.hello: Hello | None = None
        self.numbers = itertools.count(1)
        self._secret = ""
        self._frames = Frames()
        self._failures = 0
        self._closing = False

    @property
    def pid(self) -> int:
        """The engine's process, 0 if there is none."""
        return self._process.processId() if self._process else 0

    def start(self, started: QProcess | None = None) -> None:
        """Take the engine that was ``started``, or start one; it connects back to us when it is ready."""
        if not self._server.isListening() and not self._server.listen(QHostAddress.SpecialAddress.LocalHost):
            self.failed.emit(self._server.errorString())
            return
        self._secret = secrets.token_hex(16)
        self._process = process = started or start_engine(self, self._arguments)
        process.setParent(self)
        if process.state() == QProcess.ProcessState.NotRunning:
            self._finished(process.exitCode(), process.exitStatus())
            return
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        process.write(f"{self._server.serverPort()} {self._secret}\n".encode())
        process.closeWriteChannel()

    def retry(self) -> None:
        """Start again after `failed`."""
        self._failures = 0
        self.start()

    def start_over(self) -> None:
        """End this engine and start another, which reads every file anew."""
        if self._process:
            self._process.kill()
        else:
            self.retry()

    def ask(self, question: Question) -> None:
        """Send a question; without an engine it is dropped, since the next hello asks anew."""
        if self._socket:
            self._socket.write(encode(question))

    def close(self) -> None:
        """End the engine and forget it."""
        self._closing = True
        self._drop_socket()
        self._server.close()
        if self._process:
            self._process.kill()  # it keeps nothing that could be lost
            self._process.waitForFinished(_QUIT_MS)
            self._process = None

    def _connected(self) -> None:
        while socket := self._server.nextPendingConnection():
            socket.setSocketOption(QAbstractSocket.SocketOption.LowDelayOption, 1)
            guest = _Guest(socket, self._secret, self)
            guest.welcomed.connect(self._welcome)

    def _welcome(self, socket: QTcpSocket, hello: Hello, frames: Frames) -> None:
        self._drop_socket()
        self._socket, self._frames, self._failures, self.hello = socket, frames, 0, hello
        socket.readyRead.connect(self._read)
        self.answered.emit(hello)

    def _read(self) -> None:
        if self._socket is None:
            return
        try:
            for body in self._frames.feed(self._socket.readAll().data()):
                self.answered.emit(decode_answer(body))
        except (ValueError, msgspec.DecodeError):  # the stream cannot be trusted any more
            if self._process:
                self._process.kill()

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._finished(-1, QProcess.ExitStatus.NormalExit)

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._closing or self._process is None:
            return
        printed = bytes(self._process.readAll().data()).decode("utf-8", "replace")[-_TAIL:]
        self._process.deleteLater()
        self._process = None
        self._drop_socket()
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self.failed.emit(printed)
            return
        crashed = status == QProcess.ExitStatus.CrashExit
        self.lost.emit(f"signal {code}" if crashed else f"exit {code}")
        QTimer.singleShot(0, self, self.start)

    def _drop_socket(self) -> None:
        if self._socket:
            self._socket.readyRead.disconnect(self._read)
            self._socket.abort()
            self._socket.deleteLater()
            self._socket = self.hello = None


class _Guest(QObject):
    """Somebody who connected: let in on a hello with our secret, else shown the door."""

    welcomed = Signal(object, object, object)

    def __init__(self, socket: QTcpSocket, secret: str, parent: QObject) -> None:
        super().__init__(parent)
        self._socket, self._secret, self._frames = socket, secret, Frames()
        socket.setParent(parent)
        socket.readyRead.connect(self._listen)
        socket.disconnected.connect(self._leave)

    def _listen(self) -> None:
        try:
            for body in self._frames.feed(self._socket.readAll().data()):
                hello = decode_answer(body)
                if isinstance(hello, Hello) and secrets.compare_digest(hello.secret, self._secret):
                    self._socket.readyRead.disconnect(self._listen)
                    self._socket.disconnected.disconnect(self._leave)
                    self.welcomed.emit(self._socket, hello, self._frames)
                    self.deleteLater()
                    return
                break
            else:
                return
        except (ValueError, msgspec.DecodeError):
            pass
        self._socket.abort()

    def _leave(self) -> None:
        self._socket.deleteLater()
        self.deleteLater()
