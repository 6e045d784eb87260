"""The clamped cells of the heatmaps."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lstm_viz.messages import Edit, Reading, ResolvedEdit, SetValue


class Mark(NamedTuple):
    """Clamped cells of one quantity, from column ``first`` to ``last``; ``unit`` None means all units."""

    first: int
    last: int
    unit: int | None


Marks = Mapping[str, tuple[Mark, ...]]
NONE: Marks = {}


def clamped_cells(reading: Reading | None, edits: Sequence[Edit]) -> Marks:
    """Return the clamped cells of the reading's view, by quantity.

    A number of edits that differs from the reading's belongs to a query without a result yet.
    """
    if reading is None or reading.unedited is None or len(edits) != len(reading.resolved_edits):
        return NONE
    marks: dict[str, tuple[Mark, ...]] = {}
    for edit, resolved in zip(edits, reading.resolved_edits, strict=True):
        for name, unit in _set(edit, resolved, reading):
            marks[name] = (*marks.get(name, ()), Mark(resolved.first, resolved.last, unit))
    return marks


def _set(edit: Edit, resolved: ResolvedEdit, reading: Reading) -> list[tuple[str, int | None]]:
    """Return (quantity, unit) that an edit clamps in the current layer and direction."""
    view = reading.view
    if view is None or view.module.own_columns or resolved.unresolved or resolved.last < resolved.first:
        return []
    if not isinstance(edit, SetValue):
        return [(name, None) for name in ("c", "h") if name in view.quantities]
    in_module = resolved.module in ("", view.module.path)
    here = in_module and (edit.layer, edit.direction) == (view.layer, view.direction)
    return [(edit.quantity, edit.unit)] if here and edit.quantity in view.quantities else []
