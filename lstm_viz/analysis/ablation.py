"""Ablation: the scores of a word with each unit and each gate ablated in turn.

The ablated values are in `lstm_viz.analysis.ablated_parts`. Many ablations are computed at once, as copies in
one batch.

Source: Y. Lakretz et al., "The emergence of number and syntax units in LSTM language models", NAACL 2019,
who identify the units that a decision depends on by fixing each at zero in turn.

Shapes: T words, B copies, H units, G gates, D directions, K tags; A = H + G + G·H ablations.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor, nn

from lstm_viz.analysis.ablated_parts import AblatedPart, ablation_clamps, joined, parts_to_ablate
from lstm_viz.analysis.predicted_tags import predicted_tags
from lstm_viz.analysis.unrolled import Clamps, Interventions, State, walk
from lstm_viz.cells import KINDS
from lstm_viz.subjects.readout import Readout

_FEW_COPIES, _MOST_COPIES = 16, 128
_MOST_NUMBERS = 1 << 22  # numbers of h, over all words and copies, that one batch keeps
_MOST_PRODUCTS, _MOST_PRODUCTS_OF_ALL = 1 << 30, 1 << 34  # of one step of a batch, and of all its steps
_NO_INTERVENTIONS: Interventions = MappingProxyType({})
_NO_CLAMPS: Clamps = MappingProxyType({})

#: A long computation that yields after every step, so that it can be abandoned there.
Walk = Generator[None, None, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class AblatedLogits:
    """The logits of the word with the parts ``first`` to ``first + B - 1`` of `parts_to_ablate` ablated.

    Attributes
    ----------
    first : int
        -1 for the forward pass without ablation.
    logits : Tensor (B, K)
        Of the word.
    tags : Tensor (B,)
        The index of the predicted tag, `NO_TAG` where a logit is NaN.
    output : Tensor (B, D·H) or None
        The input of the readout; only of the forward pass without ablation.
    """

    first: int
    logits: Tensor
    tags: Tensor
    output: Tensor | None = None

    @property
    def scores(self) -> Tensor:
        """Log-softmax over the tags, (B, K)."""
        return self.logits.log_softmax(-1)


def ablations(
    net: nn.RNNBase,
    readout: Readout,
    x: Tensor,
    state: State | None = None,
    *,
    step: int,
    layer: int,
    direction: int,
    interventions: Interventions = _NO_INTERVENTIONS,
) -> Iterator[AblatedLogits | None]:
    """Yield the scores of one word with each of `parts_to_ablate` ablated.

    Only what affects them is computed. The layers below, and the other direction of the same layer, are
    computed once; a unidirectional module stops at the step, unless a chain over the tags needs the other
    words; of ablations that are equivalent one is computed.

    Parameters
    ----------
    net : nn.LSTM, nn.GRU or nn.RNN
        In eval mode; no gradients are accumulated in its weights.
    readout : Readout
        What computes the logits from its output.
    x : Tensor (T, 1, I)
        The input of the module, of at least one word.
    state : Tensor (L·D, 1, H), of an LSTM a pair (h, c) of them, or None
        The initial state; None is zero. It is not ablated.
    step : int
        The index of the word.
    layer, direction : int
        The layer and direction whose units and gates are ablated.
    interventions : mapping
        Clamps that apply to every copy. An ablation takes precedence over a clamp on the same number.

    Yields
    ------
    AblatedLogits or None
        First without ablation, then the ablations in order, a batch at a time. None is yielded after every
        step in between, so that the caller can stop.

    Raises
    ------
    ValueError
        If the module projects its hidden state (``proj_size``), or there is no such layer, direction or word.
    """
    if net.proj_size:
        raise ValueError("a net that projects its hidden state has no unit to switch off")
    if not (0 <= layer < net.num_layers and 0 <= direction <= net.bidirectional and 0 <= step < len(x)):
        raise ValueError(f"there is no word {step} in layer {layer}, direction {direction}")
    if readout.chain is None and not net.bidirectional:
        x = x[: step + 1]
    reading = _Reading(net, readout, x.detach(), state, step, layer, direction, interventions)
    return reading.all(parts_to_ablate(net.mode, net.hidden_size))


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """A sentence, and the selected word, layer and direction."""

    net: nn.RNNBase
    readout: Readout
    x: Tensor
    state: State | None
    step: int
    layer: int
    direction: int
    interventions: Interventions

    def all(self, parts: Sequence[AblatedPart]) -> Iterator[AblatedLogits | None]:
        below = yield from self._below()
        other_direction = yield from self._other_direction(below)
        whole = yield from self._scored(below, other_direction, ())
        yield whole
        is_sound = bool(whole.logits.isfinite().all())
        size = most_copies(self.net, len(self.x), self._kept)
        known: dict[AblatedPart, tuple[Tensor, Tensor]] = {}
        for first in range(0, len(parts), size):
            some = parts[first : first + size]
            twins = [self._twin(part) if is_sound else part for part in some]
            new = [part for part in some if part in twins and part not in known]
            if new:
                scored = yield from self._scored(below, other_direction, new)
                known.update(zip(new, zip(scored.logits, scored.tags, strict=True), strict=True))
            logits, tags = zip(*(known[twin] for twin in twins), strict=True)
            yield AblatedLogits(first, torch.stack(logits), torch.stack(tags))

    def _twin(self, part: AblatedPart) -> AblatedPart:
        """Return the first part whose ablation gives the same numbers, provided that all of them are finite.

        An LSTM writes i ⊙ g: ablating either gives zero. Its h is o ⊙ tanh(c): ablating o of a unit ablates
        the unit, unless its h is clamped.
        """
        twin = KINDS[self.net.mode].equivalent.get(part.quantity)
        if twin is None or (twin == "h" and (part.unit is None or "h" in self._clamps(self.direction))):
            return part
        return AblatedPart(twin, part.unit)

    @property
    def _needed(self) -> int | None:
        """The one word for which h of the top layer is needed; None: all."""
        return self.step if self.readout.chain is None else None

    @property
    def _kept(self) -> int:
        """The number of words whose h each copy keeps at a time."""
        is_top, is_free = self.layer == self.net.num_layers - 1, not self._clamps(self.direction)
        return 1 if self._needed is not None and is_top and is_free else len(self.x)

    def _below(self) -> Walk:
        """Return the input of the layer, (T, 1, ·)."""
        x = self.x
        for layer in range(self.layer):
            x = yield from self._both(layer, x, 1)
        return x

    def _other_direction(self, x: Tensor) -> Generator[None, None, Tensor | None]:
        """Return h of the layer's other direction, (T or 1, 1, H), if it has one."""
        if not self.net.bidirectional:
            return None
        return (yield from self._one(self.layer, 1 - self.direction, x, 1, self._clamps(1 - self.direction)))

    def _scored(
        self, x: Tensor, other_direction: Tensor | None, parts: Sequence[AblatedPart]
    ) -> Generator[None, None, AblatedLogits]:
        copies = max(1, len(parts))
        clamps = joined(self._clamps(self.direction), ablation_clamps(parts, self.net, x.dtype))
        h = yield from self._one(self.layer, self.direction, x, copies, clamps)
        if other_direction is not None:
            pair = [h, other_direction.expand(-1, copies, -1)]
            h = torch.cat(pair[::-1] if self.direction else pair, -1)
        for above in range(self.layer + 1, self.net.num_layers):
            h = yield from self._both(above, h, copies)
        return self._tagged(h)

    def _clamps(self, direction: int) -> Clamps:
        return self.interventions.get((self.layer, direction), _NO_CLAMPS)

    def _both(self, layer: int, x: Tensor, copies: int) -> Walk:
        """Return the output of a layer: h of its directions, concatenated."""
        found = []
        for direction in range(1 + self.net.bidirectional):
            clamps = self.interventions.get((layer, direction), _NO_CLAMPS)
            found.append((yield from self._one(layer, direction, x, copies, clamps)))
        return torch.cat(found, -1)

    def _one(self, layer: int, direction: int, x: Tensor, copies: int, clamps: Clamps) -> Walk:
        """Return h of one layer and direction, (T, B, H); of the top layer only at the needed word."""
        needed = self._needed if layer == self.net.num_layers - 1 else None
        found = []
        steps = walk(self.net, x, self.state, layer=layer, direction=direction, clamps=clamps, copies=copies)
        for at, now in steps:
            if needed is None or at == needed:
                found.append(now["h"])
            yield
            if at == needed:
                break
        return torch.stack(found[::-1] if direction else found)

    @torch.no_grad()
    def _tagged(self, output: Tensor) -> AblatedLogits:
        """Return the scores of the word, from the output at all words or at the needed one alone."""
        logits, place = self.readout.logits(output), 0 if self._needed is not None else self.step
        tags = predicted_tags(self.readout.chain, logits.log_softmax(-1), place)
        return AblatedLogits(-1, logits[place], tags, output[place])


def most_copies(net: nn.RNNBase, steps: int, kept: int) -> int:
    """Return the batch size for copies of a sentence.

    It is bounded by the memory of the ``kept`` steps, by the time of one step, and by the time of all
    ``steps``; the latter does not reduce it below a minimum, since single copies are slow.
    """
    products = sum(weight.numel() for weight in net.parameters())
    by_memory = _MOST_NUMBERS // (kept * (1 + net.bidirectional) * net.hidden_size)
    by_time = max(_FEW_COPIES, _MOST_PRODUCTS_OF_ALL // (products * steps))
    return max(1, min(_MOST_COPIES, by_memory, by_time, _MOST_PRODUCTS // products))
