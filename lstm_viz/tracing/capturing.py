"""Capturing: what every recurrent module of a model computes, for as long as a ``with`` block lasts."""

import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, MappingProxyType
from typing import Literal

from torch import Tensor, nn

from lstm_viz.tracing.callers import calling_frames, is_recurrent, unsorted_of
from lstm_viz.tracing.errors import CaptureWarning, NoRecurrentModuleError, NotCapturedError
from lstm_viz.tracing.hearing import Heard, NoNumbersError
from lstm_viz.tracing.left_out import BY_HAND, LeftOut, has_own_matrices, left_out_of
from lstm_viz.tracing.listener import Listener
from lstm_viz.tracing.reading import Reader
from lstm_viz.tracing.trace import Trace, sequences
from lstm_viz.tracing.tracks import Callback, Track
from lstm_viz.tracing.used_weights import WeightCopies

Chosen = Iterable[str | nn.Module] | Callable[[str, nn.Module], bool]

_NAMES = frozenset("xifgochrzn")
#: What torch's wrappers put in front of a path.
_WRAPPERS = ("module", "_orig_mod")


class Capture:
    """What the recurrent modules of a model computed, call by call."""

    def __init__(self, model: nn.Module, reader: Reader, most: int | None, callback: Callback | None) -> None:
        self._model, self._reader = model, reader
        self._most, self._callback = most, callback
        self._tracks: dict[nn.Module, Track] = {}
        self._paths: dict[str, nn.Module] = {}
        self._ignored: set[nn.Module] = set()
        self._left_out = left_out_of(model)
        self._copies = WeightCopies()
        self._foreign = self._again = 0

    # ------------------------------------------------------------ what is asked

    @property
    def calls(self) -> Mapping[str, list[Trace]]:
        """Every trace kept, in the order of the calls, by module path ("" is the model itself).

        A module with two paths is under both. Steps of an ``nn.LSTMCell``, ``nn.GRUCell`` or ``nn.RNNCell``
        that follow each other are one trace.
        """
        return MappingProxyType({path: self._tracks[m].traces() for path, m in self._paths.items()})

    @property
    def skipped(self) -> tuple[LeftOut, ...]:
        """The recurrent parts of the model that were not captured, with the reason."""
        return tuple(self._left_out)

    def __getitem__(self, which: str | nn.Module) -> Trace:
        """Return the latest trace of a module, given by its path or as it is.

        ``module.`` and ``_orig_mod.``, which torch's wrappers put into paths, may be left out.

        Raises
        ------
        NotCapturedError
            If there is no recurrent module at that path, or no call of it was seen.
        """
        path = self._path(which)
        traces = self._tracks[self._paths[path]].traces()
        if not traces:
            raise NotCapturedError(self._why_nothing(path))
        return traces[-1]

    def sequences(self, which: str | nn.Module) -> list[Trace]:
        """Return the traces of a module, each joined to the one that it goes on from.

        A model that is called step by step leaves a trace for each step; here they become one trace for
        each time that the state was set anew.
        """
        return sequences(self._tracks[self._paths[self._path(which)]].traces())

    def clear(self) -> None:
        """Forget every trace."""
        for track in self._tracks.values():
            track.clear()

    def __repr__(self) -> str:
        count = sum(len(track.traces()) for track in self._tracks.values())
        return f"Capture(modules={len(self._tracks)}, traces={count}, skipped={len(self._left_out)})"

    def _path(self, which: str | nn.Module) -> str:
        if isinstance(which, nn.Module):
            found = [path for path, module in self._paths.items() if module is _unwrapped(which)]
        else:
            found = [which] if which in self._paths else [p for p in self._paths if _bare(p) == _bare(which)]
        if len(found) == 1 or (found and isinstance(which, nn.Module)):
            return found[0]
        known = ", ".join(map(repr, self._paths)) or "none"
        out = [str(part) for part in self._left_out if isinstance(which, str) and part.path == which]
        what = repr(which) if isinstance(which, str) else f"this {type(which).__name__}"
        raise NotCapturedError("; ".join([f"no recurrent module at {what}; there is {known}", *out]))

    def _why_nothing(self, path: str) -> str:
        reasons = [part.reason for part in self._left_out if part.path == path]
        if reasons:
            return f"the module at {path!r} was left out: {reasons[0]}"
        said = f"the module at {path!r} was not called"
        if self._callback is not None:
            return f"the traces of {path!r} were given to the callback"
        if _is_compiled(self._model):
            said += ", or torch.compile made its kernel part of other code: see torch.compiler.set_stance('force_eager')"
        elif self._again:
            said += " but in a backward pass, where checkpointing computes again what was computed before"
        elif self._foreign:
            said += f" (calls of recurrent modules that are not in the model: {self._foreign})"
        return said

    # ------------------------------------------------------------ what is heard

    def _listen_to(self, wants: Callable[[str, nn.Module], bool]) -> None:
        """Give every recurrent module that is wanted its track."""
        self._wants = wants
        for path, module in self._model.named_modules(remove_duplicate=False):
            if is_recurrent(module):
                self._consider(path, module)

    def _consider(self, path: str, module: nn.Module) -> None:
        if self._wants(path, module):
            self._add(path, module)
        else:
            self._ignored.add(module)

    def _add(self, path: str, module: nn.Module) -> None:
        self._paths[path] = module
        if module not in self._tracks:
            self._tracks[module] = Track(path, self._reader, self._most, self._callback)

    def _hear(self, heard: Heard) -> None:
        """Keep what was heard; whatever happens, the model goes on."""
        found: tuple[Track, FrameType | None] | None = None
        try:
            found = self._whose(heard)
            if found is None:
                return
            track, frame = found
            unsorted = None if frame is None else unsorted_of(frame)
            track.add(heard.copy(lambda weights: self._copies.of(track.path, weights), unsorted))
        except NoNumbersError as error:
            self._leave_out(found, heard, str(error))
        except Exception as error:
            self._leave_out(found, heard, f"a call could not be recorded: {type(error).__name__}: {error}")

    def _hear_again(self) -> None:
        self._again += 1

    def _leave_out(self, found: tuple[Track, FrameType | None] | None, heard: Heard, reason: str) -> None:
        path = found[0].path if found else ""
        kind = type(self._paths[path]).__name__ if path in self._paths else heard.kernel.mode
        part = LeftOut(path, kind, reason)
        if part not in self._left_out:
            self._left_out.append(part)

    def _whose(self, heard: Heard) -> tuple[Track, FrameType | None] | None:
        """Return the track of the module that called the kernel, and its frame; None if it is not captured."""
        module, frame = next(calling_frames(), (None, None))
        if module is not None and module not in self._tracks and module not in self._ignored:
            self._look_for(module)
        if module in self._tracks:
            return self._tracks[module], frame
        if module in self._ignored:
            return None
        if module is None or not is_recurrent(module):
            by_weights = self._by_weights(heard.weights[0])
            if by_weights is not None:
                return by_weights, None
        self._foreign += 1
        return None

    def _look_for(self, module: nn.Module) -> None:
        """Look whether a module is in the model after all: added in the block, or running kernels itself."""
        paths = [path for path, m in self._model.named_modules(remove_duplicate=False) if m is module]
        for path in paths:
            self._consider(path, module)
        # it has the weights of a cell written by hand, and runs torch's kernel on them
        self._left_out[:] = [p for p in self._left_out if p.path not in paths or p.reason != BY_HAND]

    def _by_weights(self, first: Tensor) -> Track | None:
        """Return the track of the one module whose weights these are: of code that torch.compile made."""
        owners = [module for module in self._tracks if _first_weight(module) == first.data_ptr()]
        return self._tracks[owners[0]] if len(owners) == 1 else None

    def _begin(self, wants: Callable[[str, nn.Module], bool]) -> None:
        self._listen_to(wants)
        if not self._tracks and not self._ignored and not self._may_call_kernels():
            raise NoRecurrentModuleError(self._nothing())

    def _end(self) -> None:
        for track in self._tracks.values():
            track.end()

    def _say(self) -> None:
        """Say what was left out, and that there was nothing."""
        if not self._tracks and not self._ignored:
            raise NoRecurrentModuleError(self._nothing())
        if self._left_out:
            said = "; ".join(map(str, self._left_out))
            warnings.warn(f"not captured: {said}", CaptureWarning, stacklevel=4)

    def _may_call_kernels(self) -> bool:
        """Return whether a module that has none of torch's inside could still call their kernels itself."""
        return any(part.reason == BY_HAND for part in self._left_out) or has_own_matrices(self._model)

    def _nothing(self) -> str:
        """Return what to say of a model in which there is nothing to capture."""
        said = f"{type(_unwrapped(self._model)).__name__} has no nn.LSTM, nn.GRU, nn.RNN or cell of theirs"
        return "; ".join([said, *map(str, self._left_out)])


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
    """Capture what every ``nn.LSTM``, ``nn.GRU``, ``nn.RNN`` and cell of theirs in ``model`` computes.

    Torch's kernels are listened to, in this thread, and nothing is changed in the model: it may be copied,
    pickled, compiled, called by other threads, and call ``forward`` of its modules as it likes. Its outputs,
    gradients, mode and random numbers are what they would be without it. (An ``nn.TransformerEncoderLayer`` in
    evaluation mode does not take its fast path while a torch function mode is on; its last bits differ.)

    Parameters
    ----------
    model : nn.Module
    modules : names, modules, or a function of a path and a module that returns a bool
        Which modules are captured; all of them if not given.
    quantities : collection of str
        What is kept of a trace, of "x", "i", "f", "g", "o", "c", "h", "r", "z" and "n"; all if not given. They are
        computed in the model's call, and all else is let go.
    keep : "all", "last" or int
        How many traces of each module are kept, the latest.
    callback : callable
        Called with a module's path and each trace as soon as it is complete, instead of keeping any.
    exact : bool
        Whether the outputs are, bit by bit, those that there would be without a capture. If not, an LSTM
        in float32 on the CPU without gradients runs on the kernel that keeps its gates, which saves running
        it again; its outputs differ by about 2e-7.
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
        At the end of the block, of what was left out.

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
    pass. Under ``torch.no_grad()`` torch keeps nothing, and its kernel runs once more to keep it. Everything
    else (other cells and devices, packed sequences) is computed from input, output and weights.
    """
    captured = Capture(model, Reader(_names(quantities), strict=strict), _most(keep), callback)
    captured._begin(_wanted(model, modules))
    with Listener(captured._hear, captured._hear_again, exact=exact):
        try:
            yield captured
        finally:
            captured._end()
    captured._say()


