"""Recording of kernel calls, each in the track of the module that made it."""

import warnings
from collections.abc import Callable
from functools import partial
from types import FrameType
from weakref import WeakSet

from torch import Tensor, nn

from lstm_viz.tracing.callers import calling_frames
from lstm_viz.tracing.disabled_modes import disable_modes
from lstm_viz.tracing.errors import CaptureWarning, NoRecurrentModuleError
from lstm_viz.tracing.kernel_call import KernelCall, NoDataError
from lstm_viz.tracing.left_out import CUSTOM_CELL, LeftOut, has_own_matrices, left_out_of
from lstm_viz.tracing.modules import Wanted, first_weight, is_compiled, is_recurrent, unwrapped
from lstm_viz.tracing.reading import verified
from lstm_viz.tracing.recorded_call import RecordedCall
from lstm_viz.tracing.trace import Trace
from lstm_viz.tracing.tracks import Track
from lstm_viz.tracing.weight_copies import WeightCopies

#: Called with the path of a module and a trace.
Callback = Callable[[str, Trace], object]

_COMPILED = (
    "no call was seen; if torch.compile made its kernel a part of other code, "
    "torch.compiler.set_stance('force_eager') runs it as it was written"
)


class Recorder:
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
    left_out : list of LeftOut
        The parts that could not be captured.
    foreign : int
        The number of calls from recurrent modules that are not in the model.
    recomputed : int
        The number of calls in a backward pass.

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
        self.left_out = left_out_of(model)
        self.foreign = self.recomputed = 0
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
            self._leave_out(path, call, str(error))
        except Exception as error:
            self._leave_out(path, call, f"a call could not be recorded: {type(error).__name__}: {error}")
        self._notify(path, complete)

    def count_recomputed(self) -> None:
        """Count a call in a backward pass."""
        self.recomputed += 1

    def end(self) -> None:
        """Complete all open loops over cells."""
        for track in self.tracks.values():
            self._notify(track.path, track.end())

    def warn(self) -> None:
        """Warn about parts that were not captured; raise NoRecurrentModuleError if there was nothing."""
        self._refuse_nothing()
        silent = [(module, track) for module, track in self.tracks.items() if not track.was_called]
        if silent and is_compiled(self._model):
            self.left_out += [LeftOut(track.path, type(m).__name__, _COMPILED) for m, track in silent]
        if self.left_out:
            parts = "; ".join(map(str, self.left_out))
            warnings.warn(f"not captured: {parts}", CaptureWarning, stacklevel=4)

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
        module, frame = next(calling_frames(), (None, None))
        if module is not None and not self._knows(module):
            self._find(module)
        track = self.tracks.get(module) if module is not None else None
        if track is None and (module is None or not is_recurrent(module)):
            call.check()
            track = self._by_weights(call.weights[0])
        if track is None and module not in self._ignored:
            self.foreign += 1
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
        self.left_out[:] = [
            part for part in self.left_out if part.path not in paths or part.reason != CUSTOM_CELL
        ]

    def _by_weights(self, first: Tensor) -> Track | None:
        """Return the track of the only module with these weights, for code generated by torch.compile."""
        owners = [module for module in self.tracks if first_weight(module) == first.data_ptr()]
        return self.tracks[owners[0]] if len(owners) == 1 else None

    # ------------------------------------------------------------ results

    def _notify(self, path: str, complete: list[Trace]) -> None:
        """Call the callback with each complete trace; its exceptions propagate."""
        if self._callback is not None:
            for trace in complete:
                self._callback(path, trace)

    def _leave_out(self, path: str, call: KernelCall, reason: str) -> None:
        kind = type(self.paths[path]).__name__ if path in self.paths else call.kernel.mode
        part = LeftOut(path, kind, reason)
        if part not in self.left_out:
            self.left_out.append(part)

    def _refuse_nothing(self) -> None:
        if not self.tracks and not self._ignored:
            name = type(unwrapped(self._model)).__name__
            message = f"{name} has no nn.LSTM, nn.GRU, nn.RNN or cell of theirs"
            raise NoRecurrentModuleError("; ".join([message, *map(str, self.left_out)]))
