"""Between two steps: what is wished of the trainer, and what it says of itself."""

import contextlib
import os
import signal
import socket
import time
from types import FrameType
from typing import Any

import msgspec

from lstm_viz.files.checksums import sha256
from lstm_viz.runs.folder import Control, RunFolder, Status, Wrong, decode_control
from lstm_viz.runs.history import Line, Step
from lstm_viz.training.loop import Training
from lstm_viz.training.recorder import Recorder

_SAY_SECONDS = 0.5
_WAIT_SECONDS = 0.02
_RATE_STEPS = 0.9  # the share of the past in the tokens a second


class Conductor:
    """Obeys ``control.json`` and the signals of the system, and keeps ``status.json`` true.

    Attributes
    ----------
    stopped : bool
        Whether somebody wished that training ends.
    """

    def __init__(self, folder: RunFolder, training: Training, recorder: Recorder) -> None:
        self._folder, self._training, self._recorder = folder, training, recorder
        self._control, self._request = Control(), b""
        self._said_at, self._stepped_at, self._last_line = 0.0, time.monotonic(), time.monotonic()
        self._rate: float | None = None
        self._phase = ""
        self._before: dict[int, Any] = {}
        self.stopped = False
        self._look()

    def listen(self, *, once: bool = True) -> None:
        """Take Ctrl+C and a polite kill as a wish to end after the step under way.

        ``once``: the second of its kind ends the program at once.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._stop_once if once else self._stop)

    def deafen(self) -> None:
        """Let signals do what they did before `listen`."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopped = True

    def _stop_once(self, number: int, frame: FrameType | None) -> None:
        self.stopped = True
        signal.signal(number, signal.SIG_DFL)

    def may_go_on(self) -> bool:
        """Return whether another step is to be taken; waits as long as it is wished to.

        A state is saved before a wait, and what is waited for does not change what is computed.
        """
        if not self._training.settled:
            return True
        self._look()
        while not self.stopped and (self._is_held() or self._is_early()):
            if self._is_held():
                self._recorder.save(self._training)
            self._say("paused" if self._is_held() else "training")
            time.sleep(_WAIT_SECONDS)
            self._last_line = time.monotonic()
            self._look()
        self._say("training")
        return not self.stopped

    def heard(self, line: Line) -> None:
        """Take note of a line, for the words a second."""
        now = time.monotonic()
        if isinstance(line, Step) and line.tokens:
            rate = line.tokens / max(1e-9, now - self._last_line)
            self._rate = rate if self._rate is None else _RATE_STEPS * self._rate + (1 - _RATE_STEPS) * rate
            self._stepped_at = now
        self._last_line = now

    def say(self, status: Status) -> None:
        """Write the status; a disk without room for it is no reason to end."""
        with contextlib.suppress(OSError):
            self._folder.write_status(status)
        self._said_at = time.monotonic()

    def _say_last(self, status: Status) -> None:
        """Write the status that stays; the system may refuse it only once."""
        try:
            self._folder.write_status(status)
        except OSError:
            self.say(status)

    def end(self) -> None:
        """Say that training has ended without trouble."""
        self._say_last(self.status("finished" if self._training.finished else "stopped"))

    def fail(self, sentence: str, wrong: Wrong | None = None) -> None:
        """Say why training cannot go on."""
        self._say_last(msgspec.structs.replace(self.status("failed", sentence), wrong=wrong))

    def status(self, phase: str, sentence: str = "") -> Status:
        """Return what is to be said now."""
        return Status(
            phase=phase,  # type: ignore[arg-type]
            step=self._training.step,
            epoch=self._training.epoch,
            tokens_per_second=self._rate,
            best_accuracy=self._recorder.best,
            sentence=sentence,
            pid=os.getpid(),
            host=socket.gethostname(),
            time=time.time(),
            obeyed=sha256(self._request) if self._request else "",
        )

    def _say(self, phase: str) -> None:
        if time.monotonic() - self._said_at > _SAY_SECONDS or self._phase != phase:
            self._phase = phase
            self.say(self.status(phase))

    def _look(self) -> None:
        request = self._folder.request()
        if request and request != self._request:
            self._request, self._control = request, decode_control(request) or self._control
            self._phase = ""  # what is obeyed is said at once
        self.stopped |= self._control.stop

    def _is_held(self) -> bool:
        control, training = self._control, self._training
        if training.step >= training.task.steps:
            return False
        done = control.until_step is not None and training.step >= control.until_step
        return done or (control.until_epoch is not None and training.epoch >= control.until_epoch)

    def _is_early(self) -> bool:
        speed = self._control.steps_per_second
        return speed is not None and time.monotonic() - self._stepped_at < 1.0 / max(speed, 1e-3)
