"""What is done to a net by hand, to see what would happen if."""

from typing import Literal

import msgspec

from lstm_viz.messages.base import Cell, Index, IndexOrLast

#: Why an edit does not hold, "" where it does: see `Landed`.
Fault = Literal["", "off", "word", "unit", "quantity", "layer", "value", "sentence"]

#: What each cell computes, in the order of its equations.
EDITABLE: dict[Cell, str] = {"LSTM": "ifgcoh", "GRU": "rznh", "RNN": "h"}
#: A state without bounds (c, and h of a relu) is still no larger.
LARGEST = 1e6


class SetValue(msgspec.Struct, frozen=True, tag="set"):
    """A quantity is set by hand, and what follows from it is computed anew.

    Attributes
    ----------
    quantity, value :
        In torch's names: a gate, ``c`` or ``h``.
    unit : int or None
        None: all units.
    first, last : int or None
        The words from and to which it holds, both included; None: from the start, to the end.
    layer, direction : int
        Of the recurrent net that reads words.
    words : tuple of str
        The sentence in which ``first`` and ``last`` were chosen: while another is typed, they are found again
        by it.
    on : bool
        Whether it holds at all.
    """

    quantity: str
    value: float
    unit: Index | None = None
    first: Index | None = None
    last: Index | None = None
    layer: Index = 0
    direction: Index = 0
    words: tuple[str, ...] = ()
    on: bool = True


class SwapState(msgspec.Struct, frozen=True, tag="swap"):
    """The state after the word ``step`` becomes the one after the word ``word`` of another sentence.

    That is h, and c of an LSTM, of all layers and directions. The other sentence starts from the state that
    this one starts from. ``words`` is the sentence in which ``step`` was chosen, ``after`` the word of the
    other sentence that ``word`` stood for when it was chosen (None: its last).
    """

    step: Index
    text: str
    word: Index | None
    words: tuple[str, ...] = ()
    on: bool = True
    after: str = ""


Edit = SetValue | SwapState


class Landed(msgspec.Struct, frozen=True):
    """Where an edit holds in the sentence as it is now: the words ``first`` to ``last``, both included.

    A range from one word to another holds from the first to the last of its words that are still there. It
    is gone with both of its ends, and a range with one end is gone with that.

    ``others`` are the words of the other sentence of a `SwapState`, ``other`` the place among them of the one
    whose state it is (-1: there is none).

    ``fault`` says why it holds nowhere: its ``word`` is gone, the net has no such ``unit``, ``quantity`` or
    ``layer``, the ``value`` cannot be, the other ``sentence`` has no such word; or it is ``off``, as all are
    but the last some hundreds.
    """

    first: Index = 0
    last: IndexOrLast = -1
    fault: Fault = ""
    others: tuple[str, ...] = ()
    other: IndexOrLast = -1


def limits(quantity: str, nonlinearity: Literal["tanh", "relu"] = "tanh") -> tuple[float, float]:
    """Return between which values a quantity lies, both included: a sigmoid in 0…1, a tanh in −1…1."""
    if quantity in "iforz":
        return 0.0, 1.0
    if quantity == "c":
        return -LARGEST, LARGEST
    if quantity == "h" and nonlinearity == "relu":
        return 0.0, LARGEST
    return -1.0, 1.0


def possible(quantity: str, value: float, nonlinearity: Literal["tanh", "relu"] = "tanh") -> bool:
    """Tell whether a quantity can have this value; NaN and infinities are none."""
    low, high = limits(quantity, nonlinearity)
    return low <= value <= high  # which NaN is not
