"""Formatting of shares and changes of a score, and the limits of their bars, for all panels."""

from math import floor, isfinite, log10

from lstm_viz.app.widgets.painting import signed

_FEWEST_DIGITS, _MOST_DIGITS = 3, 5


def share(value: float, limit: float = 1.0) -> str:
    """Return a number beside a bar that ends at ``limit``: "0", "+0.250", "−3e−6".

    It has as many decimals as the bar can show; smaller values are in exponential notation, and so are all
    numbers where the limit is below a thousandth.
    """
    if limit < 10.0**-_FEWEST_DIGITS:
        return _small(value, 1)
    digits = min(_MOST_DIGITS, max(_FEWEST_DIGITS, 2 - floor(log10(limit))))
    return decimal(value, digits)


def decimal(value: float, digits: int) -> str:
    """Return a number with sign and decimals; a value too small for them is in exponential notation."""
    return _small(value, 0) if abs(value) < 10.0**-digits else signed(value, digits)


def level(value: float) -> str:
    """Return a score, without a plus: "−8.0726", "−3e−7"."""
    return decimal(value, 4).removeprefix("+")


def _small(value: float, digits: int) -> str:
    if not isfinite(value):
        return signed(value)
    sign = "" if value == 0 else "+" if value > 0 else "−"
    return sign + power(abs(value), digits)


def power(value: float, digits: int = 1) -> str:
    """Return a size in exponential notation: "3.1e−3"."""
    if value != value:  # noqa: PLR0124  # only NaN differs from itself
        return "NaN"
    if value in (0.0, float("inf")):
        return "0" if value == 0 else "∞"
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def ratio(value: float) -> str:
    """Return a share, from 0 to 1, with two significant digits: "0.48", "0.012", "2e−3"."""
    if value == 0 or not isfinite(value) or abs(value) < 0.01:
        return _small(value, 0).removeprefix("+")
    return signed(value, 2 if abs(value) >= 0.1 else 3).removeprefix("+")


def nice(value: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below ``value``; 1 for 0."""
    if value <= 0:
        return 1.0
    size = 10.0 ** floor(log10(value))
    return next((m * size for m in (1.0, 2.0, 5.0) if m * size >= value * (1 - 1e-9)), 10 * size)


def limit_text(limit: float) -> str:
    """Return the limit of bars as text: "20", "0.5", "1e−5"."""
    return f"{limit:g}" if limit >= 1e-3 else power(limit, 0)
