"""The words of what the words gave, in the person's language."""

from types import MappingProxyType

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.state import Attribution

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
#: Marked here, where a translator's tools find them.
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


def way_name(way: Attribution) -> str:
    """Return what a way to tell what the words gave is called."""
    return QCoreApplication.translate("Attribution", _NAMES[way])


def way_tip(way: Attribution) -> str:
    """Return what a way does, in a line."""
    return QCoreApplication.translate("Attribution", _TIPS[way])
