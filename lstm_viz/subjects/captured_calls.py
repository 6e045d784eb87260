"""The recurrent modules that a forward pass calls: captured, one sequence of a batch, a cell as a layer.

Shapes: T steps, B sequences, H units.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_viz.tracing import CaptureWarning, Trace, capture
from lstm_viz.tracing.portable import as_array
from lstm_viz.tracing.substitution import Computation

_SAME = 1e-6  # torch's h and the recomputed one differ in the last bits

#: The states (H,) before the steps at which the model has changed them, by step and symbol.
Resets = Mapping[int, Mapping[str, npt.NDArray[Any]]]


class CallForm(NamedTuple):
    """The form of a call: the lengths of its sequences, whether packed, whether with a batch axis."""

    lengths: tuple[int, ...]
    is_packed: bool
    has_batch: bool


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


def is_batch_first(module: nn.Module) -> bool:
    """Return whether a recurrent module takes (B, T, I); a cell takes neither, and its loop is over T."""
    return isinstance(module, nn.RNNBase) and module.batch_first


def is_cell(module: nn.Module) -> bool:
    """Return whether a recurrent module is a cell, which is called once for each step."""
    return isinstance(module, nn.RNNCellBase)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard of a forward pass.

    Attributes
    ----------
    captured : Capture
        The traces of the recurrent modules.
    looked_up : dict of str to (Tensor, Tensor)
        The indices and the output of each embedding, by path.
    steps : dict of str to list of Tensor (B, H)
        The outputs of each cell in the order of its calls, by path.
    inputs : dict of str to list of (bool, int)
        Whether the input of each call of a module was packed, and the number of its axes, by path.
    """

    captured: Any
    looked_up: dict[str, tuple[Tensor, Tensor]]
    steps: dict[str, list[Tensor]]
    inputs: dict[str, list[tuple[bool, int]]]

    def form(self, path: str, traces: Sequence[Trace]) -> CallForm | None:
        """Return the form of the only call of a module; None where there were several, or none was heard."""
        given = self.inputs.get(path, [])
        if len(given) != 1 or len(traces) != 1:
            return None
        is_packed, axes = given[0]
        return CallForm(tuple(traces[0].lengths.tolist()), is_packed, is_packed or axes == 3)


@contextmanager
def listening(model: nn.Module) -> Iterator[Heard]:
    """Capture the recurrent modules of a model, the outputs of its embeddings and cells, and the calls."""
    looked_up: dict[str, tuple[Tensor, Tensor]] = {}
    steps: dict[str, list[Tensor]] = {}
    inputs: dict[str, list[tuple[bool, int]]] = {}

    def keep(path: str) -> Callable[[nn.Module, Any, Tensor], None]:
        def hook(_module: nn.Module, given: Any, output: Tensor) -> None:
            looked_up[path] = given[0].detach().clone(), output.detach().clone()

        return hook

    def count(path: str) -> Callable[[nn.Module, Any, Any], None]:
        def hook(_module: nn.Module, given: Any, output: Any) -> None:
            h = output[0] if isinstance(output, tuple) else output
            steps.setdefault(path, []).append(h.detach().clone())

        return hook

    def note(path: str) -> Callable[..., None]:
        def hook(_module: nn.Module, given: Any, named: Any) -> None:
            first = given[0] if given else named.get("input")
            is_packed = isinstance(first, PackedSequence)
            inputs.setdefault(path, []).append((is_packed, getattr(first, "ndim", 3)))

        return hook

    kinds = ((nn.Embedding, keep), (nn.RNNCellBase, count))
    hooks = [
        module.register_forward_hook(hook(path))
        for path, module in model.named_modules()
        for kind, hook in kinds
        if isinstance(module, kind)
    ]
    hooks += [
        module.register_forward_pre_hook(note(path), with_kwargs=True)
        for path, module in model.named_modules()
        if isinstance(module, nn.RNNBase)
    ]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CaptureWarning)
            # not exact: on the kernel that keeps its gates, the model runs once; its outputs differ by 2e-7
            with capture(model, strict=False, exact=False) as captured:
                yield Heard(captured, looked_up, steps, inputs)
    finally:
        for hook in hooks:
            hook.remove()


def in_order(traces: Sequence[Trace], steps: Sequence[Tensor]) -> tuple[Trace, dict[int, Trace]]:
    """Return the calls of a cell as one trace, and those that begin from a state of their own by first step.

    ``steps`` are the outputs (B, H) in the order of the calls: where that is another, as of cells that take
    turns, there is none, and ValueError is raised.
    """
    sizes = [len(trace.lengths) for trace in traces]
    if len(steps) != sum(trace.steps for trace in traces) or len(set(sizes)) != 1:
        raise ValueError("the calls are of several batches")
    joined = {
        name: np.concatenate([trace.quantities[name] for trace in traces], axis=2)
        for name in traces[0].KIND.order
    }
    order = np.stack([as_array(h).reshape(sizes[0], -1) for h in steps])
    if not np.allclose(joined["h"][0, 0], order, rtol=0, atol=_SAME):
        raise ValueError("the calls are not in the order of time")
    x = np.concatenate([trace.x for trace in traces])
    errors, lengths = [trace.max_error for trace in traces], np.full(sizes[0], len(x))
    whole: dict[str, Any] = {**joined, "x": x, "lengths": lengths, "max_error": max(errors)}
    ends = np.cumsum([trace.steps for trace in traces]).tolist()
    return replace(traces[0], **whole), dict(zip(ends, traces[1:], strict=False))


def resets_of(trace: Trace, begun: Mapping[int, Trace], sequence: int) -> Resets:
    """Return the states of a sequence where the model has changed them, among the steps in ``begun``."""
    found: dict[int, dict[str, npt.NDArray[Any]]] = {}
    for step, one in begun.items():
        states = {name: getattr(one, f"{name}0")[0, 0, sequence] for name in trace.KIND.states}
        before = {name: trace.quantities[name][0, 0, step - 1, sequence] for name in states}
        if not all(np.allclose(states[name], before[name], rtol=0, atol=_SAME) for name in states):
            found[step] = states
    return found


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
