"""Capturing of everything that the recurrent modules of a model compute within a ``with`` block."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Literal

from torch import nn

from lstm_viz.cells import QUANTITIES
from lstm_viz.tracing.errors import NotCapturedError
from lstm_viz.tracing.left_out import LeftOut
from lstm_viz.tracing.listener import Listener
from lstm_viz.tracing.modules import Chosen, strip_wrappers, unwrapped, wanted
from lstm_viz.tracing.reading import Reader
from lstm_viz.tracing.recorder import Callback, Recorder
from lstm_viz.tracing.trace import Trace, sequences
from lstm_viz.tracing.tracks import Track

_NAMES = frozenset(QUANTITIES)


class Capture:
    """The traces of the recurrent modules of a model, call by call."""

    def __init__(self, model: nn.Module, recorder: Recorder, *, keeps: bool) -> None:
        self._model, self._recorder, self._keeps = model, recorder, keeps

    @property
    def calls(self) -> Mapping[str, list[Trace]]:
        """Every trace kept, in the order of the calls, by module path ("" is the model itself).

        A module with two paths is under both. Consecutive steps of an ``nn.LSTMCell``, ``nn.GRUCell`` or
        ``nn.RNNCell`` are one trace.
        """
        tracks = self._recorder.tracks
        return MappingProxyType({path: tracks[m].traces() for path, m in self._recorder.paths.items()})

    @property
    def skipped(self) -> tuple[LeftOut, ...]:
        """The recurrent parts of the model that were not captured, with the reason."""
        return tuple(self._recorder.left_out)

    def __getitem__(self, which: str | nn.Module) -> Trace:
        """Return the latest trace of a module, given by its path or itself.

        ``module.`` and ``_orig_mod.``, which torch's wrappers insert into paths, may be omitted.

        Raises
        ------
        NotCapturedError
            If there is no recurrent module at that path, or no call of it was recorded.
        """
        path = self._path(which)
        traces = self._traces(path)
        if not traces:
            raise NotCapturedError(self._why_nothing(path))
        return traces[-1]

    def sequences(self, which: str | nn.Module) -> list[Trace]:
        """Return the traces of a module, with traces that continue one another joined.

        A model that is called step by step has a trace for each step; here they become one trace for each
        time that the state was reset.
        """
        return sequences(self._traces(self._path(which)))

    def clear(self) -> None:
        """Remove all traces."""
        for track in self._recorder.tracks.values():
            track.clear()

    def __repr__(self) -> str:
        tracks, skipped = set(self._recorder.tracks.values()), len(self._recorder.left_out)
        count = sum(track.count for track in tracks)
        return f"Capture(modules={len(tracks)}, traces={count}, skipped={skipped})"

    def _traces(self, path: str) -> list[Trace]:
        return self._recorder.tracks[self._recorder.paths[path]].traces()

    def _path(self, which: str | nn.Module) -> str:
        paths = self._recorder.paths
        if isinstance(which, nn.Module):
            found = [path for path, module in paths.items() if module is unwrapped(which)]
        else:
            found = (
                [which]
                if which in paths
                else [p for p in paths if strip_wrappers(p) == strip_wrappers(which)]
            )
        if len(found) == 1 or (found and isinstance(which, nn.Module)):
            return found[0]
        known = ", ".join(map(repr, paths)) or "none"
        out = [str(part) for part in self._recorder.left_out if isinstance(which, str) and part.path == which]
        what = repr(which) if isinstance(which, str) else f"this {type(which).__name__}"
        raise NotCapturedError("; ".join([f"no recurrent module at {what}; there is {known}", *out]))

    def _why_nothing(self, path: str) -> str:
        reasons = [part.reason for part in self._recorder.left_out if part.path == path]
        if reasons:
            return f"the module at {path!r} was left out: {reasons[0]}"
        if not self._keeps:
            return f"the traces of {path!r} were given to the callback"
        reason = f"the module at {path!r} was not called in this thread"
        if self._recorder.recomputed:
            reason += " but in a backward pass, where checkpointing computes again what was computed before"
        elif self._recorder.foreign:
            reason += f" (calls of recurrent modules that are not in the model: {self._recorder.foreign})"
        return reason


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

    Calls of torch's kernels are intercepted in this thread, and nothing is changed in the model: it may be
    copied, pickled, compiled, called by other threads, and may call ``forward`` of its modules. Its outputs,
    gradients, mode and random numbers are the same as without a capture, unless ``exact`` is false. (An
    ``nn.TransformerEncoderLayer`` in evaluation mode does not use its fast path while any torch function mode
    is active; its last bits differ.)

    Parameters
    ----------
    model : nn.Module
    modules : paths, modules, or a function of a path and a module that returns a bool
        The modules that are captured, with all their submodules; all modules if not given.
    quantities : collection of str
        The quantities that are kept, of "x", "i", "f", "g", "o", "c", "h", "r", "z" and "n"; all if not
        given. They are computed during the model's call, and everything else is freed.
    keep : "all", "last" or int
        The number of latest traces of each module that are kept.
    callback : callable
        Called with a module's path and each trace as soon as it is complete, instead of keeping any.
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

    Warns
    -----
    CaptureWarning
        At the end of the block, about modules that were not captured.

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
    reader, most = Reader(_names(quantities), strict=strict), 0 if callback else _most(keep)
    recorder = Recorder(model, wanted(model, modules), lambda path: Track(path, reader, most), callback)
    with Listener(recorder.record, recorder.count_recomputed, exact=exact):
        try:
            yield Capture(model, recorder, keeps=callback is None)
        finally:
            recorder.end()
    recorder.warn()


# ---------------------------------------------------------------- options


def _names(quantities: Collection[str] | None) -> frozenset[str] | None:
    if quantities is None:
        return None
    unknown = sorted(set(quantities) - _NAMES)
    if unknown:
        raise ValueError(
            f"no quantities are called {', '.join(unknown)}; there is {', '.join(sorted(_NAMES))}"
        )
    return frozenset(quantities)


def _most(keep: Literal["all", "last"] | int) -> int | None:
    if keep == "all":
        return None
    if keep == "last":
        return 1
    if isinstance(keep, int) and keep > 0:
        return keep
    raise ValueError(f"keep is 'all', 'last' or how many, not {keep!r}")
