"""The texts of the attribution panel: names of the methods, and its lines of numbers."""

from types import MappingProxyType

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.panels.attribution.targets import one_tag, resolved_score, target_text
from lstm_viz.app.panels.attribution.view_model import AttributionViewModel
from lstm_viz.app.selection.selection import AttributionMethod
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.numerals import decimal, level, limit_text, power
from lstm_viz.messages import Attribution, Target

translate = QCoreApplication.translate

_TOLERANCE = 0.01  # of the sum of the attributions


def sum_line(shown: AttributionViewModel, *, is_slow: bool = False) -> str:
    """Return the sum of the integrated gradients, and its difference from `proof_line`.

    Where it ``is_slow``, what is still being computed is named.
    """
    attribution = shown.attribution
    if attribution is None or (attribution.integrated is None and not attribution.done):
        return translate("Attribution", "integrated, occlusion: being computed…") if is_slow else "…"
    if attribution.integrated is None:
        return translate("Attribution", "integrated, occlusion: not computed for a text this long")
    text = translate("Attribution", "integrated: sum %1 · error %2")
    error = float("nan") if attribution.completeness is None else attribution.completeness
    total = decimal(float(attribution.integrated.astype(float).sum()), 4)
    text = text.replace("%2", power(error, 0)).replace("%1", total)
    if error > _TOLERANCE * max(1.0, abs(attribution.score - attribution.baseline)):
        text = f"{text} · {translate('Attribution', 'error too large')}"
    if attribution.done and attribution.occlusion is None:
        text = f"{text} · {translate('Attribution', 'occlusion: not computed for a text this long')}"
    if is_slow and not attribution.done:
        text = f"{text} · {translate('Attribution', 'occlusion: being computed…')}"
    return text


def proof_line(shown: AttributionViewModel) -> str:
    """Return the expected sum: the score less that of a sentence with zero input."""
    attribution = shown.attribution
    if attribution is None or attribution.integrated is None:
        return ""
    text, baseline = translate("Attribution", "= score %1 − %2 at zero input"), level(attribution.baseline)
    baseline = f"({baseline})" if baseline.startswith("−") else baseline
    return text.replace("%2", baseline).replace("%1", resolved_score(attribution))


def score_line(shown: AttributionViewModel) -> str:
    """Return the target of the score, and its value."""
    if shown.attribution is None:
        return "…"
    text = translate("Attribution", "score: %2 = %1").replace("%1", resolved_score(shown.attribution))
    return text.replace("%2", target_text(shown.attribution))


def scale_line(shown: AttributionViewModel, requested: Target, is_decoded_together: bool) -> str:
    """Return the limit of the bars, and remarks on the ``requested`` target."""
    limit = limit_text(shown.limit) if shown.attribution is not None else "…"
    parts = [translate("Attribution", "scale ±%1").replace("%1", limit)]
    parts.append(_occlusion_text(shown.attribution))
    if is_decoded_together:
        parts.append(translate("Attribution", "score: the word's own, without its neighbours’ tags"))
    if (requested, shown.target) == ("margin", "logit"):
        parts.append(one_tag())
    return " · ".join(parts)


def _occlusion_text(attribution: Attribution | None) -> str:
    """Return what occlusion does with a word."""
    if attribution is not None and attribution.replacement == "zeros":
        return translate("Attribution", "occlusion: score − score with zeros as the word's input")
    if attribution is not None and attribution.replacement == "token":
        text = translate("Attribution", "occlusion: score − score with “%1” in place of the word")
        return text.replace("%1", shown_text(attribution.token))
    return translate("Attribution", "occlusion: score − score without the word")


_NAMES = MappingProxyType(
    {"gradient_input": "gradient × input", "integrated": "integrated", "occlusion": "occlusion"}
)
_TIPS = MappingProxyType(
    {
        "gradient_input": "Σ x · ∂ score / ∂ x over a word's inputs: the gradient at the sentence",
        "integrated": "The gradient summed along the path from zero input to the sentence",
        "occlusion": "Decrease of the score without the word: removed, replaced, or its input set to zero",
    }
)
#: Marked here so that lupdate finds them.
_MARKED = (
    QT_TRANSLATE_NOOP("Attribution", "gradient × input"),
    QT_TRANSLATE_NOOP("Attribution", "integrated"),
    QT_TRANSLATE_NOOP("Attribution", "occlusion"),
    QT_TRANSLATE_NOOP(
        "Attribution", "Σ x · ∂ score / ∂ x over a word's inputs: the gradient at the sentence"
    ),
    QT_TRANSLATE_NOOP("Attribution", "The gradient summed along the path from zero input to the sentence"),
    QT_TRANSLATE_NOOP(
        "Attribution", "Decrease of the score without the word: removed, replaced, or its input set to zero"
    ),
)


def method_name(method: AttributionMethod) -> str:
    """Return the name of an attribution method."""
    return QCoreApplication.translate("Attribution", _NAMES[method])


def method_tip(method: AttributionMethod) -> str:
    """Return what an attribution method computes, in one line."""
    return QCoreApplication.translate("Attribution", _TIPS[method])
