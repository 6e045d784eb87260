"""What a heatmap shows of a quantity: its numbers, or those of a pair of readings."""

from dataclasses import dataclass, field

from lstm_viz.app.sentence.compare.marks import NONE, Marks
from lstm_viz.app.sentence.pair import Bools, Pairing, Sheet, Side
from lstm_viz.app.state import Pair
from lstm_viz.app.theme import ORDER
from lstm_viz.messages import Floats, View

_LETTER: dict[Side, str] = {"first": "A", "second": "B"}


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """Numbers (T, H) of a quantity, or a difference of them.

    ``there`` (T,) tells which columns have any (None: all), ``mark`` which of a pair they are of, ``scale``
    where the scale of a difference ends (None: it is none), ``by_hand`` whether what is set by hand is set
    here.
    """

    values: Floats
    there: Bools | None = None
    mark: str = ""
    scale: float | None = None
    by_hand: bool = True


@dataclass(frozen=True, eq=False)
class Shown:
    """What the heatmaps are to show: a view, or where there is a ``pairing`` (by words), ``pair`` of it."""

    view: View | None = None
    pairing: Pairing | None = None
    pair: Pair = "difference"
    marks: Marks = field(default_factory=lambda: NONE)

    @property
    def mode(self) -> Pair:
        """What of the pair is shown: where there is no difference, both."""
        return "both" if self.pair == "difference" and self.pairing and self.pairing.obstacle else self.pair

    def names(self) -> tuple[str, ...]:
        """Return the quantities there are to show, from top to bottom, but for the step's input."""
        pairing = self.pairing
        if self.view is None:
            return ()
        if pairing is None:
            return ORDER[self.view.module.cell]
        if self.mode == "difference":
            return pairing.shared
        if self.mode == "both":
            return pairing.names
        return tuple(name for name in pairing.names if pairing.values(self.mode, name) is not None)

    def layers(self, name: str, alone: bool) -> tuple[Layer, ...]:
        """Return what is shown of a quantity, from top to bottom; ``alone``, both and their difference."""
        pairing = self.pairing
        if pairing is None:
            return () if self.view is None else (Layer(_values(self.view, name)),)
        if self.mode == "difference":
            return _difference(pairing, name)
        if self.mode != "both":
            return _one(pairing, self.mode, name, mark="")
        both = (*_one(pairing, "first", name), *_one(pairing, "second", name))
        return (*both, *_difference(pairing, name)) if alone else both


def _values(view: View, name: str) -> Floats:
    return view.x if name == "x" else view.quantities[name]


def _one(pairing: Pairing, side: Side, name: str, mark: str | None = None) -> tuple[Layer, ...]:
    sheet = pairing.values(side, name)
    by_hand = pairing.edited == (side == "second")
    return _layer(sheet, _LETTER[side] if mark is None else mark, by_hand=by_hand)


def _difference(pairing: Pairing, name: str) -> tuple[Layer, ...]:
    return _layer(pairing.difference(name), "Δ", scale=pairing.scale(name))


def _layer(
    sheet: Sheet | None, mark: str, *, scale: float | None = None, by_hand: bool = True
) -> tuple[Layer, ...]:
    if sheet is None:
        return ()
    there = None if sheet.there.all() else sheet.there
    return (Layer(sheet.values, there, mark, scale, by_hand),)
