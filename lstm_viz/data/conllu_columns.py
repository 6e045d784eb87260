"""Validation of the columns of a line of CoNLL-U."""

import unicodedata
from collections.abc import Callable

from lstm_viz.data.conllu_ids import quoted

COLUMNS = 10
#: The UPOS of a word that has no tag.
UNTAGGED = "_"

_SPACE_AND_CONTROL = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
#: Fillers, joiners and variation selectors: invisible, though Unicode counts them as letters or marks.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))


class Checked(dict[str, str]):
    """Interned strings; a string is validated at its first access.

    Parameters
    ----------
    check : callable
        Returns the error message for a string, or "".

    Raises
    ------
    ValueError
        With that message, on access.
    """

    def __init__(self, check: Callable[[str], str]) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, text: str) -> str:
        if error := self._check(text):
            raise ValueError(error)
        self[text] = text
        return text


def space_after(misc: str) -> bool:
    """Return whether a space follows a token with this MISC."""
    return "SpaceAfter=No" not in misc or "SpaceAfter=No" not in misc.split("|")


def columns_error(line: str) -> str:
    """Return the error message for a line that does not have ten columns."""
    error = f"{line.count(chr(9)) + 1} columns instead of {COLUMNS}"
    if "\ufeff" in line:
        return f"{error}, and a byte order mark: files were joined without a line break between them"
    return error


def form_error(form: str) -> str:
    """Return the error message for a FORM, or ""."""
    if not form:
        return "the word is empty"
    if all(unicodedata.category(c) in _SPACE_AND_CONTROL or c in _INVISIBLE for c in form):
        return f"the word is blank: {quoted(form)} is white space or invisible"
    return ""


def tag_error(tag: str) -> str:
    """Return the error message for a UPOS, or ""."""
    if not tag:
        return f"the tag is empty; where a word has none, put “{UNTAGGED}”"
    if any(unicodedata.category(c) in _SPACE_AND_CONTROL for c in tag):
        return f"the tag {quoted(tag)} has white space or invisible characters in it; remove them"
    return ""
