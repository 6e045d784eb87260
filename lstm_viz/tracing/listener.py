"""Interception of the calls of torch's recurrent kernels in this thread."""

import sys
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch._C._dynamo.eval_frame import _FrameAction, _FrameExecStrategy, set_code_exec_strategy
from torch.overrides import TorchFunctionMode

from lstm_viz.tracing.disabled_modes import disable_modes
from lstm_viz.tracing.kernel_call import KernelCall
from lstm_viz.tracing.kernels import KERNELS, Kernel, runs_on_onednn


class Listener(TorchFunctionMode):
    """Records every call of a kernel in the thread that entered it, except those in a backward pass.

    Parameters
    ----------
    record : callable
        Called with each call of a kernel.
    recomputed : callable
        Called instead for a call in a backward pass, where checkpointing recomputes a call that was recorded
        before.
    exact : bool
        Whether the outputs are bitwise identical to those without a capture. Otherwise an LSTM without
        gradients runs on the kernel that keeps its gates.
    """

    def __init__(
        self, record: Callable[[KernelCall], None], recomputed: Callable[[], None], *, exact: bool
    ) -> None:
        super().__init__()
        self._record, self._recomputed, self._exact = record, recomputed, exact

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kernel = KERNELS.get(func) if not torch.compiler.is_dynamo_compiling() else None
        if kernel is not None:
            return self._listen(func, kernel, args, kwargs or {})
        if torch._C._get_tracing_state() is not None:
            return _run_traced(func, args, kwargs or {})
        return func(*args, **(kwargs or {}))

    def _listen(self, func: Any, kernel: Kernel, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = kernel.arguments(args, kwargs)
        random_state = _random_state() if _drops(arguments) else None
        if not self._exact and not kwargs and _can_keep(kernel, arguments):
            kept, result = _run_keeping(func, arguments)
        else:
            kept = result = func(*args, **kwargs)
        if torch._C._current_graph_task_id() != -1:
            self._recomputed()
        else:
            with torch._C.DisableTorchFunction():  # hides our operations from other modes of the caller
                self._record(KernelCall(kernel, arguments, kept, random_state))
        return result


# torch.compile compiles every function that is called below a compiled one as a frame of its own; for this
# one it fails (torch 2.13). Where it traces through it, it sees the plain call.
set_code_exec_strategy(
    Listener.__torch_function__.__code__, _FrameExecStrategy(_FrameAction.SKIP, _FrameAction.SKIP)
)


def _run_traced(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a function under torch.jit.trace; its warnings are attributed to our caller."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = func(*args, **kwargs)
    caller = sys._getframe(2)
    where = (caller.f_code.co_filename, caller.f_lineno, caller.f_globals.get("__name__", ""))
    for warning in caught:
        warnings.warn_explicit(warning.message, warning.category, *where)
    return result


def _random_state() -> Tensor:
    with disable_modes():
        return torch.get_rng_state()


def _drops(arguments: dict[str, Any]) -> bool:
    """Return whether there is dropout between the layers."""
    train, dropout, layers = (arguments.get(name, 0) for name in ("train", "dropout", "num_layers"))
    return bool(train and dropout > 0 and layers > 1)


def _can_keep(kernel: Kernel, arguments: dict[str, Any]) -> bool:
    """Return whether a call without gradients can run, unnoticed, on the kernel that keeps its workspace."""
    is_visible = (
        torch.is_grad_enabled()
        or torch.is_inference_mode_enabled()
        or torch._C._get_tracing_state() is not None
        or torch._C._functorch.peek_interpreter_stack() is not None
        or torch._C._len_torch_dispatch_stack() > 0
        or torch._C._autograd._top_saved_tensors_default_hooks(True) is not None
    )
    return not is_visible and not _drops(arguments) and runs_on_onednn(kernel, arguments)


def _run_keeping(func: Any, arguments: dict[str, Any]) -> tuple[Any, tuple[Tensor, ...]]:
    """Return the result with the graph, which has the workspace, and the result without it."""
    with torch.enable_grad():
        source = arguments["input"].detach().requires_grad_()  # then every layer keeps it, frozen or not
        result = func(**{**arguments, "input": source})
    return result, tuple(given.detach() for given in result)
