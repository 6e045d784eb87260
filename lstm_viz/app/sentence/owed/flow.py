"""How far back a score reaches, as curves over the words: which values, on which scale, and where."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, isfinite, log10

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from lstm_viz.messages import Floats, Module, Owed

#: The scale shows at least this, as powers of ten.
_LEAST = (-3, 0)
_FEWEST_PIXELS = 13.0


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A norm a word: ``name`` is the quantity whose colour it has, ``symbol`` what it is called."""

    name: str
    symbol: str
    values: Floats
    dashed: bool = False


@dataclass(frozen=True, eq=False)
class Flow:
    """The curves over ``words``, a range of the sentence: those that the score can depend on."""

    words: range
    step: int
    curves: tuple[Curve, ...]

    @cached_property
    def powers(self) -> tuple[int, int]:
        """The ends of the scale: whole powers of ten that hold every value but 0."""
        positive = self._values[np.isfinite(self._values) & (self._values > 0)]
        if not positive.size:
            return _LEAST
        low, high = floor(np.log10(positive.min())), ceil(np.log10(positive.max()))
        return min(low, high - 1, _LEAST[0]), max(high, _LEAST[1])

    @cached_property
    def has_zeros(self) -> bool:
        return bool((self._values == 0).any())

    @cached_property
    def has_nan(self) -> bool:
        return bool(np.isnan(self._values).any())

    @cached_property
    def _values(self) -> npt.NDArray[np.float64]:
        """Every value that is drawn, (curves, words)."""
        shown = slice(self.words.start, self.words.stop)
        return np.array([curve.values[shown] for curve in self.curves], np.float64)


def flow_of(owed: Owed, net: Module) -> Flow | None:
    """Return the curves of an answer about ``net``; None where it has none."""
    if owed.h_flow is None:
        return None
    curves = [Curve("h", "h", owed.h_flow)]
    if owed.c_flow is not None:
        curves.append(Curve("c", "c", owed.c_flow))
    if owed.direct is not None:
        gate = "f" if net.cell == "LSTM" else "z"
        curves.append(Curve(gate, f"∏ {gate}", owed.direct, dashed=True))
    return Flow(_span(owed, net), owed.step, tuple(curves))


def _span(owed: Owed, net: Module) -> range:
    """Return the words whose states the score can depend on: under a layer that reads both ways all."""
    words = len(owed.words)
    if net.num_directions > 1 and owed.layer < net.num_layers - 1:
        return range(words)
    return range(owed.step, words) if owed.direction else range(owed.step + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """Where words and powers of ten stand within ``room``; zeros stand on a line of their own below it."""

    flow: Flow
    room: QRectF

    @property
    def spacing(self) -> float:
        """How far the words are from each other."""
        return self.room.width() / max(1, len(self.flow.words))

    def x(self, word: int) -> float:
        return self.room.left() + (word - self.flow.words.start + 0.5) * self.spacing

    @property
    def bottom(self) -> float:
        """Where the lowest power stands, over the line of the zeros, if there are any."""
        return self.room.bottom() - (14.0 if self.flow.has_zeros else 0.0)

    def y(self, value: float) -> float:
        low, high = self.flow.powers
        if value <= 0:
            return self.room.bottom() - 2
        share = (log10(value) - low) / (high - low)
        return self.bottom - share * (self.bottom - self.room.top())

    def ticks(self) -> list[int]:
        """Return the powers that have a line, from low to high."""
        low, high = self.flow.powers
        most = max(1, int((self.bottom - self.room.top()) / _FEWEST_PIXELS / 1.4))
        return list(range(high, low - 1, -max(1, ceil((high - low) / most))))[::-1]

    def labelled(self) -> range:
        """Return the words that have their name under the axis: those that have room, the step among them."""
        every = max(1, ceil(_FEWEST_PIXELS / self.spacing))
        step, words = self.flow.step, self.flow.words
        return range(words.start + (step - words.start) % every, words.stop, every)

    def runs(self, curve: Curve) -> list[list[QPointF]]:
        """Return where a curve goes: it is broken where there is no number, and between 0 and what is not."""
        found: list[list[QPointF]] = []
        last = ""
        for word in self.flow.words:
            value = float(curve.values[word])
            kind = "" if not isfinite(value) else "zero" if value == 0 else "number"
            if kind and kind != last:
                found.append([])
            if kind:
                found[-1].append(QPointF(self.x(word), self.y(value)))
            last = kind
        return found

    def at(self, x: float) -> int | None:
        """Return the word whose place is at ``x``."""
        word = self.flow.words.start + floor((x - self.room.left()) / self.spacing)
        return word if word in self.flow.words else None
