"""Recording of kernel calls, each in the track of the module that made it."""

import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from weakref import WeakSet

from torch import nn

from lstm_viz.tracing.callers import calling_module
from lstm_viz.tracing.disabled_modes import disable_modes
from lstm_viz.tracing.errors import CaptureWarning, NoRecurrentModuleError
from lstm_viz.tracing.kernel_call import KernelCall, NoDataError
from lstm_viz.tracing.modules import Wanted, is_compiled, is_recurrent, unwrapped, weight_addresses
from lstm_viz.tracing.reading import verified
from lstm_viz.tracing.recorded_call import RecordedCall
from lstm_viz.tracing.skipped import CUSTOM_CELL, SkippedModule, has_own_matrices, skipped_modules
from lstm_viz.tracing.trace import Trace
from lstm_viz.tracing.tracks import Track
from lstm_viz.tracing.weight_copies import WeightCopies

#: Called with the path of a module and a trace.
Callback = Callable[[str, Trace], object]

_EAGER = "torch.compiler.set_stance('force_eager') runs the code as it was written"
_COMPILED = f"if torch.compile made its kernel a part of other code, {_EAGER}"
_SHARED = (
    "it shares its weights with another module, and which of them called the kernel is not known; after "
    f"torch.compile, {_EAGER}"
)


