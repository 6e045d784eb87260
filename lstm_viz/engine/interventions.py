"""Interventions on recurrent modules, made from the user's edits, word by word."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from lstm_viz.analysis.unrolled import Clamp, Interventions
from lstm_viz.engine.edit_resolution import edited_path, resolve
from lstm_viz.engine.views import describe
from lstm_viz.messages import Edit, ResolvedEdit, SetValue, SwapState
from lstm_viz.subjects.subject import Recurrent
from lstm_viz.tracing import Trace

_ALL = slice(None)


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """Another sentence and its traces by module; none where it has no words."""

    words: tuple[str, ...]
    traces: Mapping[str, Trace]


def interventions_of(
    edits: Sequence[Edit],
    recurrents: Sequence[Recurrent],
    words: tuple[str, ...],
    other: Callable[[str], Other],
) -> tuple[Mapping[str, Interventions], tuple[ResolvedEdit, ...]]:
    """Return the interventions on each module over ``words``, by path, and where each edit applies.

    A later edit takes precedence over an earlier one on the same number. The clamps are (T, 1, H): they apply
    to every copy of the sentence. The interventions are empty where no edit applies.

    Parameters
    ----------
    recurrents : sequence of Recurrent
        The modules of the subject; edits apply to those that read the columns of the input.
    other : callable
        Returns the words of another text and the traces of them, unedited and from the same initial state.
    """
    if not edits:
        return {}, ()
    nets = {one.path: one.module for one in recurrents if not one.own_columns}
    modules = {one.path: describe(one) for one in recurrents if one.path in nets}
    resolved = resolve(edits, modules, words, lambda text: other(text).words)
    clamps = {path: _Clamps(net, len(words)) for path, net in nets.items()}
    for edit, where in zip(edits, resolved, strict=True):
        if where.unresolved:
            continue
        if isinstance(edit, SetValue):
            clamps[edited_path(edit, nets)].set(edit, where)
            continue
        traces = other(edit.text).traces
        for path in clamps.keys() & traces.keys():  # of another length, another module may read its columns
            clamps[path].patch(edit, where, traces[path])
    return {path: one.interventions for path, one in clamps.items() if one.interventions}, resolved


class _Clamps:
    """Collects the clamps over a sentence of ``steps`` words."""

    def __init__(self, net: nn.RNNBase, steps: int) -> None:
        self._net, self._steps = net, steps
        self.interventions: dict[tuple[int, int], dict[str, Clamp]] = {}

    def set(self, edit: SetValue, where: ResolvedEdit) -> None:
        steps = slice(where.first, where.last + 1)
        units = _ALL if edit.unit is None else slice(edit.unit, edit.unit + 1)
        clamp = self._clamp(edit.layer, edit.direction, edit.quantity)
        clamp.where[steps, :, units] = True
        clamp.value[steps, :, units] = edit.value

    def patch(self, edit: SwapState, where: ResolvedEdit, trace: Trace) -> None:
        for name in trace.KIND.states:
            states = torch.from_numpy(trace.quantities[name][:, :, where.other, 0].copy())  # (L, D, H)
            for layer, of_layer in enumerate(states):
                for direction, state in enumerate(of_layer):
                    clamp = self._clamp(layer, direction, name)
                    clamp.where[where.first] = True
                    clamp.value[where.first] = state

    def _clamp(self, layer: int, direction: int, name: str) -> Clamp:
        clamps = self.interventions.setdefault((layer, direction), {})
        if name not in clamps:
            size = self._net.proj_size if name == "h" and self._net.proj_size else self._net.hidden_size
            shape, weight = (self._steps, 1, size), next(self._net.parameters())
            clamps[name] = Clamp(weight.new_zeros(shape, dtype=torch.bool), weight.new_zeros(shape))
        return clamps[name]
