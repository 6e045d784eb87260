"""Computation of a recurrent module step by step in place of torch's kernel, while its model runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from lstm_viz.analysis.tag_score import picked_interventions
from lstm_viz.analysis.unrolled import Interventions, State, Steps, Unrolled, unroll
from lstm_viz.cells import KINDS
from lstm_viz.tracing.substitution import States


@dataclass(eq=False)
class Stepping:
    """A `lstm_viz.tracing.substitution.Computation` from the equations, with interventions.

    Attributes
    ----------
    net : nn.LSTM, nn.GRU or nn.RNN
        Has the weights of the module.
    interventions : mapping
        Over all steps of the sequence, however many calls it takes.
    x : Tensor (T, 1, I) or None
        The input of all steps in place of the model's own.
    resets : dict of int to tuple of Tensor (L·D, 1, H)
        The states before the calls that do not begin where the one before has ended, by their first steps.
    """

    net: nn.RNNBase
    interventions: Interventions = field(default_factory=dict)
    x: Tensor | None = None
    resets: dict[int, States] = field(default_factory=dict, init=False)
    _final: States = field(default=(), init=False)
    _calls: list[Unrolled] = field(default_factory=list, init=False)
    _read: list[Tensor] = field(default_factory=list, init=False)
    _start: States = field(default=(), init=False)

    def __call__(self, x: Tensor, states: States, first: int) -> tuple[Tensor, States]:
        here = slice(first, first + len(x))
        source = x if self.x is None else self.x[here]
        clamps = picked_interventions(self.interventions, lambda steps: steps[here])
        state: State = (states[0], states[1]) if len(states) > 1 else states[0]
        done = unroll(self.net, source, state, interventions=clamps)
        self._start = self._start if self._calls else states
        if self._calls and not all(map(torch.equal, states, self._final)):
            self.resets[first] = states
        self._calls.append(done)
        self._read.append(source)
        self._final = final_states(done, KINDS[self.net.mode].states)
        return done.output, self._final

    def unrolled(self) -> Unrolled:
        """Return every quantity of every step of all calls, with the input and the initial states."""
        steps: dict[tuple[int, int], Steps] = {}
        for place in self._calls[0].steps:
            each = [call.steps[place] for call in self._calls]
            steps[place] = {name: [now for one in each for now in one[name]] for name in each[0]}
        output = torch.cat([call.output for call in self._calls])
        return Unrolled(steps, output, torch.cat(self._read), self._start)


def final_states(unrolled: Unrolled, names: tuple[str, ...]) -> States:
    """Return the states after the last step of each layer and direction, (L·D, B, H) each."""
    return tuple(
        torch.stack(
            [steps[name][0 if direction else -1] for (_, direction), steps in sorted_steps(unrolled.steps)]
        )
        for name in names
    )


def sorted_steps(steps: Mapping[tuple[int, int], Steps]) -> list[tuple[tuple[int, int], Steps]]:
    """Return the steps of each layer and direction in torch's order."""
    return sorted(steps.items(), key=lambda item: item[0])
