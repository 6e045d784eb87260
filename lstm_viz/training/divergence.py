"""Locates the first non-finite number of a step whose loss, gradients or weights are not finite."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lstm_viz.ordinals import ordinal
from lstm_viz.runs.folder import Divergence
from lstm_viz.tagging.models import Batch, WordTagger
from lstm_viz.tracing import Trace, capture


class DivergedError(Exception):
    """Training cannot continue: a number is not finite. The message is a sentence for the user."""

    def __init__(self, step: int, epoch: int, divergence: Divergence) -> None:
        super().__init__(f"At step {step:,} (epoch {epoch:,}) {describe(divergence)}.")
        self.step, self.epoch, self.divergence = step, epoch, divergence


def describe(divergence: Divergence) -> str:
    """Return which number is not finite, and where, as the end of a sentence."""
    places = [
        f"in {divergence.module}" if divergence.module else "",
        f"layer {ordinal(divergence.layer)}" if divergence.layer >= 0 else "",
        f"unit {ordinal(divergence.unit)}" if divergence.unit >= 0 else "",
        f"at word {ordinal(divergence.word)}, “{divergence.words[divergence.word]}”"
        if 0 <= divergence.word < len(divergence.words)
        else "",
    ]
    where = ", ".join(place for place in places if place)
    return f"{divergence.quantity} became {divergence.value}" + (f" ({where})" if where else "")


@torch.no_grad()
def first_non_finite(tagger: WordTagger, batch: Batch, sentences: Sequence[Sequence[str]]) -> Divergence:
    """Return the first non-finite number of the forward pass, in the order of computation.

    Parameters
    ----------
    tagger : WordTagger
        With the weights that gave a non-finite loss. The forward pass runs in its current mode; in training
        mode with dropout, restore torch's random state before.
    batch : Batch
    sentences : sequence of sequence of str
        The words of the batch.
    """
    divergence = _in_weights(tagger)
    if divergence is not None:
        return divergence
    with capture(tagger.recurrent, strict=False) as captured:
        scores = tagger(batch)
    trace = captured[""]
    return (
        _in_steps("x", torch.tensor(trace.x), sentences)
        or _in_trace(trace, sentences)
        or _in_steps("scores", scores, sentences)
        or Divergence("loss")
    )


def first_non_finite_gradient(tagger: WordTagger) -> Divergence:
    """Return the first parameter with a non-finite gradient, in the order of the backward pass."""
    for name, parameter in reversed(list(tagger.named_parameters())):
        if parameter.grad is not None and not bool(parameter.grad.isfinite().all()):
            return Divergence("gradient", name, value=_value(parameter.grad))
    return Divergence("gradient", value="infinite")  # all finite, but not their norm


def first_non_finite_weight(tagger: WordTagger) -> Divergence:
    """Return the first parameter that is not finite after a step."""
    return _in_weights(tagger) or Divergence("weight", value="infinite")  # all finite, but not their norm


def _in_weights(tagger: WordTagger) -> Divergence | None:
    for name, parameter in tagger.named_parameters():
        if not bool(parameter.isfinite().all()):
            return Divergence("weight", name, value=_value(parameter))
    return None


def _in_steps(quantity: str, values: Tensor, sentences: Sequence[Sequence[str]]) -> Divergence | None:
    """Return the first non-finite element of ``values`` (T, B, N), word by word."""
    for word in range(len(values)):
        for place, words in enumerate(sentences):
            if word < len(words) and not bool(values[word, place].isfinite().all()):
                row = values[word, place]
                unit = int((~row.isfinite()).nonzero()[0])
                return Divergence(quantity, unit=unit, word=word, words=tuple(words), value=_value(row))
    return None


def _in_trace(trace: Trace, sentences: Sequence[Sequence[str]]) -> Divergence | None:
    """Return the first non-finite gate or state, by layer and word, in the order of computation."""
    quantities = trace.quantities
    layers, directions = next(iter(quantities.values())).shape[:2]
    for layer in range(layers):
        for direction in range(directions):
            found = [
                (one.word, order, one)
                for order, (name, values) in enumerate(quantities.items())
                if (one := _in_steps(name, torch.tensor(values[layer, direction]), sentences)) is not None
            ]
            if found:
                first = min(found)[2]
                return Divergence(
                    first.quantity,
                    "recurrent",
                    layer,
                    direction,
                    first.unit,
                    first.word,
                    first.words,
                    first.value,
                )
    return None


def _value(values: Tensor) -> str:
    return "NaN" if bool(np.isnan(values.detach().cpu().numpy()).any()) else "infinite"
