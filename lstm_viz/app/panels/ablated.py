"""Labels of an ablated gate, which are shared by the ablation and the menu of the edits."""

from types import MappingProxyType

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.cells import QUANTITIES

translate = QCoreApplication.translate
#: Marked here so that lupdate finds them.
_MARKED = (
    QT_TRANSLATE_NOOP("Units", "no forgetting (f = 1)"),
    QT_TRANSLATE_NOOP("Units", "no writing (i = 0)"),
    QT_TRANSLATE_NOOP("Units", "no candidate (g = 0)"),
    QT_TRANSLATE_NOOP("Units", "no output (o = 0)"),
    QT_TRANSLATE_NOOP("Units", "no resetting (r = 1)"),
    QT_TRANSLATE_NOOP("Units", "no keeping (z = 0)"),
    QT_TRANSLATE_NOOP("Units", "no new state (n = 0)"),
)
#: What an ablated gate no longer does.
_WITHOUT = MappingProxyType(
    {
        "f": "no forgetting",
        "i": "no writing",
        "g": "no candidate",
        "o": "no output",
        "r": "no resetting",
        "z": "no keeping",
        "n": "no new state",
    }
)


def has_ablation_label(gate: str) -> bool:
    """Return whether there is a phrase for what an ablated gate no longer does."""
    return gate in _WITHOUT


def ablation_label(gate: str) -> str:
    """Return the label for the ablation of a gate: "no forgetting (f = 1)"."""
    return translate("Units", f"{_WITHOUT.get(gate, f'no {gate}')} ({off(gate)})")


def off(gate: str) -> str:
    """Return the value of an ablated gate: "f = 1"."""
    return f"{gate} = {QUANTITIES[gate].off:g}"
