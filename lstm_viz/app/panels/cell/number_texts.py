"""Texts of numbers and quantities: a true minus, three decimals, translated names, and only valid Unicode."""

import math

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.cells import QUANTITIES
from lstm_viz.ordinals import ordinal

_LONG = {
    "f": QT_TRANSLATE_NOOP("Gate", "forget gate f"),
    "i": QT_TRANSLATE_NOOP("Gate", "input gate i"),
    "g": QT_TRANSLATE_NOOP("Gate", "candidate g"),
    "o": QT_TRANSLATE_NOOP("Gate", "output gate o"),
    "r": QT_TRANSLATE_NOOP("Gate", "reset gate r"),
    "z": QT_TRANSLATE_NOOP("Gate", "update gate z"),
    "n": QT_TRANSLATE_NOOP("Gate", "new state n"),
    "c": QT_TRANSLATE_NOOP("Gate", "cell state c"),
    "h": QT_TRANSLATE_NOOP("Gate", "hidden state h"),
    "x": QT_TRANSLATE_NOOP("Gate", "input x"),
}


_STAGES = {
    "forget": QT_TRANSLATE_NOOP("Stage", "forget"),
    "write": QT_TRANSLATE_NOOP("Stage", "write"),
    "read out": QT_TRANSLATE_NOOP("Stage", "read out"),
    "weigh": QT_TRANSLATE_NOOP("Stage", "weigh"),
    "add": QT_TRANSLATE_NOOP("Stage", "add"),
    "squash": QT_TRANSLATE_NOOP("Stage", "squash"),
}


def gate_name(quantity: str) -> str:
    """Return the text of a gate's box: letter and name, for example ``f forget``."""
    known = QUANTITIES[quantity]
    return f"{known.symbol} {QCoreApplication.translate('Quantity', known.name)}"


def long_name(quantity: str) -> str:
    """Return the name of a quantity within a sentence, for example ``forget gate f``."""
    return QCoreApplication.translate("Gate", str(_LONG[quantity]))


def stage_name(stage: str) -> str:
    """Return the name of a stage of the playback."""
    return QCoreApplication.translate("Stage", str(_STAGES[stage]))


_LONGEST = 60  # characters of a word
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def decimal(value: float, digits: int = 3) -> str:
    """Return a float32 as text of at most seven characters, with three decimals while they fit.

    With more ``digits`` after the point a small number is longer by as many.
    """
    if not math.isfinite(value):
        return _not_finite(value)
    size = abs(value)
    if size >= 9_999.95:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    places = digits if size < 99.9995 else 2 if size < 999.995 else 1
    return f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def significant(value: float) -> str:
    """Return ``value`` as text with four significant digits."""
    return f"{value + 0.0:.4g}".replace("-", "−") if math.isfinite(value) else _not_finite(value)


def component(vector: str, index: int) -> str:
    """Return the symbol of an element of a vector: "h₁" for its index 0."""
    return f"{vector}{subscript(ordinal(index))}"


def subscript(number: int) -> str:
    """Return a number in subscript digits."""
    return str(number).translate(_SUBSCRIPTS)


def plain(word: str) -> str:
    """Return ``word`` as one short line of valid Unicode: a lone surrogate becomes U+FFFD."""
    valid = word[:_LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(valid.split()) + ("…" if len(word) > _LONGEST else "")


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
