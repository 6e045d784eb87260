"""The colours of runs, used for their curves and in the list of runs."""

from types import MappingProxyType

from lstm_viz.app.theme import Theme

#: After Okabe and Ito's palette, which is distinguishable with colour blindness; lightened or darkened until
#: each has a contrast of at least 3:1 on the panel. The first is the current run's.
_RUNS = MappingProxyType(
    {
        "dark": ("#62b8f0", "#e69f00", "#cc79a7", "#2fbf8f", "#f0e442", "#e0703a", "#a8b3bf"),
        "light": ("#0b69ae", "#a86f00", "#a8477f", "#00785a", "#7d7500", "#b84a00", "#5a6672"),
    }
)


def run_colour(theme: Theme, index: int) -> str:
    """Return the colour of a run: of the current one for 0, then of those compared, in their order.

    The colours of compared runs repeat; runs with the same colour are distinguished by name.
    """
    colours = _RUNS[theme.name]
    return colours[0] if index == 0 else colours[1 + (index - 1) % (len(colours) - 1)]
