"""Resolution of edits: where each one applies in the current sentence, or why it applies nowhere."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from lstm_viz.messages import (
    Edit,
    Module,
    ResolvedEdit,
    SetValue,
    SwapState,
    UnresolvedReason,
)
from lstm_viz.text.alignment import places

#: Only the last edits up to this number are resolved, and among them only the last swaps.
MOST_EDITS = 500
MOST_SWAPS = 32

WordIndices = tuple[int | None, ...]


def resolve(
    edits: Sequence[Edit],
    modules: Mapping[str, Module],
    words: tuple[str, ...],
    words_in: Callable[[str], tuple[str, ...]],
) -> tuple[ResolvedEdit, ...]:
    """Return for each edit the words to which it applies.

    A range between two words applies from the first to the last of its words that are still in the sentence,
    including words that were inserted between them. It is unresolved when both of its ends are missing; a
    range with one end is unresolved when that is missing.

    Parameters
    ----------
    modules : mapping of str to Module
        The recurrent modules that read the columns, by path; the first is also that of edits without one.
    words_in : callable
        Returns the words of a text, up to the limit: of the other sentence of a `SwapState`.
    """
    known: dict[tuple[str, ...], WordIndices] = {(): tuple(range(len(words)))}

    def found(chosen: tuple[str, ...]) -> WordIndices:
        if chosen not in known:
            known[chosen] = places(chosen, words)
        return known[chosen]

    def one(edit: Edit, is_recent: bool) -> ResolvedEdit:
        unresolved = _unresolved_reason(edit, modules) if is_recent and edit.on else "off"
        if unresolved:
            return ResolvedEdit(unresolved=unresolved)
        first, last = (edit.step, edit.step) if isinstance(edit, SwapState) else (edit.first, edit.last)
        resolved = _resolved(first, last, found(edit.words), len(words))
        if isinstance(edit, SwapState):
            return _with_others(resolved, edit, words_in(edit.text))
        return replace(resolved, module=edited_path(edit, modules)) if len(modules) > 1 else resolved

    return tuple(one(edit, is_recent) for edit, is_recent in zip(edits, _recent(edits), strict=True))


def _with_others(resolved: ResolvedEdit, edit: SwapState, others: tuple[str, ...]) -> ResolvedEdit:
    other = _other_word(edit, others)
    if other is None and not resolved.unresolved:
        resolved = ResolvedEdit(unresolved="sentence")
    return replace(resolved, others=others, other=-1 if other is None else other)


def _other_word(edit: SwapState, others: tuple[str, ...]) -> int | None:
    """Return the index of the word in the other sentence, which another model may segment differently."""
    if edit.word is None:
        return len(others) - 1 if others else None
    if not edit.after:
        return edit.word if 0 <= edit.word < len(others) else None
    same = [place for place, word in enumerate(others) if word == edit.after]
    return min(same, key=lambda place: abs(place - edit.word), default=None)  # type: ignore[operator]


def _recent(edits: Sequence[Edit]) -> list[bool]:
    """Return for each edit whether it is among the last ones, which are resolved."""
    swaps, recent = 0, []
    for after, edit in enumerate(reversed(edits)):
        swaps += isinstance(edit, SwapState)
        recent.append(after < MOST_EDITS and (swaps <= MOST_SWAPS or isinstance(edit, SetValue)))
    return recent[::-1]


def edited_path(edit: SetValue, modules: Mapping[str, object]) -> str:
    """Return the path of the module that an edit clamps: its own, or the first."""
    return next(iter(modules)) if edit.module is UNSET else edit.module


def _unresolved_reason(edit: Edit, modules: Mapping[str, Module]) -> UnresolvedReason:
    """Return why an edit cannot apply in any sentence, "" if it can."""
    if isinstance(edit, SwapState):
        return ""
    net = modules.get(edited_path(edit, modules))
    if net is None:
        return "layer"
    if edit.quantity not in net.kind:
        return "quantity"
    if not (0 <= edit.layer < net.num_layers and 0 <= edit.direction < net.num_directions):
        return "layer"
    if edit.unit is not None and not 0 <= edit.unit < net.hidden_size:
        return "unit"
    return "" if net.kind[edit.quantity].allows(edit.value) else "value"


def _resolved(first: int | None, last: int | None, found: WordIndices, words: int) -> ResolvedEdit:
    """Return where a range applies whose words are now at the indices ``found``."""
    ends = [end for end in (first, last) if end is not None]
    there = [0 <= end < len(found) and found[end] is not None for end in ends]
    if not words or (ends and not any(there)):
        return ResolvedEdit(unresolved="word")
    low, high = first or 0, len(found) - 1 if last is None else last
    inside = [place for place in found[max(0, low) : max(0, high) + 1] if place is not None]
    if ends and not inside:
        return ResolvedEdit(unresolved="word")
    return ResolvedEdit(0 if first is None else inside[0], words - 1 if last is None else inside[-1])
