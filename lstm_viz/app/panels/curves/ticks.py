"""The positions and texts of an axis' tick labels."""

import math

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_PER_DECADE = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7))


def linear_ticks(low: float, high: float, most: int, whole: bool = False) -> list[float]:
    """Return at most ``most`` + 1 round numbers from ``low`` to ``high``, only whole ones if ``whole``."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    gap = _gap((high - low) / max(1, most))
    if whole and gap < 5:
        gap = 5.0 if gap == 2.5 else max(1.0, gap)
    first, last = math.ceil(low / gap - 1e-9), math.floor(high / gap + 1e-9)
    return [k * gap for k in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return the logarithms of round numbers from 10 to the power of ``low`` to that of ``high``."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    span = math.floor(high) - math.floor(low)
    if span > most:
        gap = math.ceil(span / most)
        return [float(k) for k in range(math.ceil(low / gap) * gap, math.floor(high) + 1, gap)]
    found = [0.0]
    for digits in _PER_DECADE:
        finer = [math.log10(d) + k for k in range(math.floor(low), math.floor(high) + 1) for d in digits]
        finer = [place for place in finer if low <= place <= high]
        if len(finer) > most + 1:
            break
        found = finer
        if len(finer) > most / 2:
            return found
    if len(found) >= 3 or high > 300:
        return found
    return [math.log10(value) for value in linear_ticks(10**low, 10**high, most) if value > 0]


def _gap(least: float) -> float:
    """Return the smallest round number that is at least ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return power * next(nice for nice in _NICE if nice * power >= least * (1 - 1e-9))


def tick_text(value: float) -> str:
    """Return the text of a tick label: short, with a true minus and thousands separators."""
    if value and not 1e-4 <= abs(value) < 1e7:
        text = f"{value:.3g}"
    else:
        text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")