class CallRecorder:
    """The tracks of the modules of a model that are captured.

    Parameters
    ----------
    model : nn.Module
    wants : callable
        Returns whether the module at a path is captured.
    make_track : callable
        Returns the track for the module at a path.
    callback : callable or None
        Called with each trace as soon as it is complete, instead of keeping it.

    Attributes
    ----------
    paths : dict of str to nn.Module
        The modules that are captured, by path; a module with two paths is under both.
    tracks : dict of nn.Module to Track
    skipped : list of SkippedModule
        The modules that could not be captured.

    Raises
    ------
    NoRecurrentModuleError
        If there is nothing in ``model`` that can be captured.
    """

    def __init__(
        self,
        model: nn.Module,
        wants: Wanted,
        make_track: Callable[[str], Track],
        callback: Callback | None,
    ) -> None:
        self._model, self._wants, self._make_track, self._callback = model, wants, make_track, callback
        self.paths: dict[str, nn.Module] = {}
        self.tracks: dict[nn.Module, Track] = {}
        self.skipped = skipped_modules(model)
        self._outside = self._recomputed = 0
        self._ignored: set[nn.Module] = set()
        self._unregistered: WeakSet[nn.Module] = WeakSet()
        self._copies = WeightCopies()
        for path, module in model.named_modules(remove_duplicate=False):
            if is_recurrent(module):
                self._consider(path, module)
        if not self.paths and not has_own_matrices(model):  # with matrices, a module may call a kernel itself
            self._refuse_nothing()

    def record(self, call: KernelCall) -> None:
        """Record a call; exceptions are not propagated to the model."""
        path, complete = "", list[Trace]()
        try:
            track, frame = self._track_of(call)
            if track is not None:
                path = track.path
                recorded = call.copy(partial(self._copies.of, path), frame)
                with disable_modes():
                    complete = track.add(
                        verified(recorded) if isinstance(recorded, RecordedCall) else recorded
                    )
        except NoDataError as error:
            self._skip(path, call, str(error))
        except Exception as error:
            self._skip(path, call, f"a call could not be recorded: {type(error).__name__}: {error}")
        self._notify(path, complete)

    def count_recomputed(self) -> None:
        """Count a call in a backward pass."""
        self._recomputed += 1

    def end(self) -> None:
        """Complete all open loops over cells."""
        for track in self.tracks.values():
            self._notify(track.path, track.end())

    def warn(self) -> None:
        """Warn about modules that were not captured; raise NoRecurrentModuleError if there was nothing."""
        self._refuse_nothing()
        if is_compiled(self._model):
            known = {module.path for module in self.skipped}
            self.skipped += [
                SkippedModule(track.path, type(module).__name__, f"no call was seen; {_COMPILED}")
                for module, track in self.tracks.items()
                if not track.was_called and track.path not in known
            ]
        reasons = list(map(str, self.skipped))
        if not reasons and not any(track.was_called for track in self.tracks.values()):
            reasons = ["no chosen module called torch's kernels in the thread of the capture", *self.hints()]
        if reasons:
            warnings.warn(f"not captured: {'; '.join(reasons)}", CaptureWarning, stacklevel=4)

    def hints(self) -> Iterator[str]:
        """Yield what may explain that a call was not recorded."""
        if self._recomputed:
            yield "calls in a backward pass are not recorded: checkpointing repeats earlier ones there"
        elif self._outside:
            yield f"calls of recurrent modules that are not in the model: {self._outside}"
        if "torch._dynamo" in sys.modules:
            yield _COMPILED

    def track_at(self, path: str) -> Track:
        """Return the track of the module at a path."""
        return self.tracks[self.paths[path]]

    # ------------------------------------------------------------ the calling module

    def _consider(self, path: str, module: nn.Module) -> None:
        if not self._wants(path, module):
            self._ignored.add(module)
            return
        before = self.paths.get(path)  # a module that was replaced in the block: its traces are kept
        self.paths[path] = module
        if module not in self.tracks:
            self.tracks[module] = self._make_track(path) if before is None else self.tracks[before]

    def _track_of(self, call: KernelCall) -> tuple[Track | None, FrameType | None]:
        """Return the track and frame of the module that called the kernel; no track if it is not captured."""
        module, frame = calling_module()
        if module is not None and not self._knows(module):
            self._find(module)
        track = self.tracks.get(module) if module is not None else None
        if track is None and (module is None or not is_recurrent(module)):
            call.check()
            return self._by_weights(call), frame
        if track is None and module not in self._ignored:
            self._outside += 1
        return track, frame

    def _knows(self, module: nn.Module) -> bool:
        return module in self.tracks or module in self._ignored or module in self._unregistered

    def _find(self, module: nn.Module) -> None:
        """Add a module that was added to the model in the block, or that calls kernels itself."""
        paths = [path for path, m in self._model.named_modules(remove_duplicate=False) if m is module]
        for path in paths:
            self._consider(path, module)
        if not paths and not is_recurrent(module):  # a recurrent one may become part of the model later
            self._unregistered.add(module)
        # listed as a custom cell because of its weights, but it calls torch's kernel with them
        self.skipped[:] = [m for m in self.skipped if m.path not in paths or m.reason != CUSTOM_CELL]

    def _by_weights(self, call: KernelCall) -> Track | None:
        """Return the track of the only module with these weights, for code generated by torch.compile."""
        given = [weight.data_ptr() for weight in call.weights]
        known = {module: weight_addresses(module) for module in (*self.tracks, *self._ignored)}
        owners = [module for module, weights in known.items() if given[0] in weights]
        owners = [module for module in owners if known[module] == given] or owners
        tracks = list(dict.fromkeys(map(self.tracks.get, owners)))
        if len(tracks) == 1:
            return tracks[0]
        for track in filter(None, tracks):
            self._skip(track.path, call, _SHARED)
        if not tracks:
            self._outside += 1
        return None

    # ------------------------------------------------------------ results

    def _notify(self, path: str, complete: list[Trace]) -> None:
        """Call the callback with each complete trace; its exceptions propagate."""
        if self._callback is not None:
            for trace in complete:
                self._callback(path, trace)

    def _skip(self, path: str, call: KernelCall, reason: str) -> None:
        kind = type(self.paths[path]).__name__ if path in self.paths else call.kernel.mode
        module = SkippedModule(path, kind, reason)
        if module not in self.skipped:
            self.skipped.append(module)

    def _refuse_nothing(self) -> None:
        if not self.tracks and not self._ignored:
            name = type(unwrapped(self._model)).__name__
            message = f"{name} has no nn.LSTM, nn.GRU, nn.RNN or cell of theirs"
            raise NoRecurrentModuleError("; ".join([message, *map(str, self.skipped)]))
