"""The columns of a line of CoNLL-U: what they may hold."""

import unicodedata
from collections.abc import Callable

from lstm_viz.tagging.conllu_ids import shown

COLUMNS = 10
#: The UPOS of a word that has no tag: it is no tag itself.
UNTAGGED = "_"

_SPACE_AND_CONTROL = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
#: Fillers, joiners and variation selectors: invisible, though Unicode counts them as letters or marks.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))


class Checked(dict[str, str]):
    """Each different string once; a string that comes for the first time is checked.

    Raises
    ------
    ValueError
        With what ``fault`` says is wrong, if it says so.
    """

    def __init__(self, fault: Callable[[str], str]) -> None:
        super().__init__()
        self._fault = fault

    def __missing__(self, text: str) -> str:
        if fault := self._fault(text):
            raise ValueError(fault)
        self[text] = text
        return text


def space_after(misc: str) -> bool:
    """Return what the MISC of a token says of the space after it."""
    return "SpaceAfter=No" not in misc or "SpaceAfter=No" not in misc.split("|")


def wrong_columns(line: str) -> str:
    """Return what is wrong with a line that has not ten columns."""
    wrong = f"{line.count(chr(9)) + 1} columns instead of {COLUMNS}"
    if "\ufeff" in line:
        return f"{wrong}, and a byte order mark: files were joined without a line break between them"
    return wrong


def fault_of_form(form: str) -> str:
    """Return what is wrong with a FORM, or ""."""
    if not form:
        return "the word is empty"
    if all(unicodedata.category(c) in _SPACE_AND_CONTROL or c in _INVISIBLE for c in form):
        return f"the word is blank: {shown(form)} is white space or invisible"
    return ""


def fault_of_tag(tag: str) -> str:
    """Return what is wrong with a UPOS, or ""."""
    if not tag:
        return f"the tag is empty; where a word has none, put “{UNTAGGED}”"
    if any(unicodedata.category(c) in _SPACE_AND_CONTROL for c in tag):
        return f"the tag {shown(tag)} has white space or invisible characters in it; remove them"
    return ""
