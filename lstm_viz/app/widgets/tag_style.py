"""The colour and the mark of a tag: by its name alone, so the same in every model, page and process.

Each tag of Universal Dependencies (UPOS) has a colour of its own, and no mark. The tags of the Penn Treebank
have the colour of their UPOS, by the conversion table of Universal Dependencies; so have those of PyTorch's
tutorial. A name that extends one of these by ``|``, ``=``, ``:`` or ``-``, like ``NOUN|Case=Nom``, has its
colour and a mark. All others have both by a checksum. Two names may have the same style, therefore a tag is
always painted with its name.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from zlib import crc32

import numpy as np
from PySide6.QtGui import QColor

from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.pictures import is_light

#: The 17 tags of Universal Dependencies, the most frequent first: their colours are farthest apart.
UPOS = (
    "NOUN", "VERB", "ADJ", "ADV", "PRON", "DET", "ADP", "PROPN", "PUNCT", "AUX", "CCONJ",
    "SCONJ", "NUM", "PART", "INTJ", "SYM", "X",
)  # fmt: skip

#: Symbols in a tag's label or swatch, for tags that share a colour.
MARKS = ("disc", "up", "bar", "cross", "square", "down", "plus", "ring", "dash", "stair", "frame")

#: Other tags with the colour of a UPOS: of the Penn Treebank, and V of the tutorial. The first has no mark.
_NAMES = MappingProxyType(
    {
        "NOUN": "NN NNS",
        "VERB": "V VB VBD VBG VBN VBP VBZ",
        "ADJ": "JJ JJR JJS AFX",
        "ADV": "RB RBR RBS WRB",
        "PRON": "PRP PRP$ WP WP$ EX",
        "DET": "DT PDT WDT",
        "ADP": "IN RP",
        "PROPN": "NNP NNPS",
        "PUNCT": ". , : `` '' -LRB- -RRB- HYPH",
        "AUX": "MD",
        "CCONJ": "CC",
        "NUM": "CD",
        "PART": "TO POS",
        "INTJ": "UH",
        "SYM": "SYM $ # NFP",
        "X": "X FW LS ADD GW XX",
    }
)


@dataclass(frozen=True, slots=True)
class TagStyle:
    """The style of a tag: ``ink`` on ``fill``, both ``#rrggbb``, with one of `MARKS` or "" for none."""

    fill: str
    ink: str
    mark: str = ""


@lru_cache(maxsize=4096)
def tag_style(tag: str, theme: Theme) -> TagStyle:
    """Return the style of a tag in a theme."""
    upos, mark = _upos_and_mark(tag)
    fill = theme.tags[upos]
    dark = is_light(np.array([QColor(fill).rgb()], np.uint32))[0]
    return TagStyle(fill, "#000000" if dark else "#ffffff", mark)


def _known() -> dict[str, tuple[str, str]]:
    known = {upos: (upos, "") for upos in UPOS}
    for upos, names in _NAMES.items():
        for name, mark in zip(names.split(), ("", *MARKS), strict=False):
            known.setdefault(name, (upos, mark))
    return known


_KNOWN = MappingProxyType(_known())


def _upos_and_mark(tag: str) -> tuple[str, str]:
    """Return the UPOS whose colour a tag has, and its mark.

    The checksum is CRC-32, since Python's hash of a string differs between processes.
    """
    if tag in _KNOWN:
        return _KNOWN[tag]
    number = crc32(tag.encode("utf-8", "surrogatepass"))
    mark = MARKS[number // len(UPOS) % len(MARKS)]
    base = re.split(r"[|=:-]", tag, maxsplit=1)[0]
    return (_KNOWN[base][0] if base in _KNOWN else UPOS[number % len(UPOS)]), mark
