"""The sentences under the words: that they add up, and what the score is."""

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.sentence.numerals import decimal, level, limit_text, power
from lstm_viz.app.sentence.owed.shown import Shown
from lstm_viz.app.sentence.targets import one_tag, resolved_score, target_text
from lstm_viz.messages import Target

translate = QCoreApplication.translate

_TRUSTED = 0.01  # of what the words gave together


def sum_line(shown: Shown) -> str:
    """Return what the integrated gradients add up to, and how far that is from `proof_line`."""
    owed = shown.owed
    if owed is None or (owed.integrated is None and not owed.done):
        return "…"
    if owed.integrated is None:
        return translate("OwedFoot", "integrated and left out: not computed for a text this long")
    text = translate("OwedFoot", "integrated: sum %1 · error %2")
    error = float("nan") if owed.completeness is None else owed.completeness
    total = decimal(float(owed.integrated.astype(float).sum()), 4)
    text = text.replace("%2", power(error, 0)).replace("%1", total)
    if error > _TRUSTED * max(1.0, abs(owed.score - owed.baseline)):
        text = f"{text} · {translate('OwedFoot', 'too coarse to trust')}"
    if owed.done and owed.occlusion is None:
        text = f"{text} · {translate('OwedFoot', 'left out: not computed for a text this long')}"
    return text


def proof_line(shown: Shown) -> str:
    """Return what the sum is to be: the score less that of a sentence without any input."""
    owed = shown.owed
    if owed is None or owed.integrated is None:
        return ""
    text = translate("OwedFoot", "= score %1 − (%2) at zero input")
    return text.replace("%2", level(owed.baseline)).replace("%1", resolved_score(owed))


def score_line(shown: Shown) -> str:
    """Return which number of the tag the score is, and its value."""
    if shown.owed is None:
        return "…"
    text = translate("OwedFoot", "score: %2 = %1").replace("%1", resolved_score(shown.owed))
    return text.replace("%2", target_text(shown.owed))


def scale_line(shown: Shown, wanted: Target, is_decoded_together: bool) -> str:
    """Return where the bars end, and what else there is to know of the score that was ``wanted``."""
    limit = limit_text(shown.limit) if shown.owed is not None else "…"
    parts = [translate("OwedFoot", "bars end at ±%1").replace("%1", limit)]
    if is_decoded_together:
        parts.append(translate("OwedFoot", "score: the word's own, without its neighbours’ tags"))
    if wanted != shown.target:
        parts.append(one_tag())
    return " · ".join(parts)
