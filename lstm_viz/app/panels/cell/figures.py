"""Formatting of numbers and words: a true minus, three decimals, and only valid Unicode for Qt."""

import math

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
        return _minus(f"{mantissa}e{int(exponent)}")
    places = digits if size < 99.9995 else 2 if size < 999.995 else 1
    return _minus(f"{round(value, places) + 0.0:.{places}f}")


def significant(value: float) -> str:
    """Return ``value`` as text with four significant digits."""
    return _minus(f"{value:.4g}") if math.isfinite(value) else _not_finite(value)


def subscript(index: int) -> str:
    """Return an index in subscript digits."""
    return str(index).translate(_SUBSCRIPTS)


def plain(word: str) -> str:
    """Return ``word`` as one short line of valid Unicode: a lone surrogate becomes U+FFFD."""
    valid = word[:_LONGEST].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(valid.split()) + ("…" if len(word) > _LONGEST else "")


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
