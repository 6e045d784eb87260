"""The clamped numbers of a view, and the edits that clamp them."""

from collections.abc import Sequence

from lstm_viz.messages import Edit, ResolvedEdit, SetValue, View


def clamped_quantities(
    edits: Sequence[Edit], resolved: Sequence[ResolvedEdit], view: View, column: int, unit: int | None
) -> frozenset[str]:
    """Return the quantities that are clamped at a column; in any unit if ``unit`` is None."""
    if not resolved or view.module.reads != "words":
        return frozenset()
    return frozenset(
        name
        for name in view.quantities
        if clamping_edits(edits, resolved, view, name, column=column, unit=unit)
    )


def clamping_edits(
    edits: Sequence[Edit],
    resolved: Sequence[ResolvedEdit],
    view: View,
    name: str,
    *,
    column: int,
    unit: int | None,
) -> tuple[int, ...]:
    """Return the indices of the edits that clamp a quantity at a column; in any unit if ``unit`` is None."""
    pairs = enumerate(zip(edits, resolved, strict=False))
    return tuple(
        k
        for k, (edit, where) in pairs
        if not where.fault and where.first <= column <= where.last and _is_about(edit, view, name, unit)
    )


def _is_about(edit: Edit, view: View, name: str, unit: int | None) -> bool:
    if not isinstance(edit, SetValue):
        return name in ("c", "h")
    if (edit.quantity, edit.layer, edit.direction) != (name, view.layer, view.direction):
        return False
    return edit.unit is None or unit is None or edit.unit == unit
