"""Capturing of everything that the recurrent modules of a model compute within a ``with`` block."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from torch import nn

from lstm_viz.cells import QUANTITIES
from lstm_viz.tracing.errors import NotCapturedError
from lstm_viz.tracing.listener import Listener
from lstm_viz.tracing.modules import Chosen, is_inside, strip_wrappers, unwrapped, wanted
from lstm_viz.tracing.reading import TraceReader
from lstm_viz.tracing.recorder import Callback, CallRecorder
from lstm_viz.tracing.skipped import SkippedModule
from lstm_viz.tracing.trace import Trace, sequences
from lstm_viz.tracing.tracks import Track

_NAMES = frozenset(QUANTITIES)


class Calls(Mapping[str, list[Trace]]):
    """The traces of each captured module, in the order of the calls, by module path.

    Modules are keys, too, and ``module.`` and ``_orig_mod.``, which torch's wrappers insert into paths, may
    be omitted.
    """

    def __init__(self, recorder: CallRecorder) -> None:
        self._recorder = recorder

    def __getitem__(self, which: str | nn.Module) -> list[Trace]:
        return self._recorder.track_at(self.path_of(which)).traces()

    def __iter__(self) -> Iterator[str]:
        return iter(self._recorder.paths)

    def __len__(self) -> int:
        return len(self._recorder.paths)

    def __repr__(self) -> str:
        return repr(dict(self))

    def path_of(self, which: str | nn.Module) -> str:
        """Return the path of a captured module.

        Raises
        ------
        NotCapturedError
            If there is none, or several without the names of wrappers.
        """
        paths = self._recorder.paths
        if isinstance(which, nn.Module):
            found = [path for path, module in paths.items() if module is unwrapped(which)][:1]
        elif which in paths:
            found = [which]
        else:
            found = [path for path in paths if strip_wrappers(path) == strip_wrappers(str(which))]
        if len(found) == 1:
            return found[0]
        known = ", ".join(map(repr, paths)) or "none"
        if isinstance(which, nn.Module):
            raise NotCapturedError(f"this {type(which).__name__} was not captured; there is {known}")
        outer = strip_wrappers(str(which))
        skipped = [str(m) for m in self._recorder.skipped if is_inside(strip_wrappers(m.path), outer)]
        raise NotCapturedError("; ".join([f"no captured module at {which!r}; there is {known}", *skipped]))


class Capture:
    """The traces of the recurrent modules of a model, call by call."""

    def __init__(self, recorder: CallRecorder, *, keeps: bool) -> None:
        self._recorder, self._keeps = recorder, keeps

    @property
    def calls(self) -> Calls:
        """Every trace kept, in the order of the calls, by module path ("" is the model itself).

        A module with two paths is under both. Consecutive steps of an ``nn.LSTMCell``, ``nn.GRUCell`` or
        ``nn.RNNCell`` are one trace.
        """
        return Calls(self._recorder)

    @property
    def skipped(self) -> tuple[SkippedModule, ...]:
        """The recurrent modules of the model that were not captured, with the reason."""
        return tuple(self._recorder.skipped)

    def __getitem__(self, which: str | nn.Module) -> Trace:
        """Return the latest trace of a module, given by its path or itself.

        ``module.`` and ``_orig_mod.``, which torch's wrappers insert into paths, may be omitted.

        Raises
        ------
        NotCapturedError
            If there is no recurrent module at that path, or no call of it was recorded.
        """
        traces = self.calls[which]
        if not traces:
            raise NotCapturedError(self._why_no_trace(self.calls.path_of(which)))
        return traces[-1]

    def sequences(self, which: str | nn.Module) -> list[Trace]:
        """Return the traces of a module, with traces that continue one another joined.

        A model that is called step by step has a trace for each step; here they become one trace for each
        time that the state was changed between two steps: reset, also of some sequences of the batch only,
        or reordered in a beam search.
        """
        return sequences(self.calls[which])

    def clear(self) -> None:
        """Remove all traces."""
        for track in self._recorder.tracks.values():
            track.clear()

    def __repr__(self) -> str:
        tracks, skipped = set(self._recorder.tracks.values()), len(self._recorder.skipped)
        count = sum(track.count for track in tracks)
        return f"Capture(modules={len(tracks)}, traces={count}, skipped={skipped})"

    def _why_no_trace(self, path: str) -> str:
        track, at = self._recorder.track_at(path), f"the module at {path!r}"
        reasons = [module.reason for module in self._recorder.skipped if module.path == track.path]
        if reasons:
            return f"{at} was skipped: {reasons[0]}"
        if track.was_called:
            how = "removed by clear()" if self._keeps else "given to the callback"
            return f"the traces of {path!r} were {how}"
        reason = f"{at} did not call torch's kernel in the thread of the capture"
        return "; ".join([reason, *self._recorder.hints()])


@contextmanager
def capture(
    model: nn.Module,
    *,
    modules: Chosen | None = None,
    quantities: Collection[str] | None = None,
    keep: Literal["all", "last"] | int = "all",
    callback: Callback | None = None,
    exact: bool = True,
    strict: bool = True,
) -> Iterator[Capture]:
    """Capture all quantities of every ``nn.LSTM``, ``nn.GRU``, ``nn.RNN`` and their cells in ``model``.

    Calls of torch's kernels are intercepted in this thread only, and nothing is changed in the model: it may
    be copied, pickled, compiled, called by other threads, and may call ``forward`` of its modules. Its
    outputs, gradients, mode and random numbers are the same as without a capture, unless ``exact`` is false.
    (An ``nn.TransformerEncoderLayer`` in evaluation mode does not use its fast path while any torch function
    mode is active; its last bits differ.)

    Parameters
    ----------
    model : nn.Module
    modules : paths, modules, or a function of a path and a module that returns a bool
        The modules that are captured, with all their submodules; all modules if not given. For the modules of
        a class: ``lambda path, module: isinstance(module, nn.GRU)``.
    quantities : collection of str
        The quantities that are kept, of "x", "i", "f", "g", "o", "c", "h", "r", "z" and "n"; all if not
        given. They are computed during the model's call, and everything else is freed; to join traces and for
        `Trace.state_after`, h and c are needed.
    keep : "all", "last" or int
        The number of latest traces of each module that are kept.
    callback : callable
        Called as ``callback(path, trace)`` with each trace as soon as it is complete, instead of keeping any.
    exact : bool
        Whether the outputs are bitwise identical to those without a capture. If not, an LSTM in float32 on
        the CPU without gradients runs on the kernel that keeps its gates, which saves running it again; its
        outputs differ by about 2e-7.
    strict : bool
        Whether a trace whose proof fails raises `ProofError` when it is read, or warns.

    Yields
    ------
    Capture

    Raises
    ------
    NoRecurrentModuleError
        If there is nothing in ``model`` that can be captured.
    NotCapturedError
        If ``modules`` names something that is not in ``model``.

    Warns
    -----
    CaptureWarning
        At the end of the block, about modules that were not captured, and if no call was recorded at all.

    Examples
    --------
    >>> with lstm_viz.capture(model) as capture:
    ...     model(inputs)
    >>> trace = capture["encoder.lstm"]
    >>> trace.f[0, 0, :, 0]  # forget gate of layer 0, forward, all steps of the first sequence: (T, H)

    Notes
    -----
    A call is recorded in about 0.1 ms, and its gates are computed and proven when the trace is read. With
    gradients enabled, those of an LSTM in float32 on the CPU are read from what torch keeps for the backward
    pass. Under ``torch.no_grad()`` torch keeps nothing, and its kernel runs once more to keep them. All other
    calls (other cells and devices, packed sequences) are computed from input, output and weights.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"a capture is of an nn.Module, not of {type(model).__name__}: {model!r}")
    reader, most = TraceReader(_names(quantities), strict=strict), 0 if callback else _most(keep)
    recorder = CallRecorder(model, wanted(model, modules), lambda path: Track(path, reader, most), callback)
    with Listener(recorder.record, recorder.count_recomputed, exact=exact):
        try:
            yield Capture(recorder, keeps=callback is None)
        finally:
            recorder.end()
    recorder.warn()


# ---------------------------------------------------------------- options


def _names(quantities: Collection[str] | None) -> frozenset[str] | None:
    if quantities is None:
        return None
    unknown = sorted(set(quantities) - _NAMES)
    if unknown:
        known = ", ".join(sorted(_NAMES))
        raise ValueError(f"no quantities are called {', '.join(unknown)}; there is {known}")
    return frozenset(quantities)


def _most(keep: Literal["all", "last"] | int) -> int | None:
    if keep == "all":
        return None
    if keep == "last":
        return 1
    if isinstance(keep, int) and keep > 0:
        return keep
    raise ValueError(f"keep is 'all', 'last' or a number from 1 on, not {keep!r}")
