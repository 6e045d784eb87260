"""The readout (head) of a model: what it makes of the output of its recurrent modules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor, nn

from lstm_viz.crf import LinearChain

ReadoutKind = Literal["tags", "classes", "tokens", "values"]


#: What a model has outputs for: each column, or the input as a whole.
OutputsFor = Literal["columns", "input"]


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """What a model predicts.

    Attributes
    ----------
    kind : "tags", "classes", "tokens" or "values"
        A tag for each column, a class, the next token: the logits of a softmax. Or real values.
    names : tuple of str
        Of the K outputs.
    each : "columns" or "input"
        Whether there are K outputs for each column, or for the input as a whole.
    """

    kind: ReadoutKind
    names: tuple[str, ...]
    each: OutputsFor = field(default="columns", kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class Readout(Outputs):
    """A function of the output of one recurrent module, step by step.

    Shapes: T steps, B sequences, D directions, H units, K outputs.

    Attributes
    ----------
    logits : callable
        From the output (..., D·H) to the logits or values (..., K); differentiable.
    linear : nn.Linear or None
        The layer that computes the logits from the output, where that is all; None for any other function.
    chain : LinearChain or None
        Decodes the tags of a sequence together; None for the argmax of each column.
    """

    logits: Callable[[Tensor], Tensor]
    linear: nn.Linear | None = None
    chain: LinearChain | None = None

    def scores(self, output: Tensor) -> Tensor:
        """Return the log-probability of each output by itself, (T, B, K), for the output (T, B, D·H).

        Log-softmax subtracts a constant from a column's logits, which does not change the best path of a
        chain.
        """
        return self.logits(output).log_softmax(-1)
