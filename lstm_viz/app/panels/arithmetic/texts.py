"""The texts of the arithmetic: symbols, titles, tags with their colours, clamped values, and the proof."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.panels.cell.formulas import in_direction, operand_text
from lstm_viz.app.panels.cell.number_texts import component, decimal, long_name, plain, significant
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.labels import direction_name, layer_name, part_name
from lstm_viz.messages import Reading, View
from lstm_viz.ordinals import ordinal

translate = QCoreApplication.translate

#: Marked here so that lupdate finds them.
_HEADERS = (
    QT_TRANSLATE_NOOP("Arithmetic", "term"),
    QT_TRANSLATE_NOOP("Arithmetic", "weight"),
    QT_TRANSLATE_NOOP("Arithmetic", "factor"),
    QT_TRANSLATE_NOOP("Arithmetic", "value"),
    QT_TRANSLATE_NOOP("Arithmetic", "product"),
    QT_TRANSLATE_NOOP("Arithmetic", "sum"),
    QT_TRANSLATE_NOOP("Arithmetic", "tag"),
    QT_TRANSLATE_NOOP("Arithmetic", "logit"),
    QT_TRANSLATE_NOOP("Arithmetic", "bias"),
    QT_TRANSLATE_NOOP("Arithmetic", "from"),
    QT_TRANSLATE_NOOP("Arithmetic", "to"),
    QT_TRANSLATE_NOOP("Arithmetic", "transition"),
    QT_TRANSLATE_NOOP("Arithmetic", "emission"),
    QT_TRANSLATE_NOOP("Arithmetic", "start"),
    QT_TRANSLATE_NOOP("Arithmetic", "end"),
)


def header(name: str) -> str:
    """Return the title of a column or a row of a table."""
    return translate("Arithmetic", name)


def symbol(name: str, backward: bool = False) -> str:
    """Return the symbol of a number: "cₜ₋₁" for "c_prev", "oₜ·tanh(cₜ)" for "o·tanh_c"."""
    if name == "W_hr":
        return name
    return in_direction("·".join(map(operand_text, name.split("·"))), backward)


def part_of_h(name: str, index: int) -> str:
    """Return the name of an element of h, where h has one part per direction."""
    return f"{component('h', index)} {part_name(name)}" if name else component("h", index)


def cell_title(view: View, quantity: str, unit: int | None, column: int) -> str:
    """Return the title of a number of the cell, of a single unit unless that is None."""
    name, word = long_name(quantity), plain(view.columns[column])
    if unit is None:
        text = put(translate("Arithmetic", "%1 at “%2”"), name, word)
    else:
        text = put(translate("Arithmetic", "%1 of unit %2 at “%3”"), name, str(ordinal(unit)), word)
    return f"{text}{_where(view, quantity)}"


def _where(view: View, quantity: str) -> str:
    """Return layer and direction, where the module has more than one; both directions read the same x."""
    module, parts = view.module, list[str]()
    if module.num_layers > 1:
        parts.append(layer_name(view.layer))
    if module.num_directions > 1 and quantity != "x":
        parts.append(direction_name(view.direction))
    return "".join(f" · {part}" for part in parts)


def tag_title(name: str, tag: str, word: str) -> str:
    """Return the title of a number of a tag."""
    texts = {
        "score": translate("Arithmetic", "score of %1 at “%2”"),
        "delta": translate("Arithmetic", "best path to %1 at “%2”"),
        "marginal": translate("Arithmetic", "probability of %1 at “%2”"),
    }
    return put(texts[name], shown_text(tag), plain(word))


def clamped_text(symbols: Iterable[str]) -> str:
    """Return which of the operands are clamped; "" if none is."""
    names = ", ".join(symbols)
    return put(translate("Arithmetic", "Clamped: %1."), names) if names else ""


def replaced(name: str, value: float) -> str:
    """Return the message that a clamp replaced a number."""
    return put(translate("Arithmetic", "Replaced: %1 is clamped to %2."), name, decimal(value))


def difference(error: float) -> str:
    """Return the proof: the difference of the recomputed number from the forward pass."""
    return put(translate("Arithmetic", "recomputed − forward pass: %1"), significant(error))


def is_rounding(error: float, size: float) -> bool:
    """Return whether a difference is within float32 rounding of numbers of this size."""
    return abs(error) <= 1e-5 * (1 + size)  # False for NaN


#: The number of decimals, the same as in the score panel.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a reading, and their texts and colours."""

    reading: Reading
    theme: Theme

    @property
    def names(self) -> tuple[str, ...]:
        return self.reading.model.tags

    @property
    def ink(self) -> str:
        """The colour of a tag's name as text: a tag's own colour is for filled labels."""
        return self.theme.text

    def title(self, name: str, tag: str, step: int) -> str:
        return tag_title(name, tag, self.reading.words[step].text)

    def tabs(self, tag: str) -> tuple[tuple[str, OpenedNumber], ...]:
        """Return the numbers of a tag, where a chain gives it others than its score."""
        if self.reading.trellis is None:
            return ()
        return (
            (translate("Arithmetic", "Word alone"), OpenedNumber("score", tag)),
            (translate("Arithmetic", "Best path"), OpenedNumber("delta", tag)),
            (translate("Arithmetic", "All paths"), OpenedNumber("marginal", tag)),
        )
