"""The fixed words of the texts that are selected."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstm_viz.app.painting import as_line
from lstm_viz.messages import SwapState
from lstm_viz.text.cut import Cut

if TYPE_CHECKING:
    from lstm_viz.app.state import Look

Cuts = tuple[Cut, ...]

_MOST_REMEMBERED = 500  # as many as there are commands to undo


def added(cuts: Cuts, cut: Cut) -> Cuts:
    """Return the cuts with that of one more text, or another one of the same text."""
    others = tuple(other for other in cuts if other.text != cut.text)
    return (*others, cut) if cut.tokens else others


def remembered(recent: Cuts, cuts: Cuts) -> Cuts:
    """Return the cuts that were used last, these among them."""
    for cut in cuts:
        if recent[-1:] != (cut,):
            recent = added(recent, cut)
    return recent[-_MOST_REMEMBERED:]


def in_use(look: "Look", old: "Look", recent: Cuts) -> Cuts:
    """Return the cuts of the texts that are in the selection: the sentence, those before, and others.

    A text that comes back, since an edit was undone for example, has the cut again that it had: ``recent``
    are those that were used last.
    """
    if not look.cuts and not recent:
        return ()
    texts = set(_texts(look))
    back = texts.difference(_texts(old), (cut.text for cut in look.cuts))
    kept = tuple(cut for cut in look.cuts if cut.text in texts)
    return kept + tuple(cut for cut in recent if cut.text in back)


def as_typed(cut: Cut) -> Cut:
    """Return the cut of the text as the editor holds it; each place in it stays what it was."""
    return Cut(as_line(cut.text), cut.tokens, cut.tags)


def _texts(look: "Look") -> Iterator[str]:
    yield look.text
    yield from look.before
    yield from look.kept
    if look.beside is not None:
        yield look.beside.text
    yield from (edit.text for edit in look.edits if isinstance(edit, SwapState))
