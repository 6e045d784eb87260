"""The fixed tokens of the texts in the selection."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstm_viz.app.texts import as_line
from lstm_viz.messages import SwapState
from lstm_viz.text.cut import Cut

if TYPE_CHECKING:
    from lstm_viz.app.selection.selection import Selection

Cuts = tuple[Cut, ...]

_MOST_REMEMBERED = 500  # as many as there are commands to undo


def added(cuts: Cuts, cut: Cut) -> Cuts:
    """Return the cuts with another one, which replaces that of the same text."""
    others = tuple(other for other in cuts if other.text != cut.text)
    return (*others, cut) if cut.tokens else others


def remembered(recent: Cuts, cuts: Cuts) -> Cuts:
    """Return the most recently used cuts, with ``cuts`` as the newest."""
    for cut in cuts:
        if recent[-1:] != (cut,):
            recent = added(recent, cut)
    return recent[-_MOST_REMEMBERED:]


def in_use(selection: "Selection", old: "Selection", recent: Cuts) -> Cuts:
    """Return the cuts of the texts in the selection: the sentence, those before it, and others.

    A text that comes back, for example by undo, has its earlier cut again, which is one of ``recent``.
    """
    if not selection.cuts and not recent:
        return ()
    texts = set(_texts(selection))
    back = texts.difference(_texts(old), (cut.text for cut in selection.cuts))
    kept = tuple(cut for cut in selection.cuts if cut.text in texts)
    return kept + tuple(cut for cut in recent if cut.text in back)


def as_typed(cut: Cut) -> Cut:
    """Return the cut of the text as the editor holds it; offsets into the text stay valid."""
    return Cut(as_line(cut.text), cut.tokens, cut.tags)


def _texts(selection: "Selection") -> Iterator[str]:
    yield selection.text
    yield from selection.before
    yield from selection.kept
    if selection.compared_with is not None:
        yield selection.compared_with.text
    yield from (edit.text for edit in selection.edits if isinstance(edit, SwapState))
