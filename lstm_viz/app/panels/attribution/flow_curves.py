"""The gradient flow of a score as curves over the words: values, scale and geometry."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, isfinite, log10

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from lstm_viz.messages import Attribution, Floats, Module

#: The scale shows at least this, as powers of ten.
_LEAST = (-3, 0)
_FEWEST_PIXELS = 13.0


@dataclass(frozen=True, slots=True, eq=False)
class NormCurve:
    """A norm per word: ``name`` is the quantity whose colour it has, ``symbol`` its label."""

    name: str
    symbol: str
    values: Floats
    dashed: bool = False


@dataclass(frozen=True, eq=False)
class FlowCurves:
    """The curves over ``words``, the range of the sentence that the score can depend on."""

    words: range
    step: int
    curves: tuple[NormCurve, ...]

    @cached_property
    def powers(self) -> tuple[int, int]:
        """The ends of the scale: whole powers of ten that include every value but 0."""
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
        """All values, (curves, words)."""
        shown = slice(self.words.start, self.words.stop)
        return np.array([curve.values[shown] for curve in self.curves], np.float64)


def flow_of(attribution: Attribution, module: Module) -> FlowCurves | None:
    """Return the curves of a result about ``module``; None where it has none."""
    if attribution.h_flow is None:
        return None
    curves = [NormCurve("h", "h", attribution.h_flow)]
    if attribution.c_flow is not None:
        curves.append(NormCurve("c", "c", attribution.c_flow))
    gated = module.kind.gated_state
    if attribution.direct is not None and gated is not None:
        curves.append(NormCurve(gated.gate, f"∏ {gated.factor}", attribution.direct, dashed=True))
    return FlowCurves(_span(attribution, module), attribution.step, tuple(curves))


def _span(attribution: Attribution, module: Module) -> range:
    """Return the words whose states the score can depend on: all under a bidirectional layer."""
    words = len(attribution.words)
    if module.num_directions > 1 and attribution.layer < module.num_layers - 1:
        return range(words)
    return range(attribution.step, words) if attribution.direction else range(attribution.step + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """The positions of words and powers of ten within ``room``; zeros have a line of their own below it."""

    flow: FlowCurves
    room: QRectF

    @property
    def spacing(self) -> float:
        """The distance between two words."""
        return self.room.width() / max(1, len(self.flow.words))

    def x(self, word: int) -> float:
        return self.room.left() + (word - self.flow.words.start + 0.5) * self.spacing

    @property
    def bottom(self) -> float:
        """The y of the lowest power, above the line of the zeros, if there are any."""
        return self.room.bottom() - (14.0 if self.flow.has_zeros else 0.0)

    def y(self, value: float) -> float:
        low, high = self.flow.powers
        if value <= 0:
            return self.room.bottom() - 2
        share = (log10(value) - low) / (high - low)
        return self.bottom - share * (self.bottom - self.room.top())

    def ticks(self) -> list[int]:
        """Return the powers that have a grid line, from low to high."""
        low, high = self.flow.powers
        most = max(1, int((self.bottom - self.room.top()) / _FEWEST_PIXELS / 1.4))
        return list(range(high, low - 1, -max(1, ceil((high - low) / most))))[::-1]

    def labelled(self) -> range:
        """Return the words that are labelled under the axis: as many as fit, the step among them."""
        every = max(1, ceil(_FEWEST_PIXELS / self.spacing))
        step, words = self.flow.step, self.flow.words
        return range(words.start + (step - words.start) % every, words.stop, every)

    def runs(self, curve: NormCurve) -> list[list[QPointF]]:
        """Return the pieces of a curve: it is broken at NaN, and between zero and other values."""
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
        """Return the word at ``x``."""
        word = self.flow.words.start + floor((x - self.room.left()) / self.spacing)
        return word if word in self.flow.words else None
