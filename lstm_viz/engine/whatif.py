"""What the edits of a person do to a net, word by word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from lstm_viz.analysis.unrolled import Grip, Hands
from lstm_viz.engine.landing import land
from lstm_viz.engine.views import describe
from lstm_viz.messages import Edit, Landed, SetValue, SwapState
from lstm_viz.tracing import Trace

_ALL = slice(None)


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """Another sentence, and what the net computes over it; None where it has no words."""

    words: tuple[str, ...]
    trace: Trace | None


def hands_of(
    edits: Sequence[Edit], net: nn.RNNBase, words: tuple[str, ...], other: Callable[[str], Other]
) -> tuple[Hands, tuple[Landed, ...]]:
    """Return what the edits do to ``net`` while it reads ``words``, and of each edit where it holds.

    A later edit wins over an earlier one on the same number. The grips are (T, 1, H): every copy of the
    sentence is held alike. There are none where no edit holds.

    Parameters
    ----------
    other : callable
        Returns the words of another text, and what the net computes over them, unedited and from the same
        initial state.
    """
    if not edits:
        return {}, ()
    landed = land(edits, describe("", net, "words"), words, lambda text: other(text).words)
    held = _Held(net, len(words))
    for edit, where in zip(edits, landed, strict=True):
        if where.fault:
            continue
        if isinstance(edit, SetValue):
            held.set(edit, where)
        elif (trace := other(edit.text).trace) is not None:
            held.swap(edit, where, trace)
    return held.hands, landed


class _Held:
    """The grips of a sentence of so many words, while they are gathered."""

    def __init__(self, net: nn.RNNBase, steps: int) -> None:
        self._net, self._steps = net, steps
        self.hands: dict[tuple[int, int], dict[str, Grip]] = {}

    def set(self, edit: SetValue, where: Landed) -> None:
        steps = slice(where.first, where.last + 1)
        units = _ALL if edit.unit is None else slice(edit.unit, edit.unit + 1)
        grip = self._grip(edit.layer, edit.direction, edit.quantity)
        grip.where[steps, :, units] = True
        grip.value[steps, :, units] = edit.value

    def swap(self, edit: SwapState, where: Landed, trace: Trace) -> None:
        for name in trace.STATES:
            states = torch.from_numpy(trace.quantities[name][:, :, where.other, 0].copy())  # (L, D, H)
            for layer, of_layer in enumerate(states):
                for direction, state in enumerate(of_layer):
                    grip = self._grip(layer, direction, name)
                    grip.where[where.first] = True
                    grip.value[where.first] = state

    def _grip(self, layer: int, direction: int, name: str) -> Grip:
        grips = self.hands.setdefault((layer, direction), {})
        if name not in grips:
            size = self._net.proj_size if name == "h" and self._net.proj_size else self._net.hidden_size
            shape, weight = (self._steps, 1, size), next(self._net.parameters())
            grips[name] = Grip(torch.zeros(shape, dtype=torch.bool), weight.new_zeros(shape))
        return grips[name]
