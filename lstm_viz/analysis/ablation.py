"""What a tag stands on: units and gates are switched off, one after the other, and the sentence read again.

What off means is in `lstm_viz.analysis.switched_off`. Many such nets are read at once, as copies in one
batch.

Source: Y. Lakretz et al., "The emergence of number and syntax units in LSTM language models", NAACL 2019,
who find the units that a decision stands on by fixing each at zero in turn.

Shapes: T words, B copies, H units, G gates, D directions, K tags; A = H + G + G·H nets with something off.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor, nn

from lstm_viz.analysis.chosen import chosen_tags
from lstm_viz.analysis.switched_off import Off, grips_off, joined, nets_without
from lstm_viz.analysis.unrolled import Grips, Hands, State, walk
from lstm_viz.tagging.models import WordTagger

_FEW_COPIES, _MOST_COPIES = 16, 128
_MOST_NUMBERS = 1 << 22  # h of all words and copies that one batch keeps
_MOST_PRODUCTS, _MOST_PRODUCTS_OF_ALL = 1 << 30, 1 << 34  # of one step of a batch, and of all its steps
_NOBODY: Hands = MappingProxyType({})
_NOTHING: Grips = MappingProxyType({})

#: Something that takes a while: it yields after every step, so that it can be left there.
Walk = Generator[None, None, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What the word gets from the nets ``first`` to ``first + B - 1`` of `nets_without`.

    Attributes
    ----------
    first : int
        -1 for the whole net, with nothing off.
    logits : Tensor (B, K)
        Of the word.
    tags : Tensor (B,)
        The place of the tag that the tagger chooses, `NO_TAG` where a logit is not a number.
    output : Tensor (B, D·H) or None
        What the logits are made of; None for all but the whole net.
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
    tagger: WordTagger,
    x: Tensor,
    state: State | None = None,
    *,
    step: int,
    layer: int,
    direction: int,
    hands: Hands = _NOBODY,
) -> Iterator[Scored | None]:
    """Read a sentence with each of `nets_without`, and say what one word gets from it.

    Only what can matter is computed. The layers below, and the other direction of the same layer, are read
    once; a net that only reads forward stops at the step, unless a chain over the tags needs the other words;
    of nets that must have the same numbers one is read.

    Parameters
    ----------
    tagger : WordTagger
        In eval mode; its weights gain no gradients.
    x : Tensor (T, 1, I)
        What its recurrent net reads, of at least one word.
    state : Tensor (L·D, 1, H), of an LSTM a pair (h, c) of them, or None
        Where it starts; None is zero. A unit that is off may still have its part in it.
    step : int
        The word that is scored.
    layer, direction : int
        Of the recurrent net: whose units and gates are switched off.
    hands : Hands
        What is set by hand in every copy. What is switched off stays off where both touch the same number.

    Yields
    ------
    Scored or None
        The whole net first, then the others in their order, a batch at a time. None, after every step
        between, is a moment at which to look up.

    Raises
    ------
    ValueError
        If the net projects its hidden state (``proj_size``), or there is no such layer, direction or word.
    """
    net: nn.RNNBase = tagger.recurrent
    if net.proj_size:
        raise ValueError("a net that projects its hidden state has no unit to switch off")
    if not (0 <= layer < net.num_layers and 0 <= direction <= net.bidirectional and 0 <= step < len(x)):
        raise ValueError(f"there is no word {step} in layer {layer}, direction {direction}")
    if tagger.chain is None and not net.bidirectional:
        x = x[: step + 1]
    reading = _Reading(tagger, x.detach(), state, step, layer, direction, hands)
    return reading.all(nets_without(net.mode, net.hidden_size))


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """A sentence, and which word, layer and direction of it are looked at."""

    tagger: WordTagger
    x: Tensor
    state: State | None
    step: int
    layer: int
    direction: int
    hands: Hands

    def all(self, offs: Sequence[Off]) -> Iterator[Scored | None]:
        below = yield from self._below()
        beside = yield from self._beside(below)
        whole = yield from self._scored(below, beside, ())
        yield whole
        is_sound = bool(whole.logits.isfinite().all())
        size = most_copies(self.net, len(self.x), self._kept)
        known: dict[Off, tuple[Tensor, Tensor]] = {}
        for first in range(0, len(offs), size):
            some = offs[first : first + size]
            twins = [self._twin(off) if is_sound else off for off in some]
            new = [off for off in some if off in twins and off not in known]
            if new:
                scored = yield from self._scored(below, beside, new)
                known.update(zip(new, zip(scored.logits, scored.tags, strict=True), strict=True))
            logits, tags = zip(*(known[twin] for twin in twins), strict=True)
            yield Scored(first, torch.stack(logits), torch.stack(tags))

    def _twin(self, off: Off) -> Off:
        """Return the first net that has the same numbers as this one, if all of them are numbers.

        An LSTM writes i ⊙ g: nothing without the one or the other. It shows o ⊙ tanh(c): without its o a unit
        is off, unless a hand sets its h.
        """
        if self.net.mode == "LSTM" and off.quantity == "g":
            return Off("i", off.unit)
        is_a_unit = self.net.mode == "LSTM" and off.quantity == "o" and off.unit is not None
        return Off("h", off.unit) if is_a_unit and "h" not in self._grips(self.direction) else off

    @property
    def net(self) -> nn.RNNBase:
        net: nn.RNNBase = self.tagger.recurrent
        return net

    @property
    def _wanted(self) -> int | None:
        """The one word of which the top layer's h is needed; None: all."""
        return self.step if self.tagger.chain is None else None

    @property
    def _kept(self) -> int:
        """How many words' numbers each copy needs at a time."""
        is_top, is_free = self.layer == self.net.num_layers - 1, not self._grips(self.direction)
        return 1 if self._wanted is not None and is_top and is_free else len(self.x)

    def _below(self) -> Walk:
        """Return what the layer reads, (T, 1, ·)."""
        x = self.x
        for layer in range(self.layer):
            x = yield from self._both(layer, x, 1)
        return x

    def _beside(self, x: Tensor) -> Generator[None, None, Tensor | None]:
        """Return h of the layer's other direction, (T or 1, 1, H), if it has one."""
        if not self.net.bidirectional:
            return None
        return (yield from self._one(self.layer, 1 - self.direction, x, 1, self._grips(1 - self.direction)))

    def _scored(self, x: Tensor, beside: Tensor | None, offs: Sequence[Off]) -> Generator[None, None, Scored]:
        copies = max(1, len(offs))
        grips = joined(self._grips(self.direction), grips_off(offs, self.net, x.dtype))
        h = yield from self._one(self.layer, self.direction, x, copies, grips)
        if beside is not None:
            pair = [h, beside.expand(-1, copies, -1)]
            h = torch.cat(pair[::-1] if self.direction else pair, -1)
        for above in range(self.layer + 1, self.net.num_layers):
            h = yield from self._both(above, h, copies)
        return self._tagged(h)

    def _grips(self, direction: int) -> Grips:
        return self.hands.get((self.layer, direction), _NOTHING)

    def _both(self, layer: int, x: Tensor, copies: int) -> Walk:
        """Return what a layer gives out: h of its directions side by side."""
        found = []
        for direction in range(1 + self.net.bidirectional):
            grips = self.hands.get((layer, direction), _NOTHING)
            found.append((yield from self._one(layer, direction, x, copies, grips)))
        return torch.cat(found, -1)

    def _one(self, layer: int, direction: int, x: Tensor, copies: int, grips: Grips) -> Walk:
        """Return h of one layer and direction, (T, B, H); of the top one only where it is wanted."""
        wanted = self._wanted if layer == self.net.num_layers - 1 else None
        found = []
        steps = walk(self.net, x, self.state, layer=layer, direction=direction, grips=grips, copies=copies)
        for at, now in steps:
            if wanted is None or at == wanted:
                found.append(now["h"])
            yield
            if at == wanted:
                break
        return torch.stack(found[::-1] if direction else found)

    @torch.no_grad()
    def _tagged(self, output: Tensor) -> Scored:
        """Return what the words get of which the output is there: all, or the one that is wanted."""
        logits, place = self.tagger.logits(output), 0 if self._wanted is not None else self.step
        tags = chosen_tags(self.tagger, logits.log_softmax(-1), place)
        return Scored(-1, logits[place], tags, output[place])


def most_copies(net: nn.RNNBase, steps: int, kept: int) -> int:
    """Return how many copies of a sentence to read at once.

    A batch is small where ``kept`` of its ``steps`` are kept, a step of it takes a blink, and all of it not
    long, as far as a few copies can: one at a time is slow.
    """
    products = sum(weight.numel() for weight in net.parameters())
    by_memory = _MOST_NUMBERS // (kept * (1 + net.bidirectional) * net.hidden_size)
    by_time = max(_FEW_COPIES, _MOST_PRODUCTS_OF_ALL // (products * steps))
    return max(1, min(_MOST_COPIES, by_memory, by_time, _MOST_PRODUCTS // products))