# ---------------------------------------------------------------- what was asked for


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


def _wanted(model: nn.Module, chosen: Chosen | None) -> Callable[[str, nn.Module], bool]:
    if chosen is None:
        return lambda path, module: True
    if callable(chosen):
        return chosen
    wanted = list(chosen)
    paths = {path for path, module in model.named_modules(remove_duplicate=False) if is_recurrent(module)}
    for one in wanted:
        if isinstance(one, str) and _bare(one) not in map(_bare, paths):
            known = ", ".join(map(repr, sorted(paths)))
            raise NotCapturedError(f"no recurrent module at {one!r}; there is {known or 'none'}")
    names = {_bare(one) for one in wanted if isinstance(one, str)}
    given = {_unwrapped(one) for one in wanted if isinstance(one, nn.Module)}
    return lambda path, module: _bare(path) in names or module in given


# ---------------------------------------------------------------- what torch wraps models in


def _bare(path: str) -> str:
    """Return a path without what torch's wrappers put into it."""
    return ".".join(name for name in path.split(".") if name not in _WRAPPERS)


def _unwrapped(module: nn.Module) -> nn.Module:
    inner = getattr(module, "_orig_mod", None)
    return inner if isinstance(inner, nn.Module) else module


def _is_compiled(model: nn.Module) -> bool:
    """Return whether torch.compile has a hand in some part of ``model``."""
    return any(hasattr(m, "_orig_mod") or m._compiled_call_impl is not None for m in model.modules())


def _first_weight(module: nn.Module) -> int:
    """Return the address of the weights that a module gives its kernel first."""
    first = module._flat_weights[0] if isinstance(module, nn.RNNBase) else module._parameters.get("weight_ih")
    return first.data_ptr() if isinstance(first, Tensor) else 0
