"""Which number went wrong first, when a loss or a gradient is no number any more."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lstm_viz.runs.folder import Wrong
from lstm_viz.tagging.models import Batch, WordTagger
from lstm_viz.tracing import Trace, capture

_ORDER = ("f", "i", "g", "c", "o", "r", "z", "n", "h")  # as the arithmetic goes


class DivergedError(Exception):
    """Training cannot go on: a number is not finite. The text is a sentence for a person."""

    def __init__(self, step: int, epoch: int, wrong: Wrong) -> None:
        super().__init__(f"At step {step:,} (epoch {epoch:,}) {described(wrong)}.")
        self.step, self.epoch, self.wrong = step, epoch, wrong


def described(wrong: Wrong) -> str:
    """Return what went wrong, and where, as the end of a sentence."""
    places = [
        f"in {wrong.module}" if wrong.module else "",
        f"layer {wrong.layer}" if wrong.layer > 0 else "",
        f"unit {wrong.unit}" if wrong.unit >= 0 else "",
        f"at word {wrong.word + 1}, “{wrong.words[wrong.word]}”"
        if 0 <= wrong.word < len(wrong.words)
        else "",
    ]
    where = ", ".join(place for place in places if place)
    return f"{wrong.quantity} became {wrong.value}" + (f" ({where})" if where else "")


@torch.no_grad()
def first_wrong(tagger: WordTagger, batch: Batch, sentences: Sequence[Sequence[str]]) -> Wrong:
    """Return the first number of the forward pass that is not finite, in the order of the arithmetic.

    Parameters
    ----------
    tagger : WordTagger
        With the weights with which the loss was not finite. It reads in the mode that it is in; where that is
        with dropout, set torch's random numbers to where they stood.
    batch : Batch
    sentences : sequence of sequence of str
        The words of the batch.
    """
    wrong = _in_weights(tagger)
    if wrong is not None:
        return wrong
    with capture(tagger.recurrent, strict=False) as captured:
        scores = tagger(batch)
    trace = captured[""]
    return (
        _in_steps("x", torch.tensor(trace.x), sentences)
        or _in_trace(trace, sentences)
        or _in_steps("scores", scores, sentences)
        or Wrong("loss")
    )


def first_wrong_gradient(tagger: WordTagger) -> Wrong:
    """Return the parameter whose gradient was not finite first: backward, the last come first."""
    for name, parameter in reversed(list(tagger.named_parameters())):
        if parameter.grad is not None and not bool(parameter.grad.isfinite().all()):
            return Wrong("gradient", name, value=_value(parameter.grad))
    return Wrong("gradient", value="infinite")  # each is finite, and their norm is not


def first_wrong_weight(tagger: WordTagger) -> Wrong:
    """Return the first weight that a step has made not finite."""
    return _in_weights(tagger) or Wrong("weight", value="infinite")  # each is finite, and their norm is not


def _in_weights(tagger: WordTagger) -> Wrong | None:
    for name, parameter in tagger.named_parameters():
        if not bool(parameter.isfinite().all()):
            return Wrong("weight", name, value=_value(parameter))
    return None


def _in_steps(quantity: str, values: Tensor, sentences: Sequence[Sequence[str]]) -> Wrong | None:
    """Return the first place of ``values`` (T, B, N) that is not finite, word by word."""
    for word in range(len(values)):
        for place, words in enumerate(sentences):
            if word < len(words) and not bool(values[word, place].isfinite().all()):
                row = values[word, place]
                unit = int((~row.isfinite()).nonzero()[0])
                return Wrong(quantity, unit=unit, word=word, words=tuple(words), value=_value(row))
    return None


def _in_trace(trace: Trace, sentences: Sequence[Sequence[str]]) -> Wrong | None:
    """Return the first gate or state that is not finite: layer by layer, word by word, as the arithmetic."""
    quantities = {name: trace.quantities[name] for name in _ORDER if name in trace.quantities}
    layers, directions = next(iter(quantities.values())).shape[:2]
    for layer in range(layers):
        for direction in range(directions):
            found = [
                (wrong.word, order, wrong)
                for order, (name, values) in enumerate(quantities.items())
                if (wrong := _in_steps(name, torch.tensor(values[layer, direction]), sentences)) is not None
            ]
            if found:
                wrong = min(found)[2]
                return Wrong(
                    wrong.quantity,
                    "recurrent",
                    layer,
                    direction,
                    wrong.unit,
                    wrong.word,
                    wrong.words,
                    wrong.value,
                )
    return None


def _value(values: Tensor) -> str:
    return "NaN" if bool(np.isnan(values.detach().cpu().numpy()).any()) else "infinite"
