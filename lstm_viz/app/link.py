"""The engine, as the window sees it: a process that is started, asked, and started again when it dies."""

import itertools
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QBasicTimer, QObject, QTimer, QTimerEvent, Signal
from PySide6.QtNetwork import QLocalSocket, QTcpSocket

from lstm_viz.app.engine_process import ENGINE, EngineProcess
from lstm_viz.app.guard import guarded
from lstm_viz.app.restarts import Restarts
from lstm_viz.app.silence import Listening, Silence
from lstm_viz.messages import Answer, Hello, Problem, Progress, Question
from lstm_viz.wire import Frames, WireError, decode_answer, encode, number_in

_GRACE_SECONDS = 0.2
_TICK_MS = 1000


class EngineLink(QObject):
    """Owns the engine's process and the one socket to it.

    ``hello`` is the engine's first word, None while there is no engine to be asked. ``numbers`` counts the
    questions. ``silence`` is how long an answer has been overdue; None if none is.

    Signals
    -------
    answered(answer)
        A whole, valid answer arrived.
    silence_changed(silence)
        `silence` changed: it grows each second, and is None as soon as a message arrives.
    lost(how)
        The engine died, or was ended by `start_over`, and another is being started; ``how`` says how it died,
        "" where it did not.
    failed(details)
        There is no engine: it cannot be started, or did not last several times in a row. ``details`` is the
        end of what it printed, or what the system says.
    """

    answered = Signal(object)
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
        self._process: EngineProcess | None = None
        self._socket: QLocalSocket | QTcpSocket | None = None
        self.hello: Hello | None = None
        self.numbers = itertools.count(1)
        self.silence: Silence | None = None
        self._frames, self._listening = Frames(), Listening()
        self._restarts = Restarts(clock)
        self._ticking = QBasicTimer()
        self._again = QTimer(self)  # which `close` can stop
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.start)

    @property
    def pid(self) -> int:
        """The engine's process, 0 if there is none."""
        return self._process.pid if self._process else 0

    def start(self, started: EngineProcess | None = None) -> None:
        """Take the engine that was ``started``, or start one, which says hello when it has loaded.

        Where there can be none, `failed` is emitted, after this has returned. Nothing happens where there is
        one: the button that starts another may be pressed twice.
        """
        if self._process is not None:
            return
        try:
            self._process = started or EngineProcess(self._arguments)
            self._connect(self._process)
        except OSError as error:
            self._give_up(str(error))

    def retry(self) -> None:
        """Start again after `failed`, unless that was done."""
        self._restarts.forget()
        self.start()

    def start_over(self) -> None:
        """End this engine and start another, which reads every file anew."""
        self._restarts.forget()
        if self._process:
            self._drop_socket()
            self._process.end()
            self._process = None
            self.lost.emit("")
            self._again.start(0)
        else:
            self.start()

    def ask(self, question: Question) -> None:
        """Send a question; without an engine it is dropped, since the next hello asks anew."""
        if self._socket is None or self.hello is None:
            return
        try:
            data = encode(question)
        except WireError as error:
            sentence = self.tr("The engine cannot be asked this: %1").replace("%1", str(error))
            problem = Problem(question.number, "failed", sentence, repr(error))
            QTimer.singleShot(0, self, lambda: self.answered.emit(problem))
            return
        self._listening.asked()
        if not self._ticking.isActive():
            self._ticking.start(_TICK_MS, self)
        self._socket.write(data)
        self._socket.flush()  # now, so that the engine reads while the window paints the letter itself

    def close(self) -> None:
        """End the engine and forget it."""
        self._again.stop()
        self._drop_socket()
        if self._process:
            self._process.end()
            self._process = None

    # ------------------------------------------------------------ what arrives

    def _connect(self, process: EngineProcess) -> None:
        """Take over the socket to a process; raises OSError where Qt cannot."""
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
        self._hear()
        try:
            for body in self._frames.feed(self._socket.readAll().data()):
                self._take(self._decoded(body))
                if self._socket is None:
                    return  # whoever heard the answer closed us
        except WireError:  # the stream cannot be trusted any more
            self._replace()

    def _decoded(self, body: bytes) -> Answer:
        """Return the answer in ``body``, a `Problem` where it does not fit into memory."""
        try:
            return decode_answer(body)
        except MemoryError:
            sentence = self.tr("There is not enough memory to show this. A shorter text takes less.")
            return Problem(number_in(body) or 0, "failed", sentence, f"{len(body):,} bytes")

    def _take(self, answer: Answer) -> None:
        """Take an answer; raises `WireError` where the engine does not say hello first, and once."""
        if isinstance(answer, Hello) != (self.hello is None):
            raise WireError("an answer out of turn")
        if isinstance(answer, Hello):
            self.hello = answer
            self._listening.greeted()
            self._restarts.ready()
        elif isinstance(answer, Progress):
            self._listening.take(answer)
        if not self._listening.waits:
            self._ticking.stop()
        if not isinstance(answer, Progress):
            self.answered.emit(answer)

    # ------------------------------------------------------------ silence

    def _hear(self) -> None:
        self._listening.heard()
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
        """End the engine, if it has not ended, and start another as after any death."""
        if self._process:
            self._process.end()
            self._died()

    def _died(self) -> None:
        """Say that the engine is gone, and start another unless none of the last did last."""
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
        """Say that there can be no engine; later, since who wants to know may not listen yet."""
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
