"""The texts of the attribution methods, translated."""

from types import MappingProxyType

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.state import AttributionMethod

_NAMES = MappingProxyType(
    {"gradient_input": "gradient × input", "integrated": "integrated", "occlusion": "left out"}
)
_TIPS = MappingProxyType(
    {
        "gradient_input": "Σ x · ∂ score / ∂ x over a word's inputs: the slope where the net stands",
        "integrated": "The slope summed on the way from no input at all to the sentence",
        "occlusion": "By how much the score falls when the word is left out of the sentence",
    }
)
#: Marked here so that lupdate finds them.
_MARKED = (
    QT_TRANSLATE_NOOP("Attribution", "gradient × input"),
    QT_TRANSLATE_NOOP("Attribution", "integrated"),
    QT_TRANSLATE_NOOP("Attribution", "left out"),
    QT_TRANSLATE_NOOP(
        "Attribution", "Σ x · ∂ score / ∂ x over a word's inputs: the slope where the net stands"
    ),
    QT_TRANSLATE_NOOP("Attribution", "The slope summed on the way from no input at all to the sentence"),
    QT_TRANSLATE_NOOP("Attribution", "By how much the score falls when the word is left out of the sentence"),
)


def method_name(method: AttributionMethod) -> str:
    """Return the name of an attribution method."""
    return QCoreApplication.translate("Attribution", _NAMES[method])


def method_tip(method: AttributionMethod) -> str:
    """Return what an attribution method computes, in one line."""
    return QCoreApplication.translate("Attribution", _TIPS[method])
