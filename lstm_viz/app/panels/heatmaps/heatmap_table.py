"""The numbers of the heatmaps as a table."""

from collections.abc import Sequence

from lstm_viz.app.panels.comparison.comparison import SIDES, Comparison
from lstm_viz.app.panels.comparison.layers import HeatmapsViewModel, Layer
from lstm_viz.app.widgets.tables import Cell, Table
from lstm_viz.ordinals import ordinal


def heatmap_table(shown: HeatmapsViewModel, names: Sequence[str], alone: str = "") -> Table:
    """Return a table with a row per heatmap and column, and a column per unit.

    ``names`` are the quantities that are shown, ``alone`` the one that is shown alone, if any. The second
    column names the side of a comparison: A, B, or Δ for the difference. Columns without a word are left out.
    """
    layers = [(name, layer) for name in names for layer in shown.layers(name, alone=name == alone)]
    units = max((layer.values.shape[1] for _, layer in layers), default=0)
    header = ("quantity", "reading", "column", "text", *(f"unit_{ordinal(unit)}" for unit in range(units)))
    texts = _texts(shown)
    rows = [
        (name, layer.mark, ordinal(column), texts[column], *_numbers(layer, column, units))
        for name, layer in layers
        for column in range(len(texts))
        if layer.present is None or layer.present[column]
    ]
    return Table(header, rows)


def _numbers(layer: Layer, column: int, units: int) -> tuple[Cell, ...]:
    values = map(float, layer.values[column])
    return (*values, *[None] * (units - layer.values.shape[1]))


def _texts(shown: HeatmapsViewModel) -> Sequence[str]:
    """Return the text of each column: for a comparison the two words, where they differ."""
    comparison = shown.comparison
    if comparison is None:
        return shown.view.columns if shown.view else ()
    return [_text(comparison, slot) for slot in range(len(comparison.slots))]


def _text(comparison: Comparison, slot: int) -> str:
    words = (comparison.word(side, slot) for side in SIDES)
    return " | ".join(dict.fromkeys(word.text for word in words if word is not None))
