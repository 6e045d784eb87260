"""The texts of a cell of the heatmaps: for tool tips and screen readers."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from lstm_viz.app.panels.comparison.comparison import SIDES
from lstm_viz.app.panels.comparison.layers import HeatmapsViewModel
from lstm_viz.app.panels.heatmaps.bands import Band
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.labels import quantity_name, unit_name
from lstm_viz.app.widgets.painting import plain
from lstm_viz.messages import View
from lstm_viz.ordinals import ordinal, trace_element


class CellTexts(QObject):
    """Formats the numbers of a view, or of a comparison."""

    def describe(self, shown: HeatmapsViewModel, band: Band, column: int, row: int) -> str:
        """Return word, unit, quantity and exact value of a cell, and its code in a trace.

        For a comparison return both values and the difference.
        """
        place = self.tr("input") if band.name == "x" else self.tr("unit")
        head = f"{_words_at(shown, column)} · {place} {ordinal(row)}\n{quantity_name(band.name)}  {band.name}"
        comparison = shown.comparison
        if comparison is None:
            return (
                f"{head} = {plain(float(band.values[column, row]), 6)}{_code(shown.view, band, column, row)}"
            )
        sheets = (*(comparison.values(side, band.name) for side in SIDES), comparison.difference(band.name))
        numbers = (
            f"{letter} {plain(float(sheet.values[column, row]), 6)}"
            for letter, sheet in zip("ABΔ", sheets, strict=True)
            if sheet is not None and sheet.present[column] and row < sheet.values.shape[1]
        )
        return f"{head}: {' · '.join(numbers) or self.tr('no such word')}"

    def at_playhead(
        self, shown: HeatmapsViewModel, bands: Sequence[Band], column: int, unit: int | None
    ) -> str:
        """Return the selected unit's numbers at the playhead; "" where no unit is selected."""
        if unit is None or not bands or column >= len(bands[0].values):
            return ""
        place = unit_name(unit)
        known = (band for band in bands if band.name != "x" and unit < band.rows and band.has(column))
        numbers = ", ".join(_number(band, column, unit) for band in known)
        return f"{_words_at(shown, column).strip('“”')}, {place}: {numbers}"


def _number(band: Band, column: int, unit: int) -> str:
    of = "Δ" if band.difference else band.mark
    parts = (quantity_name(band.name), of, plain(float(band.values[column, unit])))
    return " ".join(part for part in parts if part)


def _code(view: View | None, band: Band, column: int, row: int) -> str:
    """Return the line with the code of a number of a trace, "" where there is none."""
    if view is None:
        return ""
    step = view.first + column
    code = trace_element(band.name, view.layer, view.direction, step, row, sequence=view.sequence)
    return f"\n{code}" if code else ""


def _words_at(shown: HeatmapsViewModel, column: int) -> str:
    """Return the word of a column, or both words of a comparison where they differ."""
    view, comparison = shown.view, shown.comparison
    if comparison is None:
        return f"“{shown_text(view.columns[column])}”" if view else ""
    words = (comparison.word(side, column) for side in SIDES)
    return " | ".join(dict.fromkeys(f"“{shown_text(word.text)}”" for word in words if word is not None))
