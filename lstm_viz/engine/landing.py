"""Where the edits of a person hold in the sentence as it is now, and why one holds nowhere."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from lstm_viz.messages import EDITABLE, Edit, Fault, Landed, Module, SetValue, SwapState, possible
from lstm_viz.text.alignment import places

#: Of more edits only the last so many are looked at, and of swaps only so many of them.
MOST_EDITS = 500
MOST_SWAPS = 32

Places = tuple[int | None, ...]


def land(
    edits: Sequence[Edit], net: Module, words: tuple[str, ...], words_in: Callable[[str], tuple[str, ...]]
) -> tuple[Landed, ...]:
    """Return of each edit where it holds among ``words``.

    A range that was chosen from one word to another holds from the first to the last of its words that are
    still there, and over what was typed between them. It holds nowhere when both of its ends are gone, nor
    does a range of one end when that is gone.

    Parameters
    ----------
    net : Module
        The one that reads words.
    words_in : callable
        Returns the words of a text that are read: of the other sentence of a `SwapState`.
    """
    known: dict[tuple[str, ...], Places] = {(): tuple(range(len(words)))}

    def found(chosen: tuple[str, ...]) -> Places:
        if chosen not in known:
            known[chosen] = places(chosen, words)
        return known[chosen]

    def one(edit: Edit, looked_at: bool) -> Landed:
        fault = _fault(edit, net) if looked_at and edit.on else "off"
        if fault:
            return Landed(fault=fault)
        first, last = (edit.step, edit.step) if isinstance(edit, SwapState) else (edit.first, edit.last)
        landed = _landed(first, last, found(edit.words), len(words))
        return _with_others(landed, edit, words_in(edit.text)) if isinstance(edit, SwapState) else landed

    return tuple(one(edit, near) for edit, near in zip(edits, _looked_at(edits), strict=True))


def _with_others(landed: Landed, edit: SwapState, others: tuple[str, ...]) -> Landed:
    other = _other_word(edit, others)
    if other is None and not landed.fault:
        landed = Landed(fault="sentence")
    return replace(landed, others=others, other=-1 if other is None else other)


def _other_word(edit: SwapState, others: tuple[str, ...]) -> int | None:
    """Return where the word of the other sentence is; another model may cut that sentence in another way."""
    if edit.word is None:
        return len(others) - 1 if others else None
    if not edit.after:
        return edit.word if 0 <= edit.word < len(others) else None
    same = [place for place, word in enumerate(others) if word == edit.after]
    return min(same, key=lambda place: abs(place - edit.word), default=None)  # type: ignore[operator]


def _looked_at(edits: Sequence[Edit]) -> list[bool]:
    """Tell of each edit whether it is among the last ones that are looked at."""
    swaps, told = 0, []
    for after, edit in enumerate(reversed(edits)):
        swaps += isinstance(edit, SwapState)
        told.append(after < MOST_EDITS and (swaps <= MOST_SWAPS or isinstance(edit, SetValue)))
    return told[::-1]


def _fault(edit: Edit, net: Module) -> Fault:
    """Return what an edit asks of ``net`` that it has not, whatever the sentence."""
    if isinstance(edit, SwapState):
        return ""
    if edit.quantity not in set(EDITABLE[net.cell]):
        return "quantity"
    if not (0 <= edit.layer < net.num_layers and 0 <= edit.direction < net.num_directions):
        return "layer"
    if edit.unit is not None and not 0 <= edit.unit < net.hidden_size:
        return "unit"
    return "" if possible(edit.quantity, edit.value, net.nonlinearity) else "value"


def _landed(first: int | None, last: int | None, found: Places, words: int) -> Landed:
    """Return where a range of the words that are now at the places ``found`` holds."""
    ends = [end for end in (first, last) if end is not None]
    there = [0 <= end < len(found) and found[end] is not None for end in ends]
    if not words or (ends and not any(there)):
        return Landed(fault="word")
    low, high = first or 0, len(found) - 1 if last is None else last
    inside = [place for place in found[max(0, low) : max(0, high) + 1] if place is not None]
    if ends and not inside:
        return Landed(fault="word")
    return Landed(0 if first is None else inside[0], words - 1 if last is None else inside[-1])
