"""The arithmetic of a tag's score: the products of its logit, and the log-softmax over all tags."""

import numpy as np
from torch import Tensor

from lstm_viz.analysis.unrolled import Hands
from lstm_viz.engine.state_arithmetic import held_units
from lstm_viz.messages import Floats, ScoreArithmetic, ScoreQuery
from lstm_viz.tagging.models import WordTagger


def score_arithmetic(
    question: ScoreQuery, tagger: WordTagger, *, tag: int, output: Tensor, scores: Floats, hands: Hands
) -> ScoreArithmetic:
    """Return how the score of the tag at place ``tag`` of the tagset came about, in float64.

    Parameters
    ----------
    output : Tensor (T, D · H)
        h of the top layer over the words, as the tagger read it.
    scores : array (T, K)
        The log-softmax of the forward pass.
    hands : mapping
        What is set by hand: of the top layer it is told.
    """
    h = output[question.step].detach().numpy()
    weight = tagger.hidden_to_tag.weight.detach().double().numpy()
    bias = tagger.hidden_to_tag.bias.detach().double().numpy()
    with np.errstate(all="ignore"):
        logits = weight @ h.astype(np.float64) + bias
        log_sum = float(np.logaddexp.reduce(logits))
    return ScoreArithmetic(
        number=question.number,
        step=question.step,
        tag=question.tag,
        parts=_parts(tagger, len(h)),
        h=h,
        weights=weight[tag],
        bias=float(bias[tag]),
        logits=logits,
        log_sum=log_sum,
        value=float(logits[tag]) - log_sum,
        forward=float(scores[question.step, tag]),
        held=_held(tagger, hands, question.step, len(h)),
    )


def _parts(tagger: WordTagger, size: int) -> tuple[tuple[str, int], ...]:
    if not tagger.recurrent.bidirectional:
        return (("", size),)
    return (("forward", size // 2), ("backward", size // 2))


def _held(tagger: WordTagger, hands: Hands, step: int, size: int) -> tuple[int, ...]:
    """Return the places of h, both directions after each other, that are set by hand."""
    net = tagger.recurrent
    each = size // (1 + net.bidirectional)
    return tuple(
        direction * each + unit
        for direction in range(1 + net.bidirectional)
        for unit in held_units(hands.get((net.num_layers - 1, direction), {}), "h", step)
    )
