"""A context manager that disables the caller's modes for the computations of a capture."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType

import torch
from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack
from torch.utils._python_dispatch import _disable_current_modes

_DEVICES = ("cpu", "cuda")


def disable_modes() -> AbstractContextManager[None]:
    """Compute without a graph and on plain tensors, with the caller's modes disabled.

    Those are a default device, autocast, inference mode, fake tensors, dispatch modes such as operation
    counters, and the transformations of `torch.func`.
    """
    is_rare = (
        torch.is_inference_mode_enabled()
        or torch._C._len_torch_dispatch_stack() > 0
        or torch._C._functorch.peek_interpreter_stack() is not None
        or any(map(torch.is_autocast_enabled, _DEVICES))
    )
    return _out_of_all_modes() if is_rare else _WithoutGraph()


class _WithoutGraph:
    """Disables gradients and torch functions. Generators and ExitStack would cost 20 µs per call."""

    __slots__ = ("_functions", "_had_gradients")

    def __enter__(self) -> None:
        self._had_gradients = torch.is_grad_enabled()
        torch._C._set_grad_enabled(False)
        self._functions = torch._C.DisableTorchFunction()
        self._functions.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._functions.__exit__(kind, error, trace)
        torch._C._set_grad_enabled(self._had_gradients)


@contextmanager
def _out_of_all_modes() -> Iterator[None]:
    with ExitStack() as stack:
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(mode=False))
        stack.enter_context(_WithoutGraph())
        if torch._C._len_torch_dispatch_stack():
            stack.enter_context(_disable_current_modes())
        if torch._C._functorch.peek_interpreter_stack() is not None:
            stack.enter_context(temporarily_clear_interpreter_stack())
        for device in _DEVICES:
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        yield
