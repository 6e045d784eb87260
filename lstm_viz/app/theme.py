"""The themes: the colours of quantities, tags and widgets, dark and light.

A theme is frozen data. Widgets take it from `State.theme` and paint with it; colours are defined only here.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from lstm_viz.cells import QUANTITIES


@dataclass(frozen=True, eq=False, slots=True)
class Theme:
    """The colours of one theme, as ``#rrggbb``.

    ``quantity`` is for areas and lines, ``ink`` for text in the quantity's colour (contrast at least 4.5:1 on
    ``panel``). ``tags`` is for the labels of tags, by their names in Universal Dependencies; `tag_style`
    returns the colours of all others. ``plus`` and ``minus`` are the ends of the signed scale, whose middle
    is ``panel``.
    """

    name: Literal["dark", "light"]
    ground: str
    bar: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    danger: str
    good: str
    plus: str
    minus: str
    quantity: MappingProxyType[str, str]
    ink: MappingProxyType[str, str]
    tags: MappingProxyType[str, str]


def _by_quantity(**colours: str) -> MappingProxyType[str, str]:
    """Return the colour of every quantity: its own, or that of the one it is coloured like."""
    return MappingProxyType({symbol: colours[q.colour or symbol] for symbol, q in QUANTITIES.items()})


_FILL = _by_quantity(
    f="#f07f4f", i="#2fbf8f", g="#d78ac0", c="#f2b134", o="#62b8f0", h="#5b8def", x="#9aa3ad"
)

DARK = Theme(
    name="dark",
    ground="#14171b",
    bar="#191c21",
    panel="#1c2026",
    raised="#272c34",
    line="#2f353e",
    text="#eceff3",
    muted="#9aa3ad",
    accent="#62b8f0",
    danger="#ff7b72",
    good="#2fbf8f",
    plus="#f2b134",
    minus="#4a86f0",
    quantity=_FILL,
    ink=MappingProxyType({**_FILL, "h": "#7ba4f5"}),
    tags=MappingProxyType(
        {
            "NOUN": "#ace072", "VERB": "#9859b6", "ADJ": "#eaf7af", "ADV": "#81a328", "PRON": "#c670a2",
            "DET": "#f4bbff", "ADP": "#82a0fe", "PROPN": "#b6fff9", "PUNCT": "#b1b1b1", "AUX": "#408827",
            "CCONJ": "#b04c7b", "SCONJ": "#e2a4e2", "NUM": "#7e7adf", "PART": "#f89878", "INTJ": "#569ac6",
            "SYM": "#dad9d8", "X": "#cac5af",
        }
    ),
)  # fmt: skip

LIGHT = Theme(
    name="light",
    ground="#eef0f3",
    bar="#f7f8fa",
    panel="#ffffff",
    raised="#e9ecf0",
    line="#d5dae0",
    text="#1b1f24",
    muted="#59636e",
    accent="#0b69ae",
    danger="#c22f2a",
    good="#0f7958",
    plus="#f2b134",
    minus="#5b8def",
    quantity=_FILL,
    ink=_by_quantity(
        f="#b5481a", i="#0f7958", g="#a03d84", c="#8a5d00", o="#1a6fa8", h="#2f5fc4", x="#59636e"
    ),
    tags=MappingProxyType(
        {
            "NOUN": "#73a336", "VERB": "#6d298a", "ADJ": "#adb975", "ADV": "#4e6603", "PRON": "#720451",
            "DET": "#e290f1", "ADP": "#5d78d2", "PROPN": "#08b5ae", "PUNCT": "#797979", "AUX": "#194d01",
            "CCONJ": "#933361", "SCONJ": "#9f58a0", "NUM": "#625ac2", "PART": "#c29383", "INTJ": "#4a97c7",
            "SYM": "#79664d", "X": "#504d3f",
        }
    ),
)  # fmt: skip

THEMES = MappingProxyType({"dark": DARK, "light": LIGHT})
