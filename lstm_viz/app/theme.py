"""The colours: one a quantity, everywhere; two themes of the same names.

A theme is frozen data. Widgets take it from `State.theme` and paint with it; nothing else names a colour.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Range = Literal["unit", "signed"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of a recurrent cell: how it is called, written and scaled.

    ``range`` "unit" lives in 0…1, "signed" around 0; ``limit`` is where the fixed colour scale ends.
    """

    symbol: str
    name: str
    range: Range
    limit: float = 1.0


#: Every quantity that can be shown, by its name in the trace.
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

#: From top to bottom, as they are shown: the order of the arithmetic.
ORDER = MappingProxyType({"LSTM": ("f", "i", "g", "c", "o", "h"), "GRU": ("r", "z", "n", "h"), "RNN": ("h",)})


@dataclass(frozen=True, eq=False, slots=True)
class Theme:
    """The colours of one theme, as ``#rrggbb``.

    ``quantity`` fills areas and lines, ``ink`` writes text in the quantity's colour (at least 4.5:1 on
    ``panel``). ``plus`` and ``minus`` are the ends of the signed scale, whose middle is ``panel``.
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
    plus: str
    minus: str
    quantity: MappingProxyType[str, str]
    ink: MappingProxyType[str, str]
    tags: tuple[str, ...]


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
    plus="#f2b134",
    minus="#4a86f0",
    quantity=_FILL,
    ink=MappingProxyType({**_FILL, "h": "#7ba4f5"}),
    tags=("#62b8f0", "#2fbf8f", "#f07f4f", "#d78ac0", "#f2b134", "#8f9df7", "#b5bd4c", "#5fc9c9"),
)

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
    plus="#f2b134",
    minus="#5b8def",
    quantity=_FILL,
    ink=MappingProxyType(
        {
            "f": "#b5481a", "i": "#0f7958", "g": "#a03d84", "c": "#8a5d00", "o": "#1a6fa8", "h": "#2f5fc4",
            "r": "#b5481a", "z": "#0f7958", "n": "#a03d84", "x": "#59636e",
        }
    ),
    tags=("#1a6fa8", "#0f7958", "#b5481a", "#a03d84", "#8a5d00", "#4a56c9", "#66701a", "#0e7474"),
)  # fmt: skip

THEMES = MappingProxyType({"dark": DARK, "light": LIGHT})
