"""Shows a model of this process in a window of its own process: this process is the engine.

The model stays where it is, on its device. Threads answer the window's queries, one for typing and one for
what takes longer.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from torch import nn

from lstm_viz import isolated
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import serve
from lstm_viz.socket_pair import connected_pair, inherited, ticket
from lstm_viz.subjects.given import Given
from lstm_viz.subjects.module import Decode, Encode, ModuleSubject, given_inputs
from lstm_viz.subjects.readout import ReadoutKind
from lstm_viz.subjects.traces import trace_subject
from lstm_viz.subjects.whole import WholeSubject
from lstm_viz.tracing import SavedTrace, Trace
from lstm_viz.wire import WireError

_WINDOW = ("-m", "lstm_viz.app.shell.live")
_PICTURE = ("-m", "lstm_viz.app.shell.live_grab")
_CONNECTIONS = 2  # for typing, and for details


class LiveWindow:
    """A window that was opened by `show`, or is drawn by `grab` with the options ``picture``.

    It is closed with this process at the latest.
    """

    def __init__(self, subject: WholeSubject, picture: Mapping[str, Any] | None = None) -> None:
        arguments = _WINDOW if picture is None else _PICTURE
        pairs = [connected_pair() for _ in range(_CONNECTIONS)]
        ours, theirs = zip(*pairs, strict=True)
        try:
            self._process = subprocess.Popen(
                isolated.command(*arguments, life_line="always"),
                stdin=subprocess.PIPE,
                stderr=None if picture is None else subprocess.PIPE,
                env=isolated.environment(),
                pass_fds=[fd for one in theirs for fd in inherited(one)],
                start_new_session=True,
            )
            tickets = [ticket(one, self._process.pid).decode() for one in theirs]
            self._introduce(subject, tickets, picture or {})
        except OSError:
            for one in ours:
                one.close()
            raise
        finally:
            for one in theirs:
                one.close()
        self._engines = [
            threading.Thread(target=_serve, args=(one, subject), name="engine", daemon=True) for one in ours
        ]
        for engine in self._engines:
            engine.start()
        if picture is None:
            threading.Thread(target=self._process.wait, name="window", daemon=True).start()

    @property
    def is_open(self) -> bool:
        """Whether the window is open."""
        return self._process.poll() is None

    def wait(self) -> None:
        """Wait until the window is closed; Ctrl+C closes it."""
        try:
            self._process.wait()
        except KeyboardInterrupt:
            self.close()
            raise

    def close(self) -> None:
        """Close the window."""
        if self.is_open:
            self._process.terminate()
        self._process.wait()

    def drawn(self) -> None:
        """Wait for the picture; raises `PictureError` if there is none."""
        assert self._process.stderr is not None
        with self._process.stderr as printed:
            message = printed.read().decode("utf-8", "replace").strip()
        status = self._process.wait()
        for engine in self._engines:
            engine.join()  # it ends with the connection
        if status:
            raise PictureError(message)

    def _introduce(self, subject: WholeSubject, tickets: list[str], picture: Mapping[str, Any]) -> None:
        identity, pipe = subject.identity, self._process.stdin
        assert pipe is not None
        line = json.dumps(
            {"tickets": tickets, "uri": identity.uri, "text": identity.home, "grab": dict(picture)}
        )
        pipe.write(line.encode() + b"\n")
        pipe.flush()  # it stays open: the life line of the window


class PictureError(Exception):
    """A picture cannot be drawn or written; the message is why."""


def show(
    model: nn.Module | Trace | SavedTrace,
    inputs: Any = None,
    *,
    encode: Encode | None = None,
    decode: Decode | None = None,
    text: str = "",
    predicts: ReadoutKind | None = None,
    reads: str = "steps",
    labels: Iterable[Any] = (),
    targets: Any = None,
    features: Sequence[str] = (),
    occlude_with: str = "",
    title: str = "",
    block: bool | None = None,
) -> LiveWindow:
    """Open a window on a model of this process, or on a trace.

    Parameters
    ----------
    model : nn.Module, Trace or SavedTrace
        A model with recurrent parts. It is in eval mode while it is read, and left as it is: so another
        thread must not train it as long as the window is open. Of a trace, what follows from its numbers is
        shown; it has no weights, and but for the title needs nothing else.
    inputs
        The arguments of one call of the model, instead of ``encode``: a tuple is the positional ones, a dict
        the keyword arguments, anything else the only one. Each sequence of the batch can be chosen.
    labels : iterable
        The labels of the steps of ``inputs``, such as their times; without them their numbers, from 1.
    encode, decode, text, predicts, reads, targets, features, occlude_with, title
        As of `lstm_viz.subjects.module.ModuleSubject`.
    block : bool or None
        Whether to wait until the window is closed; if not given, unless Python is interactive.

    Returns
    -------
    LiveWindow

    Raises
    ------
    lstm_viz.subjects.errors.ModelError
        If the model cannot be called with ``text`` or ``inputs``, or the trace lacks some quantities.
    OSError
        If no window can be started.
    """
    subject = _subject(
        model,
        inputs,
        encode,
        decode,
        labels=labels,
        title=title,
        text=text,
        predicts=predicts,
        reads=reads,
        targets=targets,
        features=features,
        occlude_with=occlude_with,
    )
    window = LiveWindow(subject)
    if not _is_interactive() if block is None else block:
        window.wait()
    return window


def grab(
    model: nn.Module | Trace | SavedTrace,
    inputs: Any = None,
    out: str | os.PathLike[str] = "",
    *,
    encode: Encode | None = None,
    decode: Decode | None = None,
    text: str = "",
    predicts: ReadoutKind | None = None,
    reads: str = "steps",
    labels: Iterable[Any] = (),
    targets: Any = None,
    features: Sequence[str] = (),
    occlude_with: str = "",
    title: str = "",
    **picture: Any,
) -> None:
    """Draw the window on a model of this process into a picture, without a screen.

    Parameters
    ----------
    model, inputs, encode, decode, text, predicts, reads, labels, targets, features, occlude_with, title
        As of `show`.
    out : path
        The picture to write.
    **picture
        As of ``lstm-viz grab``, with indices from 0: ``step``, ``unit``, ``module``, ``layer``,
        ``direction``, ``panel``, ``target``, ``compare``, ``size``, ``theme``, ``scale``, ….

    Raises
    ------
    PictureError
        If something that is asked for does not exist, or the picture cannot be written.
    lstm_viz.subjects.errors.ModelError, OSError
        As of `show`.
    """
    subject = _subject(
        model,
        inputs,
        encode,
        decode,
        labels=labels,
        title=title,
        text=text,
        predicts=predicts,
        reads=reads,
        targets=targets,
        features=features,
        occlude_with=occlude_with,
    )
    path = os.path.abspath(os.fspath(out))  # noqa: PTH100  # str or bytes stay what they are
    window = LiveWindow(subject, {"text": subject.identity.home, **picture, "out": path})
    try:
        window.drawn()
    finally:
        window.close()


def _subject(
    model: nn.Module | Trace | SavedTrace,
    inputs: Any,
    encode: Encode | None,
    decode: Decode | None,
    *,
    labels: Iterable[Any],
    title: str,
    **how: Any,
) -> WholeSubject:
    """Return a model or a trace as a subject; errors of it are raised here, and not in the window."""
    if isinstance(model, Trace | SavedTrace):
        return trace_subject(model, title)
    given: Mapping[str, Given] = {} if encode is not None else given_inputs(model, inputs, labels)
    subject = ModuleSubject(model, encode, decode, given, title=title, **how)
    _ = subject.recurrents
    return subject


def _serve(connection: Any, subject: WholeSubject) -> None:
    with connection, suppress(OSError, WireError):  # the window was closed, or killed within a message
        serve(connection, Reader((subject,)))


def _is_interactive() -> bool:
    return hasattr(sys, "ps1") or bool(sys.flags.interactive) or _is_in_ipython()


def _is_in_ipython() -> bool:
    """Return whether IPython runs this code; a script may have imported it for something else."""
    module = sys.modules.get("IPython")
    return module is not None and module.get_ipython() is not None
