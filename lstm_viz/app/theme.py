"""The themes: the colours of the window, dark and light.

A theme is frozen data. Widgets take it from `State.theme` and paint with it; colours are defined only here.

Five sets of colours mean something, and none is taken for another: `colour_sets` lists them, a test measures
the distance between any two colours of different sets.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from lstm_viz.cells import QUANTITIES


@dataclass(frozen=True, eq=False, slots=True)
class Theme:
    """The colours of one theme, as ``#rrggbb``.

    Attributes
    ----------
    ground, bar, panel, raised, line, text, muted, accent : str
        The widgets: their backgrounds, lines and texts. ``accent`` marks what has the focus, can be clicked,
        or differs between two readings.
    quantity, ink : mapping of str to str
        What a number is: a colour per quantity of a cell, by its symbol. ``quantity`` is for areas and lines,
        ``ink`` for text (contrast at least 4.5:1 on ``panel``).
    plus, minus : str
        The sign of a number: the ends of the diverging scale, whose middle is ``panel``. Yellow-green and
        violet are distinguishable with every colour blindness.
    tags : mapping of str to str
        Which tag: the fills of labels, by the names in Universal Dependencies; `tag_style` returns those
        of all others. A label always has its name in it or beside it.
    runs : tuple of str
        Which run, for lines: the current one's, then those of the runs it is compared with.
    validation : str
        The second line of the current run: the validation loss, or the norm of the weights.
    danger, good : str
        Wrong and right: errors, wrong tags, values that are not finite; and what is right or goes ahead.
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
    validation: str
    runs: tuple[str, ...]
    quantity: MappingProxyType[str, str]
    ink: MappingProxyType[str, str]
    tags: MappingProxyType[str, str]


def colour_sets(theme: Theme) -> dict[str, frozenset[str]]:
    """Return the sets of colours that mean something, by their meaning."""
    return {
        "quantity": frozenset((*theme.quantity.values(), *theme.ink.values())),
        "sign": frozenset((theme.plus, theme.minus)),
        "tag": frozenset(theme.tags.values()),
        "run": frozenset((*theme.runs, theme.validation)),
        "verdict": frozenset((theme.danger, theme.good)),
    }


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
    accent="#2ed5e7",
    danger="#f16673",
    good="#80d769",
    plus="#c4e25a",
    minus="#984bd0",
    validation="#dd76f3",
    runs=("#eceff3", "#8baa56", "#c65e1b", "#76f1c1", "#ae4890", "#29acb7", "#ffb3fb"),
    quantity=_FILL,
    ink=MappingProxyType({**_FILL, "h": "#7ba4f5"}),
    tags=MappingProxyType(
        {
            "NOUN": "#e0a7a8", "VERB": "#a58ed2", "ADJ": "#e7d282", "ADV": "#86753d", "PRON": "#4d569f",
            "DET": "#a6ffff", "ADP": "#4c8083", "PROPN": "#e7ffac", "PUNCT": "#c0924b", "AUX": "#aac3ff",
            "CCONJ": "#794666", "SCONJ": "#c5dbeb", "NUM": "#8172b7", "PART": "#8f4904", "INTJ": "#aea7dc",
            "SYM": "#1da28a", "X": "#606144",
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
    accent="#006174",
    danger="#cf1740",
    good="#006e0c",
    plus="#aeb524",
    minus="#6935c5",
    validation="#9310b5",
    runs=("#1b1f24", "#1e913f", "#5a6500", "#c866d4", "#762185", "#bc637a", "#a10354"),
    quantity=_FILL,
    ink=_by_quantity(
        f="#b5481a", i="#0f7958", g="#a03d84", c="#8a5d00", o="#1a6fa8", h="#2f5fc4", x="#59636e"
    ),
    tags=MappingProxyType(
        {
            "NOUN": "#dab378", "VERB": "#8e80d1", "ADJ": "#7e6260", "ADV": "#854117", "PRON": "#525ba2",
            "DET": "#5ea7a4", "ADP": "#344285", "PROPN": "#641300", "PUNCT": "#bf833e", "AUX": "#a9b5f9",
            "CCONJ": "#423248", "SCONJ": "#c79f69", "NUM": "#694857", "PART": "#947700", "INTJ": "#bdacca",
            "SYM": "#2b869a", "X": "#7b805c",
        }
    ),
)  # fmt: skip

THEMES = MappingProxyType({"dark": DARK, "light": LIGHT})
