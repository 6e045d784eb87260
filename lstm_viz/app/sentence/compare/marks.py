"""Which cells of the heatmaps are set by hand."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lstm_viz.messages import Edit, Landed, Reading, SetValue


class Mark(NamedTuple):
    """Cells of one quantity that are set by hand, from column ``first`` to ``last``; all units where None."""

    first: int
    last: int
    unit: int | None


Marks = Mapping[str, tuple[Mark, ...]]
NONE: Marks = {}


def by_hand(reading: Reading | None, edits: Sequence[Edit]) -> Marks:
    """Return the cells of the reading's view that are set by hand, by quantity.

    Another number of edits than the reading was computed with belongs to a question that is not answered yet.
    """
    if reading is None or reading.unedited is None or len(edits) != len(reading.landed):
        return NONE
    marks: dict[str, tuple[Mark, ...]] = {}
    for edit, landed in zip(edits, reading.landed, strict=True):
        for name, unit in _set(edit, landed, reading):
            marks[name] = (*marks.get(name, ()), Mark(landed.first, landed.last, unit))
    return marks


def _set(edit: Edit, landed: Landed, reading: Reading) -> list[tuple[str, int | None]]:
    """Return (quantity, unit) of what an edit sets in the layer and direction that is shown."""
    view = reading.view
    if view is None or view.module.reads != "words" or landed.fault or landed.last < landed.first:
        return []
    if not isinstance(edit, SetValue):
        return [(name, None) for name in ("c", "h") if name in view.quantities]
    here = (edit.layer, edit.direction) == (view.layer, view.direction)
    return [(edit.quantity, edit.unit)] if here and edit.quantity in view.quantities else []
