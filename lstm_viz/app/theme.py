"""The themes: the colours of quantities, tags and widgets, dark and light.

A theme is frozen data. Widgets take it from `State.theme` and paint with it; colours are defined only here.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Range = Literal["unit", "signed"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of a recurrent cell: its symbol, name, and colour scale.

    A ``range`` "unit" is 0…1, "signed" is around 0; ``limit`` is the end of the fixed colour scale.
    """

    symbol: str
    name: str
    range: Range
    limit: float = 1.0


#: All quantities that can be shown, by their names in the trace.
QUANTITIES = MappingProxyType(
    {
        "f": Quantity("f", "forget", "unit"),
        "i": Quantity("i", "input", "unit"),
        "g": Quantity("g", "candidate", "signed"),
        "c": Quantity("c", "cell state", "signed", 2.0),
        "o": Quantity("o", "output", "unit"),
        "h": Quantity("h", "hidden", "signed"),
        "r": Quantity("r", "reset", "unit"),
        "z": Quantity("z", "update", "unit"),
        "n": Quantity("n", "new", "signed"),
        "x": Quantity("x", "step's input", "signed", 2.0),
    }
)

#: The quantities of each cell in the order of computation, which is that from top to bottom.
ORDER = MappingProxyType({"LSTM": ("f", "i", "g", "c", "o", "h"), "GRU": ("r", "z", "n", "h"), "RNN": ("h",)})


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


_FILL = MappingProxyType(
    {
        "f": "#f07f4f", "i": "#2fbf8f", "g": "#d78ac0", "c": "#f2b134", "o": "#62b8f0", "h": "#5b8def",
        "r": "#f07f4f", "z": "#2fbf8f", "n": "#d78ac0", "x": "#9aa3ad",
    }
)  # fmt: skip

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
    ink=MappingProxyType(
        {
            "f": "#b5481a", "i": "#0f7958", "g": "#a03d84", "c": "#8a5d00", "o": "#1a6fa8", "h": "#2f5fc4",
            "r": "#b5481a", "z": "#0f7958", "n": "#a03d84", "x": "#59636e",
        }
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
