"""Applies ``control.json`` and signals between steps, and writes ``status.json``."""

import contextlib
import os
import signal
import socket
import time
from types import FrameType
from typing import Any

import msgspec

from lstm_viz.files.checksums import sha256
from lstm_viz.runs.folder import Control, Divergence, RunFolder, Status, decode_control
from lstm_viz.runs.history import Line, Step
from lstm_viz.training.loop import Training
from lstm_viz.training.recorder import Recorder

_STATUS_SECONDS = 0.5
_WAIT_SECONDS = 0.02
_RATE_STEPS = 0.9  # weight of the past in the moving averages of tokens and seconds per step


class RunController:
    """Applies ``control.json`` and SIGINT or SIGTERM, and keeps ``status.json`` up to date.

    Attributes
    ----------
    stopped : bool
        Whether a stop was requested.
    """

    def __init__(self, folder: RunFolder, training: Training, recorder: Recorder) -> None:
        self._folder, self._training, self._recorder = folder, training, recorder
        self._control, self._request = Control(), b""
        self._written_at, self._stepped_at, self._last_line = 0.0, time.monotonic(), time.monotonic()
        self._tokens, self._seconds = 0.0, 0.0
        self._phase = ""
        self._previous_handlers: dict[int, Any] = {}
        self.stopped = False
        self._read_control()

    def install_signal_handlers(self, *, once: bool = True) -> None:
        """Stop after the current step on SIGINT and SIGTERM.

        ``once``: a second signal of the same number ends the program immediately.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous_handlers[number] = signal.signal(number, self._stop_once if once else self._stop)

    def restore_signal_handlers(self) -> None:
        """Restore the handlers from before `install_signal_handlers`."""
        for number, handler in self._previous_handlers.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopped = True

    def _stop_once(self, number: int, frame: FrameType | None) -> None:
        self.stopped = True
        signal.signal(number, signal.SIG_DFL)

    def may_continue(self) -> bool:
        """Return whether to take another step; blocks while the training is paused or throttled.

        The state is saved before a pause. Waiting does not change what is computed.
        """
        if not self._training.settled:
            return True
        self._read_control()
        while not self.stopped and (self._is_paused() or self._is_throttled()):
            if self._is_paused():
                self._recorder.save(self._training)
                self._last_line = time.monotonic()  # unlike slow motion, a pause does not count for the rate
            self._report("paused" if self._is_paused() else "training")
            time.sleep(_WAIT_SECONDS)
            self._read_control()
        self._report("training")
        return not self.stopped

    def take(self, line: Line) -> None:
        """Update the tokens per second from a line of the history."""
        now = time.monotonic()
        if isinstance(line, Step) and line.tokens:
            self._tokens = _RATE_STEPS * self._tokens + line.tokens
            self._seconds = _RATE_STEPS * self._seconds + now - self._last_line
            self._stepped_at = now
        self._last_line = now

    def write(self, status: Status) -> None:
        """Write the status; a full disk is ignored."""
        with contextlib.suppress(OSError):
            self._folder.write_status(status)
        self._written_at = time.monotonic()

    def _write_final(self, status: Status) -> None:
        """Write the final status; try again if it fails once."""
        try:
            self._folder.write_status(status)
        except OSError:
            self.write(status)

    def end(self) -> None:
        """Write that training has finished or was stopped."""
        self._write_final(self.status("finished" if self._training.finished else "stopped"))

    def fail(self, message: str, divergence: Divergence | None = None) -> None:
        """Write why training cannot continue."""
        self._write_final(msgspec.structs.replace(self.status("failed", message), divergence=divergence))

    def status(self, phase: str, message: str = "") -> Status:
        """Return the current status."""
        return Status(
            phase=phase,  # type: ignore[arg-type]
            step=self._training.step,
            epoch=self._training.epoch,
            tokens_per_second=self._tokens / self._seconds if self._seconds else None,
            best_accuracy=self._recorder.best,
            message=message,
            pid=os.getpid(),
            host=socket.gethostname(),
            time=time.time(),
            obeyed=sha256(self._request) if self._request else "",
        )

    def _report(self, phase: str) -> None:
        if time.monotonic() - self._written_at > _STATUS_SECONDS or self._phase != phase:
            self._phase = phase
            self.write(self.status(phase))

    def _read_control(self) -> None:
        request = self._folder.request()
        if request and request != self._request:
            self._request, self._control = request, decode_control(request) or self._control
            self._phase = ""  # an applied control is reported immediately
        self.stopped |= self._control.stop

    def _is_paused(self) -> bool:
        control, training = self._control, self._training
        if training.step >= training.task.steps:
            return False
        done = control.until_step is not None and training.step >= control.until_step
        return done or (control.until_epoch is not None and training.epoch >= control.until_epoch)

    def _is_throttled(self) -> bool:
        speed = self._control.steps_per_second
        return speed is not None and time.monotonic() - self._stepped_at < 1.0 / max(speed, 1e-3)
