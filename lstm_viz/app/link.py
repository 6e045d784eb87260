"""The engine, as the window sees it: a process that is started, asked, and started again when it dies."""

import itertools
import secrets

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QAbstractSocket, QHostAddress, QTcpServer, QTcpSocket

from lstm_viz.app.engine_process import ENGINE, EngineProcess
from lstm_viz.messages import Answer, Hello, Problem, Question
from lstm_viz.wire import Frames, decode_answer, encode, number_of

#: After this many starts in a row that brought no answer we stop trying and say so.
MAX_FAILURES = 3
_WATCH_MS = 100
_GRACE_SECONDS = 0.2


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
        It died `MAX_FAILURES` times without an answer; ``details`` is the end of what it printed.
    """

    answered = Signal(object)
    lost = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None, arguments: tuple[str, ...] = ENGINE) -> None:
        super().__init__(parent)
        self._arguments = arguments
        self._server = QTcpServer(self)
        self._server.newConnection.connect(self._connected)
        self._process: EngineProcess | None = None
        self._socket: QTcpSocket | None = None
        self.hello: Hello | None = None
        self.numbers = itertools.count(1)
        self._secret = ""
        self._frames = Frames()
        self._failures = 0
        self._watch = QTimer(self)  # over an engine that has not connected yet; later its socket tells
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._look_after)

    @property
    def pid(self) -> int:
        """The engine's process, 0 if there is none."""
        return self._process.pid if self._process else 0

    def start(self, started: EngineProcess | None = None) -> None:
        """Take the engine that was ``started``, or start one; it connects back to us when it is ready."""
        if not self._server.isListening() and not self._server.listen(QHostAddress.SpecialAddress.LocalHost):
            self.failed.emit(self._server.errorString())
            return
        self._secret = secrets.token_hex(16)
        try:
            self._process = started or EngineProcess(self._arguments)
        except OSError as error:
            self.failed.emit(str(error))
            return
        self._process.invite(self._server.serverPort(), self._secret)
        self._watch.start()

    def retry(self) -> None:
        """Start again after `failed`."""
        self._failures = 0
        self.start()

    def start_over(self) -> None:
        """End this engine and start another, which reads every file anew."""
        if self._process:
            self._process.end()
            self._died()
        else:
            self.retry()

    def ask(self, question: Question) -> None:
        """Send a question; without an engine it is dropped, since the next hello asks anew."""
        if self._socket:
            self._socket.write(encode(question))
            self._socket.flush()  # now, so that the engine reads while the window paints the letter itself

    def close(self) -> None:
        """End the engine and forget it."""
        self._watch.stop()
        self._drop_socket()
        self._server.close()
        if self._process:
            self._process.end()
            self._process = None

    def _connected(self) -> None:
        while socket := self._server.nextPendingConnection():
            socket.setSocketOption(QAbstractSocket.SocketOption.LowDelayOption, 1)
            guest = _Guest(socket, self._secret, self)
            guest.welcomed.connect(self._welcome)

    def _welcome(self, socket: QTcpSocket, hello: Hello, frames: Frames) -> None:
        self._drop_socket()
        self._watch.stop()
        self._socket, self._frames, self.hello = socket, frames, hello
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self._died)
        self.answered.emit(hello)

    def _read(self) -> None:
        if self._socket is None:
            return
        try:
            for body in self._frames.feed(self._socket.readAll().data()):
                answer = self._decoded(body)
                self._failures = 0
                self.answered.emit(answer)
        except (ValueError, msgspec.DecodeError):  # the stream cannot be trusted any more
            self.start_over()

    def _decoded(self, body: bytes) -> Answer:
        """Return the answer in ``body``, a `Problem` where it does not fit into memory."""
        try:
            return decode_answer(body)
        except MemoryError:
            sentence = self.tr("There is not enough memory to show this. A shorter text takes less.")
            return Problem(number_of(body), "failed", sentence, f"{len(body):,} bytes")

    def _look_after(self) -> None:
        if self._process and self._process.ended():
            self._died()

    def _died(self) -> None:
        """Say that the engine is gone, and start another unless none of the last came to an answer."""
        self._watch.stop()
        self._drop_socket()
        if self._process is None:
            return
        how, printed = self._process.end(_GRACE_SECONDS), self._process.printed()
        self._process = None
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self.failed.emit(printed)
            return
        self.lost.emit(how)
        QTimer.singleShot(0, self, self.start)

    def _drop_socket(self) -> None:
        if self._socket:
            self._socket.readyRead.disconnect(self._read)
            self._socket.disconnected.disconnect(self._died)
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
            body = next(self._frames.feed(self._socket.readAll().data()), None)
            if body is None:
                return  # not whole yet
            said = decode_answer(body)
        except (ValueError, msgspec.DecodeError):
            said = None
        if isinstance(said, Hello) and self._knows_the_secret(said):
            self._socket.readyRead.disconnect(self._listen)
            self._socket.disconnected.disconnect(self._leave)
            self.welcomed.emit(self._socket, said, self._frames)
            self.deleteLater()
        else:
            self._socket.abort()

    def _knows_the_secret(self, hello: Hello) -> bool:
        return secrets.compare_digest(hello.secret.encode(), self._secret.encode())

    def _leave(self) -> None:
        self._socket.deleteLater()
        self.deleteLater()
