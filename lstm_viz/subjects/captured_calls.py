"""The recurrent modules that a forward pass calls: captured, one sequence of a batch, a cell as a layer."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_viz.tracing import CaptureWarning, Trace, capture
from lstm_viz.tracing.substitution import Computation


class CallForm(NamedTuple):
    """The form of a call: the lengths of its sequences, whether packed, whether with a batch axis."""

    lengths: tuple[int, ...]
    is_packed: bool
    has_batch: bool


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard of a forward pass.

    Attributes
    ----------
    captured : Capture
        The traces of the recurrent modules.
    looked_up : dict of str to (Tensor, Tensor)
        The indices and the output of each embedding, by path.
    inputs : dict of str to list of (bool, int)
        Of each call of a module of layers, by path: whether its input is packed, and its number of axes.
    """

    captured: Any
    looked_up: dict[str, tuple[Tensor, Tensor]]
    inputs: dict[str, list[tuple[bool, int]]]

    def form(self, path: str, traces: Sequence[Trace]) -> CallForm | None:
        """Return the form of the only call of a module; None where there were several, or none was heard."""
        given = self.inputs.get(path, [])
        if len(given) != 1 or len(traces) != 1:
            return None
        is_packed, axes = given[0]
        return CallForm(tuple(traces[0].lengths.tolist()), is_packed, is_packed or axes == 3)


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


def is_cell(module: nn.Module) -> bool:
    """Return whether a recurrent module is a cell, which is called once for each step."""
    return isinstance(module, nn.RNNCellBase)


@contextmanager
def listening(model: nn.Module) -> Iterator[Heard]:
    """Capture the recurrent modules of a model, the outputs of its embeddings, and the form of the calls."""
    looked_up: dict[str, tuple[Tensor, Tensor]] = {}
    inputs: dict[str, list[tuple[bool, int]]] = {}

    def keep(path: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def hook(_module: nn.Module, given: Any, output: Tensor) -> None:
            looked_up[path] = given[0].detach().clone(), output.detach().clone()

        return hook

    def note(path: str) -> Callable[..., None]:
        def hook(_module: nn.Module, given: Any, named: Any) -> None:
            first = given[0] if given else named.get("input")
            is_packed = isinstance(first, PackedSequence)
            inputs.setdefault(path, []).append((is_packed, getattr(first, "ndim", 3)))

        return hook

    hooks = [
        module.register_forward_hook(keep(path))
        for path, module in model.named_modules()
        if isinstance(module, nn.Embedding)
    ]
    hooks += [
        module.register_forward_pre_hook(note(path), with_kwargs=True)
        for path, module in model.named_modules()
        if isinstance(module, nn.RNNBase)
    ]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CaptureWarning)
            with capture(model, strict=False) as captured:
                yield Heard(captured, looked_up, inputs)
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
