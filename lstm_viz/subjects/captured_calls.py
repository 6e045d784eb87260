"""The recurrent modules that a forward pass calls: captured, one sequence of a batch, a cell as a layer."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_viz.tracing import CaptureWarning, Trace, capture
from lstm_viz.tracing.substitution import Computation


def one_layer(module: nn.Module) -> nn.RNNBase:
    """Return a recurrent module as it is, and a cell as a module of one layer that has its weights."""
    if isinstance(module, nn.RNNBase):
        return module
    assert isinstance(module, nn.RNNCellBase)
    kind: Any = nn.LSTM if isinstance(module, nn.LSTMCell) else nn.GRU
    kind = kind if isinstance(module, nn.LSTMCell | nn.GRUCell) else nn.RNN
    how = {"nonlinearity": module.nonlinearity} if isinstance(module, nn.RNNCell) else {}
    one: nn.RNNBase = kind(module.input_size, module.hidden_size, bias=module.bias, device="meta", **how)
    for name in ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if module.bias else ())):
        setattr(one, f"{name}_l0", getattr(module, name))
    return one


@contextmanager
def listening(model: nn.Module) -> Iterator[Any]:
    """Capture the recurrent modules of a model, and the outputs of its embeddings by path."""
    looked_up: dict[str, tuple[Tensor, Tensor]] = {}

    def keep(path: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def hook(_module: nn.Module, given: Any, output: Tensor) -> None:
            looked_up[path] = given[0].detach().clone(), output.detach().clone()

        return hook

    hooks = [
        module.register_forward_hook(keep(path))
        for path, module in model.named_modules()
        if isinstance(module, nn.Embedding)
    ]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CaptureWarning)
            # not exact: on the kernel that keeps its gates, the model runs once; its outputs differ by 2e-7
            with capture(model, strict=False, exact=False) as captured:
                yield captured, looked_up
    finally:
        for hook in hooks:
            hook.remove()


def silent(net: nn.RNNBase) -> Computation:
    """Return a computation of zeros in place of a module."""
    width = (net.proj_size or net.hidden_size) * (1 + net.bidirectional)
    return lambda x, states, _: (x.new_zeros(*x.shape[:2], width), tuple(map(torch.zeros_like, states)))


def first_paths(model: nn.Module, captured: Any) -> Iterator[str]:
    """Yield the first path of each module that was captured."""
    seen, paths = set[nn.Module](), set(captured.calls)
    for path, module in model.named_modules(remove_duplicate=False):
        if path in paths and module not in seen:
            seen.add(module)
            yield path


def singles(traces: Sequence[Trace]) -> Iterator[Trace]:
    """Yield the trace of each sequence of each call."""
    for trace in traces:
        yield from (single(trace, one) for one in range(len(trace.lengths)))


def single(trace: Trace, sequence: int) -> Trace:
    """Return the trace of one sequence of the batch, up to its end."""
    one, end = slice(sequence, sequence + 1), int(trace.lengths[sequence])
    states = {f"{name}0": getattr(trace, f"{name}0")[:, :, one] for name in trace.KIND.states}
    cut: dict[str, Any] = {name: values[:, :, :end, one] for name, values in trace.quantities.items()}
    return replace(trace, x=trace.x[:end, one], lengths=trace.lengths[one], **states, **cut)
