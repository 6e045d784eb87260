"""The recurrent modules of a model that cannot be captured, with reasons and workarounds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lstm_viz.tracing.modules import is_inside, is_recurrent

_RECURRENT_CLASS = re.compile(r"LSTM|GRU|RNN|Recurrent")
_RECURRENT_WEIGHT = re.compile(r"hh|h2h|recurrent|^u(_|$)|^w_?h", re.IGNORECASE)
_GATES = (1, 3, 4)
_CAPTURED = frozenset((nn.LSTM, nn.GRU, nn.RNN, nn.LSTMCell, nn.GRUCell, nn.RNNCell))
_PARAMETER_LISTS = (nn.ParameterList, nn.ParameterDict)
#: The reason for a custom cell.
CUSTOM_CELL = (
    "it computes its gates itself; only those of nn.LSTM, nn.GRU, nn.RNN and their cells are captured"
)
_SCRIPTED = "TorchScript calls its kernel, unseen from Python; capture the model before torch.jit.script"


@dataclass(frozen=True, slots=True)
class SkippedModule:
    """A recurrent module that was not captured.

    Attributes
    ----------
    path : str
        The path of the module, or of the attribute that refers to it.
    kind : str
        The name of its class.
    reason : str
        The reason, and a workaround.
    """

    path: str
    kind: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path or 'the model'} ({self.kind}): {self.reason}"


def skipped_modules(model: nn.Module) -> list[SkippedModule]:
    """Return the recurrent modules of ``model`` that call no kernel whose calls can be recorded."""
    found: list[SkippedModule] = []
    registered = set(model.modules())
    for path, module in model.named_modules():
        if type(module) in _CAPTURED or any(is_inside(path, other.path) for other in found):
            continue
        found += _in_plain_containers(path, module, registered)
        reason = _reason(module)
        if reason:
            found.append(SkippedModule(path, _class_of(module), reason))
    return found


def has_own_matrices(model: nn.Module) -> bool:
    """Return whether a module that is not torch's own has matrices that it could pass to a kernel."""
    holders = [m for m in model.modules() if not type(m).__module__.startswith("torch.")]
    lists = [child for m in holders for child in m.children() if isinstance(child, _PARAMETER_LISTS)]
    return any(p.dim() == 2 for m in (*holders, *lists) for p in m.parameters(recurse=False))


def _reason(module: nn.Module) -> str | None:
    if is_recurrent(module) and not isinstance(module, torch.jit.ScriptModule):
        return None
    name = _class_of(module)
    if isinstance(module, torch.jit.ScriptModule):
        named = name.split(".")[-1] in ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell")
        return _SCRIPTED if named else None
    if ".quantiz" in type(module).__module__ and _RECURRENT_CLASS.search(name):
        return "it is quantized or prepared for it; capture the model in floating point"
    if _is_custom_cell(module):
        return CUSTOM_CELL
    return None


def _class_of(module: nn.Module) -> str:
    return str(getattr(module, "original_name", type(module).__name__))


# ---------------------------------------------------------------- by name and shape


def _is_custom_cell(module: nn.Module) -> bool:
    """Return whether a module's own weights are those of a recurrent cell, judging by names and shapes."""
    if any(is_recurrent(child) for child in module.modules()):
        return False
    weights = list(_weights(module))
    if any(_RECURRENT_WEIGHT.search(name) and _makes_gates(weight) for name, weight in weights):
        return True
    return _is_named_recurrent(module) and bool(weights) and not any(map(_is_named_recurrent, _below(module)))


def _is_named_recurrent(module: nn.Module) -> bool:
    return bool(_RECURRENT_CLASS.search(type(module).__name__))


def _below(module: nn.Module) -> list[nn.Module]:
    return list(module.modules())[1:]


def _weights(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Yield the matrices of a module: its own, and those of its linear layers."""
    yield from ((name, p) for name, p in module.named_parameters(recurse=False) if p.dim() == 2)
    yield from (
        (name, child.weight) for name, child in module.named_children() if isinstance(child, nn.Linear)
    )


def _makes_gates(weight: Tensor) -> bool:
    rows, columns = weight.shape
    return any(rows == count * columns for count in _GATES) or any(
        columns == count * rows for count in _GATES
    )


# ---------------------------------------------------------------- containers that torch does not register


def _in_plain_containers(path: str, module: nn.Module, registered: set[nn.Module]) -> Iterator[SkippedModule]:
    """Yield recurrent modules that are in lists and dicts only, which ``nn.Module`` does not register."""
    for name, value in vars(module).items():
        if isinstance(value, list | tuple):
            inners, better = list(value), "nn.ModuleList"
        elif isinstance(value, dict) and not name.startswith("_"):
            inners, better = list(value.values()), "nn.ModuleDict"
        else:
            continue
        for inner in inners:
            if isinstance(inner, nn.Module) and any(map(is_recurrent, set(inner.modules()) - registered)):
                where = f"{path}.{name}" if path else name
                plain = f"a plain {type(value).__name__}"
                reason = f"nn.Module does not register modules in {plain}; use {better}"
                yield SkippedModule(where, _class_of(inner), reason)
                break
