"""A call of a kernel: its arguments and result, before they are copied."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import is_traceable_wrapper_subclass

from lstm_viz.tracing.callers import has_order, unsorted_of
from lstm_viz.tracing.disabled_modes import disable_modes
from lstm_viz.tracing.kernels import Kernel, runs_on_onednn
from lstm_viz.tracing.recorded_call import RecordedCall
from lstm_viz.tracing.tracks import CellStep
from lstm_viz.tracing.workspace import Workspace, is_known, workspaces_of

#: Returns a copy of the weights of a call.
CopyWeights = Callable[[Sequence[Tensor]], tuple[Tensor, ...]]


_PLAIN = (Tensor, nn.Parameter)
_ORDER_UNKNOWN = (
    "the order of the sequences that were packed is not known, as the kernel was not called by torch.nn"
)


class NoDataError(Exception):
    """A kernel was called with tensors without data, or with those of several calls at once."""


@dataclass(frozen=True, slots=True, eq=False)
class KernelCall:
    """One call of a kernel.

    Attributes
    ----------
    kernel : Kernel
    arguments : dict
        By name.
    result : Tensor or tuple of Tensor
    random_state : Tensor or None
        The CPU generator's state before the call, with dropout between layers.
    """

    kernel: Kernel
    arguments: dict[str, Any]
    result: Any
    random_state: Tensor | None

    @property
    def weights(self) -> list[Tensor]:
        """The weights that were passed to the kernel."""
        given = self.arguments
        if not self.kernel.is_cell:
            return list(given["params"])
        biases = [given.get(name) for name in ("b_ih", "b_hh")]
        there = [bias for bias in biases if bias is not None]
        given_or_zero = [torch.zeros_like(there[0]) if bias is None else bias for bias in biases if there]
        return [given["w_ih"], given["w_hh"], *given_or_zero]

    def check(self) -> None:
        """Raise NoDataError if there is nothing to copy."""
        if torch._C._get_tracing_state() is not None:
            raise NoDataError("torch.jit.trace was recording the model; its calls are not captured")
        _check_data(self._tensors())

    def copy(self, copy_weights: CopyWeights, frame: FrameType | None) -> RecordedCall | CellStep:
        """Return a copy of all tensors that the caller could change.

        Parameters
        ----------
        copy_weights : callable
        frame : frame or None
            That of the method that called the kernel.

        Raises
        ------
        NoDataError
            If there is nothing to copy.
        """
        self.check()
        unsorted = self._unsorted(frame)
        on_onednn = runs_on_onednn(self.kernel, self.arguments)
        kept = self._kept() if on_onednn else None
        precision = _precision(_states(self.result)[0])
        with disable_modes():
            weights = None
            if kept is None or not is_known(kept):
                weights = copy_weights([_unwrapped(w) for w in self.weights])
            if self.kernel.is_cell:
                assert weights is not None
                return self._step(weights, precision)
            return self._recorded(weights, precision, unsorted=unsorted, on_onednn=on_onednn, kept=kept)

    def _unsorted(self, frame: FrameType | None) -> Tensor | None:
        """Return the permutation that restores the caller's order of a packed batch."""
        if "batch_sizes" not in self.arguments:
            return None
        if frame is None or not has_order(frame):
            raise NoDataError(_ORDER_UNKNOWN)
        return unsorted_of(frame)

    def _tensors(self) -> Iterator[Tensor]:
        given = self.arguments
        yield from (given["input" if "input" in given else "data"], *_states(given["hx"]), *self.weights)
        yield from _states(self.result)

    def _kept(self) -> list[Workspace] | None:
        """Return the workspaces in the graph of a call that ran on oneDNN."""
        if _is_wrapped(self.result[0]):
            return None
        given = self.arguments
        x, directions = given["input"], 2 if given["bidirectional"] else 1
        batch, steps = x.shape[:2] if given["batch_first"] else reversed(x.shape[:2])
        shape = (given["num_layers"], directions, steps, batch, given["hx"][1].shape[-1])
        return workspaces_of(self.result[0], shape, x.shape[-1])

    def _step(self, weights: tuple[Tensor, ...], precision: torch.dtype) -> CellStep:
        return CellStep(
            mode=self.kernel.mode,
            x=_copied(self.arguments["input"]),
            before=_copies(_states(self.arguments["hx"])),
            after=_copies(_states(self.result)),
            weights=weights,
            has_biases=len(weights) > 2,
            precision=precision,
        )

    def _recorded(
        self,
        weights: tuple[Tensor, ...] | None,
        precision: torch.dtype,
        *,
        unsorted: Tensor | None,
        **how: Any,
    ) -> RecordedCall:
        given, sizes = self.arguments, self.arguments.get("batch_sizes")
        output, *final = self.result
        return RecordedCall(
            mode=self.kernel.mode,
            data=_copied(given["input" if sizes is None else "data"]),
            batch_sizes=None if sizes is None else sizes.clone(),
            unsorted=None if unsorted is None else unsorted.clone(),
            state=_copies(_states(given["hx"])),
            output=_copied(output),
            final=_copies(final),
            weights=weights,
            layers=given["num_layers"],
            directions=2 if given["bidirectional"] else 1,
            has_biases=given["has_biases"],
            precision=precision,
            batch_first=given.get("batch_first", False),
            dropout=given["dropout"],
            random_state=self.random_state,
            **how,
        )


# ---------------------------------------------------------------- tensors of all kinds


def _unwrapped(given: Tensor) -> Tensor:
    """Return the underlying tensor, which `torch.func` wraps once for each derivative."""
    while torch._C._functorch.is_gradtrackingtensor(given):
        given = torch._C._functorch.get_unwrapped(given)
    return given


def _copied(given: Tensor) -> Tensor:
    return _unwrapped(given).detach().clone()


def _copies(given: Sequence[Tensor]) -> tuple[Tensor, ...]:
    return tuple(map(_copied, given))


def _states(given: Any) -> tuple[Tensor, ...]:
    return (given,) if isinstance(given, Tensor) else tuple(given)


def _precision(output: Tensor) -> torch.dtype:
    """Return the precision in which ``output`` was computed."""
    device = output.device.type
    if torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device):
        return torch.get_autocast_dtype(device)
    return output.dtype


def _is_wrapped(given: Tensor) -> bool:
    return torch._C._functorch.is_functorch_wrapped_tensor(given)


def _check_data(tensors: Iterable[Tensor]) -> None:
    is_transformed = torch._C._functorch.peek_interpreter_stack() is not None
    for tensor in tensors:
        if is_transformed or type(tensor) not in _PLAIN or tensor.is_meta:
            reason = _why_no_data(tensor)
            if reason is not None:
                raise NoDataError(reason)


def _why_no_data(given: Tensor) -> str | None:
    """Return why a tensor has no data that could be read, or None where it has."""
    given = _unwrapped(given)
    if isinstance(given, FakeTensor):
        return "it was called with fake tensors, which have no data (torch.export, torch.compile)"
    if given.is_meta:
        return "it was called on the meta device, where tensors have no data"
    if torch._C._functorch.is_batchedtensor(given):
        return "it was called within torch.vmap, which makes one call of several; capture a single one"
    if _is_wrapped(given) or torch._is_functional_tensor(given):
        return "it was called within a transformation of the model, with tensors that have no data"
    if is_traceable_wrapper_subclass(given):
        return f"it was called with a {type(given).__name__}, whose data cannot be read"
    return None
