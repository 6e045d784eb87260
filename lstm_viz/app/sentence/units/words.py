"""What the panel of the units says, in the person's language."""

from math import isnan
from types import MappingProxyType

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.painting import shown_text
from lstm_viz.app.sentence.numerals import level, power
from lstm_viz.app.sentence.units.ranking import SHARE, Ranking, carriers, flips, largest

translate = QCoreApplication.translate
#: Scores this near to 0, and changes smaller than this, are those of a tag that is all but certain.
_CERTAIN = 1e-3
#: Marked here, where a translator's tools find them.
_MARKED = (
    QT_TRANSLATE_NOOP("Units", "without any forgetting (f = 1)"),
    QT_TRANSLATE_NOOP("Units", "without any writing (i = 0)"),
    QT_TRANSLATE_NOOP("Units", "without any candidate (g = 0)"),
    QT_TRANSLATE_NOOP("Units", "without any output (o = 0)"),
    QT_TRANSLATE_NOOP("Units", "without any resetting (r = 1)"),
    QT_TRANSLATE_NOOP("Units", "without any keeping (z = 0)"),
    QT_TRANSLATE_NOOP("Units", "without anything new (n = 0)"),
)
#: What is lost with a gate, and what the gate is then.
_GATES = MappingProxyType(
    {
        "f": ("without any forgetting", "f = 1"),
        "i": ("without any writing", "i = 0"),
        "g": ("without any candidate", "g = 0"),
        "o": ("without any output", "o = 0"),
        "r": ("without any resetting", "r = 1"),
        "z": ("without any keeping", "z = 0"),
        "n": ("without anything new", "n = 0"),
    }
)


def without(gate: str) -> str:
    """Return what it is called when a whole gate is off."""
    what, value = _GATES[gate]
    return translate("Units", f"{what} ({value})")


def off(gate: str) -> str:
    """Return what a gate is when it is off: "f = 1"."""
    return _GATES[gate][1]


def unit_in_words(ranking: Ranking, unit: int) -> str:
    """Return all that is known of a unit, a line each."""
    text = translate("Units", "unit %1 off (h = 0): %2 %3").replace("%1", str(unit))
    lines = [_put(text, ranking.ablated.tag, ranking.change(unit)) + _arrow(ranking.flip(unit))]
    for gate, place in ranking.gates:
        lines.append(f"{off(gate)}: {ranking.gate_change(place, unit)}")
    return "\n".join(lines)


def _put(text: str, tag: str, change: str) -> str:
    return text.replace("%3", change).replace("%2", shown_text(tag))


def _arrow(tag: str) -> str:
    return f" → {shown_text(tag)}" if tag else ""


def gate_in_words(ranking: Ranking, gate: str, change: str, place: int) -> str:
    """Return what becomes of the tag without a whole gate."""
    return f"{without(gate)}: {shown_text(ranking.ablated.tag)} {change}{_arrow(ranking.gate_flip(place))}"


def summary(ranking: Ranking) -> str:
    """Return what it adds up to: how few units make most of the change, and how many flip the tag alone."""
    units = ranking.ablated.units
    few, alone = carriers(units), flips(ranking)
    if not few:
        return translate("Units", "No unit by itself changes the score.")
    one = translate("Units", "1 of %2 units makes %3 % of all change")
    many = translate("Units", "%1 of %2 units make %3 % of all change")
    most = (one if few == 1 else many).replace("%3", f"{SHARE:.0%}"[:-1])
    most = most.replace("%2", f"{len(units):,}").replace("%1", f"{few:,}")
    parts = [most, _flipping(alone)]
    if _is_certain(ranking):
        parts = [translate("Units", "The tag is all but certain"), most, *parts[1:] * bool(alone)]
    return " · ".join(parts)


def _is_certain(ranking: Ranking) -> bool:
    """Tell whether the tag's probability is 1 but for a thousandth, and no unit alone changes that."""
    return ranking.ablated.score > -_CERTAIN and largest(ranking.ablated.units) < _CERTAIN


def _flipping(units: int) -> str:
    if not units:
        return translate("Units", "none alone changes the tag")
    if units == 1:
        return translate("Units", "1 alone changes the tag")
    return translate("Units", "%1 alone change the tag").replace("%1", f"{units:,}")


def score_in_words(ranking: Ranking, read: float) -> str:
    """Return the score with all units, and how far it is from that of the reading: the proof."""
    ablated = ranking.ablated
    if isnan(ablated.score):
        return translate("Units", "The score is NaN: this model's weights are broken.")
    apart = abs(ablated.score - read)
    same = translate("Units", "%1, just as it was read: Δ 0")
    near = translate("Units", "%1, Δ %2 from what was read")
    text = near.replace("%2", power(apart, 0)) if apart else same
    return text.replace("%1", level(ablated.score))
