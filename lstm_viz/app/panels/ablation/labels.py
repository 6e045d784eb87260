"""The texts of the ablation panel, translated."""

from math import isnan

import numpy as np
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.panels.ablated import ablation_label, off
from lstm_viz.app.panels.ablation.ranking import Ranking, carriers, flips, is_sum_unresolved, largest, share
from lstm_viz.app.panels.attribution.targets import BELOW, below_text, resolved_score, target_text
from lstm_viz.app.texts import counted, plural, put, shown_text
from lstm_viz.app.widgets.numerals import power
from lstm_viz.messages import Floats
from lstm_viz.ordinals import ordinal

translate = QCoreApplication.translate
#: Scores this near to 0, and changes smaller than this, are those of a tag that is nearly certain.
_CERTAIN = 1e-3


def unit_text(ranking: Ranking, unit: int) -> str:
    """Return all that is known of a unit, one line per item."""
    text = translate("Units", "unit %1 ablated (h = 0): %2 %3").replace("%1", str(ordinal(unit)))
    change = text.replace("%3", _annotated(ranking.change(unit))).replace("%2", target_text(ranking.ablation))
    lines = [change + _arrow(ranking.flip(unit))]
    for gate, place in ranking.gates:
        lines.append(f"{off(gate)}: {ranking.gate_change(place, unit)}")
    return "\n".join(lines)


def _annotated(change: str) -> str:
    """Return a change, explained where it is below float32 resolution."""
    return f"{change} ({below_text()})" if change == BELOW else change


def _arrow(tag: str) -> str:
    return f" → {shown_text(tag)}" if tag else ""


def gate_text(ranking: Ranking, gate: str, place: int) -> str:
    """Return the effect on the tag of ablating a gate in all units."""
    change = _annotated(ranking.whole_gate_change(place))
    return (
        f"{ablation_label(gate)}: {target_text(ranking.ablation)} {change}{_arrow(ranking.gate_flip(place))}"
    )


def summary(ranking: Ranking) -> str:
    """Return how few units account for most of the change, and how many flip the tag alone."""
    units = ranking.changes
    few, alone = carriers(units), flips(ranking)
    if not few and largest(ranking.ablation.units):
        return translate("Units", "No single unit changes the score by more than float32 resolution.")
    if not few:
        return translate("Units", "No single unit changes the score.")
    most = _count_above_resolution(ranking) if is_sum_unresolved(ranking) else _carrying(units, few)
    parts = [most] if ranking.ablation.target == "value" else [most, _flipping(alone)]
    if _is_certain(ranking):
        parts = [translate("Units", "The tag is nearly certain"), most, *parts[1:] * bool(alone)]
    return " · ".join(parts)


def _carrying(units: Floats, few: int) -> str:
    text = translate("Units", "%1 of %2 units: %3 % of the total change")
    return put(text, f"{few:,}", f"{len(units):,}", f"{share(units, few):.0%}"[:-1])


def _count_above_resolution(ranking: Ranking) -> str:
    """Return how many changes are resolved, where the sum of the others may be as large."""
    changed = int(np.count_nonzero(ranking.changes))
    text = translate(
        "Units", "%1 of %2 units change(s|) the score by more than float32 resolution", None, changed
    )
    return put(plural(text, changed), f"{changed:,}", f"{len(ranking.changes):,}")


def _is_certain(ranking: Ranking) -> bool:
    """Return whether the tag's probability is 1 by its log-softmax, and no unit changes that."""
    ablation = ranking.ablation
    is_near = ablation.target == "log_softmax" and ablation.score > -_CERTAIN
    return is_near and largest(ranking.changes) < _CERTAIN


def _flipping(units: int) -> str:
    if not units:
        return translate("Units", "no unit flips the tag")
    return counted(translate("Units", "%1 unit(|s) flip(s|) the tag", None, units), units)


def score_text(ranking: Ranking, read: float) -> str:
    """Return the score with all units, and the difference of the tag's log-softmax from ``read`` as proof.

    Whatever the target, the log-softmax is the only value that the reading and the result share.
    """
    ablation = ranking.ablation
    if isnan(ablation.score):
        return translate("Units", "The score is NaN: this model has invalid weights.")
    apart = abs(ablation.log_softmax - read)
    return f"{target_text(ablation)}: {resolved_score(ablation)} · Δ {power(apart, 0)}"
