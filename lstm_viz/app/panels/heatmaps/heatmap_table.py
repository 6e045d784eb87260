"""The numbers of the heatmaps as a table."""

from collections.abc import Sequence

from lstm_viz.app.panels.comparison.comparison import SIDES, Comparison, Side
from lstm_viz.app.panels.comparison.layers import HeatmapsViewModel, Layer
from lstm_viz.app.widgets.tables import Cell, Table
from lstm_viz.messages import Reading
from lstm_viz.ordinals import ordinal

_SIDE_OF: dict[str, Side] = {"A": "first", "B": "second", "first": "first", "second": "second"}


def heatmap_table(
    shown: HeatmapsViewModel, names: Sequence[str], alone: str = "", reading: Reading | None = None
) -> Table:
    """Return a table with a row per heatmap and column, and a column per unit.

    ``names`` are the quantities that are shown, ``alone`` the one that is shown alone, if any. The second
    column names the side of a comparison: A, B, or Δ for the difference. Columns without a word are left out.
    Each word of the ``reading``, or of one side of a comparison, has its tag and the log-softmax of it.
    """
    layers = [(name, layer) for name in names for layer in shown.layers(name, alone=name == alone)]
    units = max((layer.values.shape[1] for _, layer in layers), default=0)
    lead = ("quantity", "reading", "column", "text", "tag", "log_softmax")
    header = (*lead, *(f"unit_{ordinal(unit)}" for unit in range(units)))
    texts, first = _texts(shown), shown.view.first if shown.view and not shown.comparison else 0
    rows = [
        (
            *(name, layer.mark, ordinal(first + column), texts[column]),
            *_tagged(shown, layer, column, reading),
            *_numbers(layer, column, units),
        )
        for name, layer in layers
        for column in range(len(texts))
        if layer.present is None or layer.present[column]
    ]
    return Table(header, rows)


def _numbers(layer: Layer, column: int, units: int) -> tuple[Cell, ...]:
    values = map(float, layer.values[column])
    return (*values, *[None] * (units - layer.values.shape[1]))


def _tagged(
    shown: HeatmapsViewModel, layer: Layer, column: int, reading: Reading | None
) -> tuple[Cell, Cell]:
    """Return the tag of a column's word and its log-softmax; None for a character and for a difference."""
    comparison = shown.comparison
    if comparison is not None:
        side = _SIDE_OF.get(layer.mark or shown.mode)
        place = comparison.slots[column][SIDES.index(side)] if side else None
        return (None, None) if side is None or place is None else _tag_of(comparison.of(side), place)
    if reading is None or shown.view is None or shown.view.module.own_columns:
        return None, None
    return _tag_of(reading, column)


def _tag_of(reading: Reading, place: int) -> tuple[Cell, Cell]:
    if reading.model.is_real:
        return None, None
    tag, tags = reading.tag(place), reading.model.tags
    score = float(reading.scores[reading.row(place), tags.index(tag)]) if tag in tags else None
    return tag or None, score


def _texts(shown: HeatmapsViewModel) -> Sequence[str]:
    """Return the text of each column: for a comparison the two words, where they differ."""
    comparison = shown.comparison
    if comparison is None:
        return shown.view.columns if shown.view else ()
    return [_text(comparison, slot) for slot in range(len(comparison.slots))]


def _text(comparison: Comparison, slot: int) -> str:
    words = (comparison.word(side, slot) for side in SIDES)
    return " | ".join(dict.fromkeys(word.text for word in words if word is not None))
