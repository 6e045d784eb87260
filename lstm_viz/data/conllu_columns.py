"""Validation of the columns of a line of CoNLL-U."""

import unicodedata
from collections.abc import Callable

from lstm_viz.data.conllu_ids import quoted
from lstm_viz.errors import CodedText, ErrorCode, coded

COLUMNS = 10
#: The UPOS of a word that has no tag.
UNTAGGED = "_"

_SPACE_AND_CONTROL = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
#: Fillers, joiners and variation selectors: invisible, though Unicode counts them as letters or marks.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))


class ColumnError(ValueError):
    """Raised for an invalid string; ``reason`` is why."""

    def __init__(self, reason: CodedText) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Checked(dict[str, str]):
    """Interned strings; a string is validated at its first access.

    Parameters
    ----------
    check : callable
        Returns why a string is invalid, or None.

    Raises
    ------
    ColumnError
        With that reason, on access.
    """

    def __init__(self, check: Callable[[str], CodedText | None]) -> None:
        super().__init__()
        self._check = check

    def __missing__(self, text: str) -> str:
        if error := self._check(text):
            raise ColumnError(error)
        self[text] = text
        return text


def space_after(misc: str) -> bool:
    """Return whether a space follows a token with this MISC."""
    return "SpaceAfter=No" not in misc or "SpaceAfter=No" not in misc.split("|")


def columns_error(line: str) -> CodedText:
    """Return the error for a line that does not have ten columns."""
    code: ErrorCode = "line_columns_joined" if "\ufeff" in line else "line_columns"
    return coded(code, columns=line.count("\t") + 1, wanted=COLUMNS)


def form_error(form: str) -> CodedText | None:
    """Return the error for a FORM, if any."""
    if not form:
        return coded("line_word_empty")
    if all(unicodedata.category(c) in _SPACE_AND_CONTROL or c in _INVISIBLE for c in form):
        return coded("line_word_blank", word=quoted(form))
    return None


def tag_error(tag: str) -> CodedText | None:
    """Return the error for a UPOS, if any."""
    if not tag:
        return coded("line_tag_empty", mark=UNTAGGED)
    if any(unicodedata.category(c) in _SPACE_AND_CONTROL for c in tag):
        return coded("line_tag_blank", tag=quoted(tag))
    return None
