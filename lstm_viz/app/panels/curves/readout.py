"""The text with the exact numbers under the mouse."""

from collections.abc import Sequence

from lstm_viz.app.texts import shown_text


def exact(value: float) -> str:
    """Return a number with six significant digits and a true minus."""
    return "NaN" if value != value else f"{value + 0.0:.6g}".replace("-", "−")  # noqa: PLR0124


def thousands(number: float) -> str:
    """Return a whole number with thousands separators."""
    return f"{int(number):,}"


def readout(head: str, numbers: Sequence[tuple[str, float]]) -> str:
    """Return the head and below it a line per name and number, with the numbers aligned."""
    width = max((len(shown_text(name)) for name, _ in numbers), default=0)
    lines = [f"{shown_text(name):{width}}  {exact(value)}" for name, value in numbers]
    return "\n".join([head, *lines])
