"""The colours of runs, used for their curves and in the list of runs."""

from lstm_viz.app.theme import Theme


def run_colour(theme: Theme, index: int) -> str:
    """Return the colour of a run: of the current one for 0, then of those compared, in their order.

    The colours of compared runs repeat; runs with the same colour are distinguished by name.
    """
    current, *compared = theme.runs
    return current if index == 0 else compared[(index - 1) % len(compared)]
