"""The score of one output of a model as a function of the input of one of its recurrent modules.

The module is computed step by step, and the rest of the model runs on: so its readout may be any code.

Shapes: T steps, B copies, I inputs, K outputs; R rows of outputs, one for each column or one for the input.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from lstm_viz.analysis.ablated_parts import ablation_clamps, joined, parts_to_ablate
from lstm_viz.analysis.ablation import AblatedLogits
from lstm_viz.analysis.occlusion import Occlusion
from lstm_viz.analysis.predicted_tags import predicted_tags
from lstm_viz.analysis.stepping import Stepping
from lstm_viz.analysis.target import Target
from lstm_viz.analysis.unrolled import Clamps, Interventions, Unrolled
from lstm_viz.crf import NO_TAG
from lstm_viz.errors import CodedError
from lstm_viz.tracing.portable import as_array
from lstm_viz.tracing.substitution import Computation

#: Returns the scores (R, K) of the model where some modules, by path, compute something else.
Evaluate = Callable[[Mapping[str, Computation]], Tensor]

_TOGETHER = 16  # ablations in one result
_NO_CLAMPS: Clamps = MappingProxyType({})


class GradientError(CodedError):
    """The code of a model cuts the gradient of its scores."""


class Net(NamedTuple):
    """A recurrent module of a model, with its interventions."""

    module: nn.RNNBase
    interventions: Interventions


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model and one of its inputs.

    Attributes
    ----------
    evaluate : callable
    nets : mapping of str to Net
        The recurrent modules that are computed step by step, by path.
    """

    evaluate: Evaluate
    nets: Mapping[str, Net]

    def steppings(self) -> dict[str, Stepping]:
        """Return the computation of each module with its interventions."""
        return {path: Stepping(net.module, net.interventions) for path, net in self.nets.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Evaluated(Unrolled):
    """Every quantity of one module for the first copy, and the scores of the explained row, (B, K).

    The quantities are nodes of the graph of the scores, which those of several copies together would not be.
    """

    logits: Tensor = field(kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class ModelScore:
    """A `lstm_viz.analysis.tag_score.Score` of any model; each copy is a forward pass of its own.

    Attributes
    ----------
    model : Model
    path : str
        Of the module.
    x : Tensor (T, 1, I)
        Its input.
    row : int
        The row of the scores.
    step : int or None
        The column of the row; None where the scores are of the whole input.
    target : Target
    without : callable or None
        Returns the scores (K,) of the row with the token of a column replaced, None where it cannot be.
    """

    model: Model
    path: str
    x: Tensor
    row: int
    step: int | None
    target: Target
    without: Callable[[int], Tensor | None] | None = None

    @property
    def net(self) -> nn.RNNBase:
        """The weights of the module."""
        return self.model.nets[self.path].module

    @property
    def interventions(self) -> Interventions:
        """Those on the module."""
        return self.model.nets[self.path].interventions

    @property
    def reach(self) -> int:
        """All steps: what the rest of the model makes of them is not known."""
        return len(self.x)

    def read(self, x: Tensor) -> "_Evaluated":
        """Return the forward passes for the inputs ``x`` (T, B, I) of the module.

        Raises `GradientError` where ``x`` needs a gradient and the scores have none.
        """
        found = [self._read_one(x[:, k : k + 1]) for k in range(x.shape[1])]
        output = torch.cat([one.output for one, _ in found], 1)
        return _Evaluated(found[0][0].steps, output, logits=torch.stack([logits for _, logits in found]))

    def at(self, read: Unrolled) -> Tensor:
        """Return the score (B,) of forward passes from `read`."""
        assert isinstance(read, _Evaluated)
        return self.target.of(read.logits)

    def _read_one(self, x: Tensor) -> tuple[Unrolled, Tensor]:
        steppings = self.model.steppings()
        stepping = steppings[self.path] = Stepping(self.net, self.interventions, x)
        logits = self.model.evaluate(steppings)[self.row]
        if x.requires_grad and torch.is_grad_enabled() and not logits.requires_grad:
            raise GradientError("scores_without_gradient")
        return stepping.unrolled(), logits


@torch.no_grad()
def model_ablations(
    model: Model, path: str, row: int, *, layer: int, direction: int
) -> Iterator[AblatedLogits | None]:
    """Yield the scores (B, K) of a row with each part of a module ablated, first without ablation.

    Parameters
    ----------
    row : int
        Of the scores.
    layer, direction : int
        The layer and direction whose units and gates are ablated.

    Raises
    ------
    ValueError
        If the module projects its hidden state (``proj_size``).
    """
    net = model.nets[path]
    if net.module.proj_size:
        raise ValueError("a net that projects its hidden state has no unit to switch off")
    yield _tagged(-1, model.evaluate(model.steppings())[row])
    place, dtype = (layer, direction), next(net.module.parameters()).dtype
    known = net.interventions.get(place, _NO_CLAMPS)
    parts = parts_to_ablate(net.module.mode, net.module.hidden_size)
    for first in range(0, len(parts), _TOGETHER):
        found = []
        for part in parts[first : first + _TOGETHER]:
            yield None
            steppings, clamps = model.steppings(), joined(known, ablation_clamps([part], net.module, dtype))
            steppings[path] = Stepping(net.module, {**net.interventions, place: clamps})
            found.append(model.evaluate(steppings)[row])
        yield _tagged(first, *found)


@torch.no_grad()
def replacements(score: ModelScore) -> Iterator[Occlusion]:
    """Yield the occlusion with each step in turn replaced: by `ModelScore.without`, or zeros as its input.

    A model that is computed as a whole has no step that can be removed. NaN and `NO_TAG` where not known yet,
    and at a step that cannot be replaced.
    """
    read = float(score.target.of(score.read(score.x).logits)[0])
    decreases = np.full(len(score.x), np.nan, as_array(score.x).dtype)
    tags = np.full(len(score.x), NO_TAG, np.int64)
    for step in range(len(score.x)):
        logits = _with_zeros(score, step) if score.without is None else score.without(step)
        if logits is not None:
            decreases[step] = read - float(score.target.of(logits))
            tags[step] = int(predicted_tags(None, logits.log_softmax(-1)[None, None], 0)[0])
        yield Occlusion(decreases.copy(), tags.copy())


def _with_zeros(score: ModelScore, step: int) -> Tensor:
    x = score.x.clone()
    x[step] = 0
    logits: Tensor = score.read(x).logits[0]
    return logits


def _tagged(first: int, *logits: Tensor) -> AblatedLogits:
    each = torch.stack(logits).detach().cpu()
    return AblatedLogits(first, each, predicted_tags(None, each.log_softmax(-1)[None], 0))
