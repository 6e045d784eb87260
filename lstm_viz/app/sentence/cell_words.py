"""What is said of a cell of the heatmaps: under the mouse, and to who hears the window."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from lstm_viz.app.painting import plain, shown_text
from lstm_viz.app.sentence.bands import Band
from lstm_viz.app.sentence.compare.layers import Shown
from lstm_viz.app.sentence.pair import SIDES
from lstm_viz.app.words import quantity_name


class CellWords(QObject):
    """Puts numbers of a view, or of a pair of them, into words."""

    def describe(self, shown: Shown, band: Band, column: int, row: int) -> str:
        """Return word, unit, quantity and exact value of a cell; of a pair both, and their difference."""
        place = self.tr("input") if band.name == "x" else self.tr("unit")
        head = f"{_words_at(shown, column)} · {place} {row}\n{quantity_name(band.name)}  {band.name}"
        pairing = shown.pairing
        if pairing is None:
            return f"{head} = {plain(float(band.values[column, row]), 6)}"
        sheets = (*(pairing.values(side, band.name) for side in SIDES), pairing.difference(band.name))
        said = (
            f"{letter} {plain(float(sheet.values[column, row]), 6)}"
            for letter, sheet in zip("ABΔ", sheets, strict=True)
            if sheet is not None and sheet.there[column] and row < sheet.values.shape[1]
        )
        return f"{head}: {' · '.join(said) or self.tr('no such word')}"

    def at_playhead(self, shown: Shown, bands: Sequence[Band], column: int, unit: int | None) -> str:
        """Return the followed unit's numbers at the playhead; "" where none is followed."""
        if unit is None or not bands or column >= len(bands[0].values):
            return ""
        place = self.tr("unit %1").replace("%1", str(unit))
        known = (band for band in bands if band.name != "x" and unit < band.rows and band.has(column))
        said = ", ".join(_number(band, column, unit) for band in known)
        return f"{_words_at(shown, column).strip('“”')}, {place}: {said}"


def _number(band: Band, column: int, unit: int) -> str:
    of = "Δ" if band.difference else band.mark
    parts = (quantity_name(band.name), of, plain(float(band.values[column, unit])))
    return " ".join(part for part in parts if part)


def _words_at(shown: Shown, column: int) -> str:
    """Return the word of a column, or where the two of a pair are others, both."""
    view, pairing = shown.view, shown.pairing
    if pairing is None:
        return f"“{shown_text(view.columns[column])}”" if view else ""
    words = (pairing.word(side, column) for side in SIDES)
    return " | ".join(dict.fromkeys(f"“{shown_text(word.text)}”" for word in words if word is not None))
