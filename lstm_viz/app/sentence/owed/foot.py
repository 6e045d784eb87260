"""The sentences under the words: that they add up, and what the score is."""

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.painting import plain, signed
from lstm_viz.app.sentence.owed.shown import Shown
from lstm_viz.app.sentence.owed.words import power

translate = QCoreApplication.translate

_TRUSTED = 0.01  # of what the words gave together


def sum_line(shown: Shown) -> str:
    """Return the proof: what the integrated gradients add up to, and how far off that is."""
    owed = shown.owed
    if owed is None or (owed.integrated is None and not owed.done):
        return "…"
    if owed.integrated is None:
        return translate("OwedFoot", "integrated and left out: not computed for a text this long")
    text = translate("OwedFoot", "integrated: sum %1 = score %2 − baseline %3 · error %4")
    error = float("nan") if owed.completeness is None else owed.completeness
    numbers = (
        signed(float(owed.integrated.astype(float).sum()), 4),
        plain(owed.score),
        plain(owed.baseline),
        power(error, 0),
    )
    for place, number in enumerate(numbers, start=1):
        text = text.replace(f"%{place}", number)
    if error > _TRUSTED * max(1.0, abs(owed.score - owed.baseline)):
        text = f"{text} · {translate('OwedFoot', 'too coarse to trust')}"
    if owed.done and owed.occlusion is None:
        text = f"{text} · {translate('OwedFoot', 'left out: not computed for a text this long')}"
    return text


def score_line(shown: Shown, is_decoded_together: bool) -> str:
    """Return what the score is, and where the bars end."""
    alone = translate(
        "OwedFoot", "score: log-softmax of the tag, bars end at ±%1, baseline: every input is 0"
    )
    chained = translate(
        "OwedFoot", "score: the word's own log-softmax, without its neighbours’ tags; bars end at ±%1"
    )
    limit = f"{shown.limit:g}" if shown.owed is not None else "…"
    return (chained if is_decoded_together else alone).replace("%1", limit)
