"""Which numbers of a view are set by hand, and by which edit."""

from collections.abc import Sequence

from lstm_viz.messages import Edit, Landed, SetValue, View


def held(
    edits: Sequence[Edit], landed: Sequence[Landed], view: View, column: int, unit: int | None
) -> frozenset[str]:
    """Return the quantities that are set by hand at a column; of any unit where ``unit`` is None."""
    if not landed or view.module.reads != "words":
        return frozenset()
    return frozenset(
        name for name in view.quantities if holding(edits, landed, view, name, column=column, unit=unit)
    )


def holding(
    edits: Sequence[Edit],
    landed: Sequence[Landed],
    view: View,
    name: str,
    *,
    column: int,
    unit: int | None,
) -> tuple[int, ...]:
    """Return which edits hold a quantity at a column: of a unit, or of any where ``unit`` is None."""
    pairs = enumerate(zip(edits, landed, strict=False))
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
