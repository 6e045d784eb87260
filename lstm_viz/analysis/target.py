"""The target of an attribution or an ablation: a tag's margin, its logit, log-softmax or probability.

All are functions of the word's logits, which are the emissions of a linear chain (CRF) if there is one. A
real value is a target itself.
They differ in their resolution in float32. Where a tag is certain its log-softmax is 0 within rounding,
whatever the logits; the margin still changes. A logit has no zero of its own: adding the same number to all
logits of a word changes no probability, so a contribution to one logit may be one to all.

K tags, N = D·H inputs of the logits of a word.
"""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from lstm_viz.subjects.readout import Outputs, Readout

TargetName = Literal["margin", "logit", "log_softmax", "probability", "value"]

_ROUNDINGS = 4  # the error of each of the two values of a change is up to 2 ε of the sizes of its summands


@dataclass(frozen=True, slots=True)
class Target:
    """A smooth function of a word's logits.

    Attributes
    ----------
    name : "margin", "logit", "log_softmax", "probability" or "value"
    tag : int
        The index of the tag in the tagset.
    margin_to : int or None
        The tag whose logit is subtracted, for a margin alone. It is the same for every input: a maximum over
        the other tags would have kinks, at which gradients and completeness are undefined.

    Raises
    ------
    ValueError
        If a margin has no other tag, or anything else has one.
    """

    name: TargetName
    tag: int
    margin_to: int | None = None

    def __post_init__(self) -> None:
        if (self.name == "margin") != (self.margin_to is not None) or self.margin_to == self.tag:
            raise ValueError(f"no {self.name} of tag {self.tag} and tag {self.margin_to}")

    def of(self, logits: Tensor) -> Tensor:
        """Return the value (...) for logits (..., K)."""
        own = logits[..., self.tag]
        if self.name in ("logit", "value"):
            return own
        if self.margin_to is not None:
            return own - logits[..., self.margin_to]
        # Torch's log-softmax and its gradient cancel where the tag is certain: 1 − p is then all rounding.
        log_softmax = 0 * own if logits.shape[-1] == 1 else self._log_softmax(logits)
        return log_softmax.exp() if self.name == "probability" else log_softmax

    def _log_softmax(self, logits: Tensor) -> Tensor:
        return logsigmoid(logits[..., self.tag] - _without(logits, self.tag).logsumexp(-1))

    @torch.no_grad()
    def resolution(self, readout: Readout, h: Tensor) -> float:
        """Return the smallest change of the value that is more than rounding in the precision of the weights.

        The summands of a logit, w · h and the bias, are rounded to ε of their sizes; h itself, which is in
        −1…1 unless it is rectified or clamped, to ε of 1 or of its own size. The model's log-softmax is
        rounded where 1 is added. Measured against float64, with the shipped taggers, their weights scaled and
        up to 210 words, the errors of changes were up to 0.71 of this.

        Parameters
        ----------
        readout : Readout
            From h to the logits. Of one that is not linear only the rounding of the logits is known.
        h : Tensor (N,)
        """
        logits = readout.logits(h)
        size = _size_of_summands(readout.linear, h) if readout.linear else _size(logits)
        return self._resolution(logits, size)

    def resolution_of(self, logits: Tensor) -> float:
        """Return the smallest change that is more than the rounding of the logits (K,), of any readout."""
        return self._resolution(logits, _size(logits))

    def _resolution(self, logits: Tensor, size: Tensor) -> float:
        epsilon = torch.finfo(logits.dtype).eps
        rounding = _ROUNDINGS * epsilon * size.double()
        if self.name in ("logit", "value"):
            return float(rounding[self.tag])
        if self.margin_to is not None:
            return float(rounding[self.tag] + rounding[self.margin_to])
        value = replace(self, name="log_softmax").of(logits.double())
        others = _without(rounding, self.tag).amax().clamp(min=0)  # −∞ where there are none
        by_logits = -value.expm1() * (rounding[self.tag] + others)
        if self.name == "probability":  # of which d p = p d log p
            return float(value.exp() * (by_logits + _ROUNDINGS * epsilon))
        return float(by_logits + _ROUNDINGS * epsilon * value.abs().clamp(min=1))


def target_at(name: TargetName, tag: int, logits: Tensor) -> Target:
    """Return the target of a tag at the word with these logits (K,).

    A margin is relative to the other tag with the largest logit; for a single tag see `possible`.
    """
    name = possible(name, len(logits))
    return Target(name, tag, int(_without(logits, tag).argmax()) if name == "margin" else None)


def possible(name: TargetName, tags: int) -> TargetName:
    """Return the target for a number of tags: the logit in place of a margin if there is a single tag."""
    return "logit" if name == "margin" and tags == 1 else name


def target_of(name: TargetName, outputs: Outputs) -> TargetName:
    """Return the target for some outputs: of real values these themselves, and only of those."""
    if outputs.kind == "values":
        return "value"
    return possible("logit" if name == "value" else name, len(outputs.names))


def _size(logits: Tensor) -> Tensor:
    """Return the sizes of the logits themselves, at least 1."""
    return logits.abs().clamp(min=1)


def _size_of_summands(linear: nn.Linear, h: Tensor) -> Tensor:
    """Return Σ |w · h| + |bias| of each logit (K,)."""
    size = linear.weight.abs() @ h.abs().clamp(min=1)
    return size if linear.bias is None else size + linear.bias.abs()


def _without(values: Tensor, tag: int) -> Tensor:
    """Return the values (..., K) with −∞ for a tag."""
    own = torch.arange(values.shape[-1], device=values.device) == tag
    return values.masked_fill(own, -torch.inf)
