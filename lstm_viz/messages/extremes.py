"""The extremes and means of all steps of a long input, of which a reading has a section."""

from lstm_viz.messages.base import Floats, Index, Query, Result
from lstm_viz.messages.reading import ReadQuery


class ExtremesQuery(Query["Extremes"], frozen=True):
    """Query for the extremes of the quantities over all steps of an input that is read in sections.

    ``read`` is the query of a reading of it, with the layer and direction; ``groups`` is the largest number
    of groups of units. There is no reply for an input that is read as a whole.
    """

    read: ReadQuery
    groups: Index


class Extremes(Result, frozen=True):
    """The least, mean and largest value of every quantity over N ranges of steps and G groups of units.

    Attributes
    ----------
    steps : int
        The number of all steps.
    stride : int
        The number of steps of a range; the last one may be shorter.
    units : dict of str to tuple of int
        The first unit of each group, by quantity: h that is projected has fewer.
    low, mean, high : dict of str to array (N, G)
        By quantity. Where any value is NaN, all three are NaN.
    """

    steps: Index
    stride: Index
    units: dict[str, tuple[Index, ...]]
    low: dict[str, Floats]
    mean: dict[str, Floats]
    high: dict[str, Floats]
