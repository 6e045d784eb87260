"""The link to an engine: a process that is started, sent messages, and restarted when it crashes."""

import socket
import sys
import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QBasicTimer, QObject, QTimer, QTimerEvent, Signal
from PySide6.QtNetwork import QLocalSocket, QTcpSocket

from lstm_viz.app.client.engine_process import ENGINE, EngineProcess
from lstm_viz.app.client.restarts import RestartPolicy
from lstm_viz.app.client.silence import Listening, Silence
from lstm_viz.app.guard import guarded
from lstm_viz.messages import PROTOCOL, Envelope, Failure, FromEngine, Hello, Progress, Reply, ToEngine
from lstm_viz.wire import Frames, WireError, decode_from_engine, encode, number_in

_GRACE_SECONDS = 0.2
_TICK_MS = 1000


class Engine(Protocol):
    """An engine, which need not be a process of this window's."""

    @property
    def pid(self) -> int: ...

    @property
    def connection(self) -> socket.socket: ...

    def end(self, grace: float = 0.0) -> str:
        """End it, and return how it ended."""

    def printed(self) -> str:
        """Return the end of its output."""


class EngineLink(QObject):
    """Owns the engine's process and the socket to it.

    ``hello`` is the engine's first message, None while no engine is ready. ``silence`` is how long a result
    has been overdue; None if none is.

    Signals
    -------
    ready(hello)
        The engine has loaded.
    replied(reply)
        A result of a request, or its failure, arrived.
    silence_changed(silence)
        `silence` changed: it grows each second, and is None as soon as a message arrives.
    lost(how)
        The engine crashed, or was ended by `start_over`, and another is being started; ``how`` is how it
        crashed, "" if it did not.
    failed(details)
        There is no engine: it cannot be started, or crashed several times in a row. ``details`` is the end
        of its output, or the system's error message.
    """

    #: Whether another engine can be started; not where this window is given one.
    can_restart = True
    ready = Signal(object)
    replied = Signal(object)
    silence_changed = Signal(object)
    lost = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        parent: QObject | None = None,
        arguments: tuple[str, ...] = ENGINE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._arguments = arguments
        self._process: Engine | None = None
        self._socket: QLocalSocket | QTcpSocket | None = None
        self.hello: Hello | None = None
        self.silence: Silence | None = None
        self._frames, self._listening = Frames(), Listening()
        self._restarts = RestartPolicy(clock)
        self._ticking = QBasicTimer()
        self._again = QTimer(self)  # a member, so that `close` can stop it
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.start)

    @property
    def pid(self) -> int:
        """The engine's process, 0 if there is none."""
        return self._process.pid if self._process else 0

    def start(self, started: Engine | None = None) -> None:
        """Connect to the engine ``started``, or start one, which sends `Hello` when it has loaded.

        If there can be none, `failed` is emitted after this has returned. Does nothing if there is an engine:
        the button that starts another may be pressed twice.
        """
        if self._process is not None:
            return
        try:
            self._process = started or EngineProcess(self._arguments)
            self._connect(self._process)
        except OSError as error:
            self._give_up(str(error))

    def retry(self) -> None:
        """Start an engine after `failed`, unless one was started since."""
        self._restarts.forget()
        self.start()

    def start_over(self) -> None:
        """End this engine and start another, which reads all files again."""
        self._restarts.forget()
        if self._process:
            self._drop_socket()
            self._process.end()
            self._process = None
            self.lost.emit("")
            self._again.start(0)
        else:
            self.start()

    def send(self, message: ToEngine) -> None:
        """Send a message; raises `WireError` if it cannot be encoded. Without an engine it is dropped."""
        if self._socket is None or self.hello is None:
            return
        data = encode(message)
        if isinstance(message, Envelope):  # a `Cancel` has no reply
            self._listening.query_sent()
            if not self._ticking.isActive():
                self._ticking.start(_TICK_MS, self)
        self._socket.write(data)
        self._socket.flush()  # now, so that the engine computes while the window paints the typed letter

    def close(self) -> None:
        """End the engine."""
        self._again.stop()
        self._drop_socket()
        if self._process:
            self._process.end()
            self._process = None

    # ------------------------------------------------------------ messages

    def _connect(self, process: Engine) -> None:
        """Take over the socket to a process; raises OSError if Qt cannot."""
        self._socket = QTcpSocket(self) if sys.platform == "win32" else QLocalSocket(self)
        self._frames, self._listening = Frames(), Listening()
        self._socket.readyRead.connect(self._read)
        self._socket.disconnected.connect(self._died)
        self._ticking.start(_TICK_MS, self)
        if not self._socket.setSocketDescriptor(process.connection.fileno()):
            raise OSError(self._socket.errorString())
        process.connection.detach()  # Qt closes it

    def _read(self) -> None:
        if self._socket is None:
            return
        self._message_arrived()
        frames = self._frames
        try:
            for body in frames.feed(self._socket.readAll().data()):
                self._take(body)
                if self._socket is None or self._frames is not frames:
                    return  # a slot closed this link, or started another engine
        except WireError:  # the stream is out of step
            self._replace()

    def _take(self, body: bytes) -> None:
        """Handle a message; raises `WireError` unless `Hello` comes first, and only once."""
        message = _decoded(body)
        if isinstance(message, Hello) != (self.hello is None):
            raise WireError("a message out of turn")
        if isinstance(message, Hello) and message.version != PROTOCOL:
            self._give_up(self.tr("It has another version than this window."))
            return
        if isinstance(message, Hello):
            self.hello = message
            self._listening.engine_loaded()
            self._restarts.ready()
        elif isinstance(message, Progress):
            self._listening.take(message)
        if not self._listening.is_waiting:
            self._ticking.stop()
        if isinstance(message, Hello):
            self.ready.emit(message)
        elif isinstance(message, Reply):
            self.replied.emit(message)

    # ------------------------------------------------------------ silence

    def _message_arrived(self) -> None:
        self._listening.message_received()
        self._ticking.start(_TICK_MS, self)
        self._set_silence(None)

    @guarded
    def timerEvent(self, event: QTimerEvent) -> None:
        if event.timerId() == self._ticking.timerId():
            self._set_silence(self._listening.tick())

    def _set_silence(self, silence: Silence | None) -> None:
        if silence != self.silence:
            self.silence = silence
            self.silence_changed.emit(silence)

    # ------------------------------------------------------------ the end

    def _replace(self) -> None:
        """End the engine, if it is running, and start another as after a crash."""
        if self._process:
            self._process.end()
            self._died()

    def _died(self) -> None:
        """Report that the engine ended, and start another unless the last ones crashed early."""
        self._drop_socket()
        if self._process is None:
            return
        how, printed = self._process.end(_GRACE_SECONDS), self._process.printed()
        self._process = None
        if not self._restarts.ended():
            self.failed.emit(printed)
            return
        self.lost.emit(how)
        self._again.start(0)

    def _give_up(self, details: str) -> None:
        """Report that there can be no engine; queued, since `failed` may not be connected yet."""
        self._drop_socket()
        if self._process:
            self._process.end()
            self._process = None
        QTimer.singleShot(0, self, lambda: self.failed.emit(details))

    def _drop_socket(self) -> None:
        self._ticking.stop()
        self._set_silence(None)
        self.hello = None
        if self._socket:
            self._socket.readyRead.disconnect(self._read)
            self._socket.disconnected.disconnect(self._died)
            self._socket.abort()
            self._socket.deleteLater()
            self._socket = None


def _decoded(body: bytes) -> FromEngine:
    """Return the message in ``body``, or a `Failure` for its request if it does not fit into memory."""
    try:
        return decode_from_engine(body)
    except MemoryError:
        number = number_in(body)
        if number is None:
            raise
        return Reply(number, Failure("result_memory", {}, f"{len(body):,} bytes"))
