"""The arithmetic of a tag's score: the products of its logit, and the log-softmax over all tags."""

import numpy as np
from torch import Tensor, nn

from lstm_viz.analysis.unrolled import Interventions
from lstm_viz.engine.state_arithmetic import clamped_units
from lstm_viz.messages import Floats, ScoreArithmetic, ScoreQuery


def score_arithmetic(
    query: ScoreQuery,
    net: nn.RNNBase,
    linear: nn.Linear,
    *,
    tag: int,
    output: Tensor,
    scores: Floats,
    interventions: Interventions,
) -> ScoreArithmetic:
    """Return the arithmetic of the score of the tag with index ``tag``, in float64.

    Parameters
    ----------
    output : Tensor (T, D · H)
        h of the top layer over the words, the input of ``linear``, the layer to the logits.
    scores : array (T, K)
        The log-softmax of the forward pass.
    interventions : mapping
        Of these, clamps on h of the top layer are reported.
    """
    h = output[query.step].detach().numpy()
    weight = linear.weight.detach().double().numpy()
    bias = np.zeros(len(weight)) if linear.bias is None else linear.bias.detach().double().numpy()
    with np.errstate(all="ignore"):
        logits = weight @ h.astype(np.float64) + bias
        log_sum = float(np.logaddexp.reduce(logits))
    return ScoreArithmetic(
        reading=query.reading,
        step=query.step,
        tag=query.tag,
        parts=_parts(net, len(h)),
        h=h,
        weights=weight[tag],
        bias=float(bias[tag]),
        logits=logits,
        log_sum=log_sum,
        value=float(logits[tag]) - log_sum,
        forward=float(scores[query.step, tag]),
        clamped=_clamped(net, interventions, query.step, len(h)),
    )


def _parts(net: nn.RNNBase, size: int) -> tuple[tuple[str, int], ...]:
    if not net.bidirectional:
        return (("", size),)
    return (("forward", size // 2), ("backward", size // 2))


def _clamped(net: nn.RNNBase, interventions: Interventions, step: int, size: int) -> tuple[int, ...]:
    """Return the clamped indices of h, the directions concatenated."""
    each = size // (1 + net.bidirectional)
    return tuple(
        direction * each + unit
        for direction in range(1 + net.bidirectional)
        for unit in clamped_units(interventions.get((net.num_layers - 1, direction), {}), "h", step)
    )
