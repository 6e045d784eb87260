"""Edits: the interventions that a user has requested, and where they apply."""

from typing import Literal

import msgspec

from lstm_viz.messages.base import Index, IndexOrLast

#: Why an edit does not apply, "" where it does: see `ResolvedEdit`.
UnresolvedReason = Literal["", "off", "word", "unit", "quantity", "layer", "value", "sentence", "model"]


class SetValue(msgspec.Struct, frozen=True, tag="set"):
    """Clamp a quantity to a value; everything that depends on it is recomputed.

    Attributes
    ----------
    quantity, value :
        In torch's names: a gate, ``c`` or ``h``.
    unit : int or None
        None: all units.
    first, last : int or None
        The range of words, both included; None: from the start, to the end.
    layer, direction : int
        Of the recurrent module.
    module : str or UNSET
        The path of the recurrent module, which reads the columns of the input; without one, the first.
    words : tuple of str
        The sentence in which ``first`` and ``last`` were chosen; the range is aligned with it when the text
        changes.
    on : bool
        Whether the edit is enabled.
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
    module: str | msgspec.UnsetType = msgspec.UNSET  # left out where it is stored, as earlier versions did


class SwapState(msgspec.Struct, frozen=True, tag="swap"):
    """State patch: the state after the word ``step`` is replaced by the one after a word of another sentence.

    The state is h, and c of an LSTM, in all layers and directions of all modules that read the columns of the
    input. Both sentences have the same initial
    state. ``words`` is the sentence in which ``step`` was chosen; ``word`` None is the last word of the other
    sentence, and ``after`` the word at ``word`` when it was chosen.
    """

    step: Index
    text: str
    word: Index | None
    words: tuple[str, ...] = ()
    on: bool = True
    after: str = ""


Edit = SetValue | SwapState


class ResolvedEdit(msgspec.Struct, frozen=True):
    """Where an edit applies in the current sentence: the words ``first`` to ``last``, both included.

    A range between two words applies from the first to the last of its words that are still in the sentence.
    It is unresolved when both of its ends are missing, a range with one end when that is missing.

    ``others`` are the words of the other sentence of a `SwapState`, ``other`` the index of the one after
    which the state is taken (-1: none).

    ``module`` is the path of the module that a `SetValue` clamps; "" where one module alone can be clamped.

    ``unresolved`` is the reason why an edit is unresolved: its ``word`` is missing, the module has no such
    ``unit``, ``quantity`` or ``layer``, the ``value`` is out of range, the other ``sentence`` has no such
    word, the ``model`` has no weights; or it is ``off``, as are all but the last few hundred edits.
    """

    first: Index = 0
    last: IndexOrLast = -1
    unresolved: UnresolvedReason = ""
    others: tuple[str, ...] = ()
    other: IndexOrLast = -1
    module: str = ""
