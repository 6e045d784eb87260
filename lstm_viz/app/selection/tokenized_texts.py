"""The fixed tokens of the texts in the selection."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstm_viz.app.texts import as_line
from lstm_viz.messages import SwapState
from lstm_viz.text.tokenized_text import TokenizedText

if TYPE_CHECKING:
    from lstm_viz.app.selection.selection import Selection

TokenizedTexts = tuple[TokenizedText, ...]

_MOST_REMEMBERED = 500  # as many as there are commands to undo


def added(tokenized_texts: TokenizedTexts, tokenized: TokenizedText) -> TokenizedTexts:
    """Return the tokenized texts with another one, which replaces that of the same text."""
    others = tuple(other for other in tokenized_texts if other.text != tokenized.text)
    return (*others, tokenized) if tokenized.tokens else others


def remembered(recent: TokenizedTexts, tokenized_texts: TokenizedTexts) -> TokenizedTexts:
    """Return the most recently used ones, with ``tokenized_texts`` as the newest."""
    for tokenized in tokenized_texts:
        if recent[-1:] != (tokenized,):
            recent = added(recent, tokenized)
    return recent[-_MOST_REMEMBERED:]


def in_use(selection: "Selection", old: "Selection", recent: TokenizedTexts) -> TokenizedTexts:
    """Return the tokenized texts of the texts in the selection: the sentence, those before it, and others.

    A text that comes back, for example by undo, has its earlier tokenized text again, which is one of
    ``recent``.
    """
    if not selection.tokenized_texts and not recent:
        return ()
    texts = set(_texts(selection))
    back = texts.difference(_texts(old), (tokenized.text for tokenized in selection.tokenized_texts))
    kept = tuple(tokenized for tokenized in selection.tokenized_texts if tokenized.text in texts)
    return kept + tuple(tokenized for tokenized in recent if tokenized.text in back)


def as_typed(tokenized: TokenizedText) -> TokenizedText:
    """Return the tokenized text of the text as the editor holds it; offsets into the text stay valid."""
    return TokenizedText(as_line(tokenized.text), tokenized.tokens, tokenized.tags)


def _texts(selection: "Selection") -> Iterator[str]:
    yield selection.text
    yield from selection.before
    yield from selection.kept
    if selection.compared_with is not None:
        yield selection.compared_with.text
    yield from (edit.text for edit in selection.edits if isinstance(edit, SwapState))
