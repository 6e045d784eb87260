"""The texts of an edit, and of the reason why one is unresolved, translated."""

import math

from msgspec import UNSET
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.error_texts import code_text
from lstm_viz.app.panels.cell.number_texts import significant
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.labels import direction_name, layer_name
from lstm_viz.cells import QUANTITIES, UNBOUNDED, Quantity
from lstm_viz.messages import Edit, Module, SetValue, SwapState, UnresolvedReason
from lstm_viz.ordinals import ordinal

_LONGEST_WORD, _LONGEST_TEXT = 18, 30

translate = QCoreApplication.translate


def quantity_of(name: str, unit: int | None) -> str:
    """Return a quantity of a unit as text: "f of unit 3"."""
    return (
        put(translate("Edits", "%1 of all units"), name)
        if unit is None
        else put(translate("Edits", "%1 of unit %2"), name, ordinal(unit))
    )


def edit_name(edit: Edit, module: Module | None = None) -> str:
    """Return the target of an edit, without the value: "f of unit 3 at “ate”"."""
    if isinstance(edit, SwapState):
        return _swap_name(edit)
    return f"{quantity_of(edit.quantity, edit.unit)} {where(edit)}{_module_name(edit, module)}"


def edit_text(edit: Edit, module: Module | None = None) -> str:
    """Return an edit with its value: "f of unit 3 = 0.5 at “ate”"."""
    if isinstance(edit, SwapState):
        return _swap_name(edit)
    what = f"{quantity_of(edit.quantity, edit.unit)} = {significant(edit.value)}"
    return f"{what} {where(edit)}{_module_name(edit, module)}"


def where(edit: SetValue) -> str:
    """Return the words of an edit as text."""
    first, last = edit.first, edit.last
    if first is None and last is None:
        return translate("Edits", "everywhere")
    if last is None:
        return put(translate("Edits", "from “%1” on"), word_name(edit.words, first))
    if first is None:
        return put(translate("Edits", "up to “%1”"), word_name(edit.words, last))
    if first == last:
        return put(translate("Edits", "at “%1”"), word_name(edit.words, first))
    return put(
        translate("Edits", "from “%1” to “%2”"), word_name(edit.words, first), word_name(edit.words, last)
    )


def word_name(words: tuple[str, ...], place: int | None) -> str:
    """Return a word of the sentence of an edit as it can be shown."""
    return short(words[place], _LONGEST_WORD) if place is not None and 0 <= place < len(words) else "?"


def short(text: str, longest: int = _LONGEST_TEXT) -> str:
    """Return ``text`` as one line of at most ``longest`` characters."""
    line = " ".join(shown_text(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _swap_name(edit: SwapState) -> str:
    place = "?" if edit.word is None else str(ordinal(edit.word))  # of an edit without its word
    after, at = short(edit.after, _LONGEST_WORD) or place, word_name(edit.words, edit.step)
    return put(translate("Edits", "state of “%1” after “%2”, at “%3”"), short(edit.text), after, at)


def _module_name(edit: SetValue, module: Module | None) -> str:
    """Return layer and direction, if the module has several."""
    parts = [] if edit.module is UNSET else [shown_text(edit.module)]
    if edit.layer or (module is not None and module.num_layers > 1):
        parts.append(layer_name(edit.layer))
    if edit.direction or (module is not None and module.num_directions > 1):
        parts.append(direction_name(edit.direction))
    return "".join(f", {part}" for part in parts)


# ---------------------------------------------------------------- refused and unresolved edits


def refusal(quantity: str, value: float, module: Module | None) -> str:
    """Return why a quantity cannot have this value, "" if it can."""
    known = quantity_in(module, quantity)
    if known.allows(value):
        return ""
    if math.isnan(value):
        return put(translate("Edits", "NaN is not a number that %1 can have."), quantity)
    if math.isinf(value):
        return put(translate("Edits", "%1 cannot be infinite."), quantity)
    return bounds_text(known)


def quantity_in(module: Module | None, symbol: str) -> Quantity:
    """Return a quantity of a module; one that it does not have is that of another kind of cell."""
    if module is not None and symbol in module.kind:
        return module.kind[symbol]
    return QUANTITIES.get(symbol, QUANTITIES["h"])


def bounds_text(quantity: Quantity) -> str:
    """Return the bounds of a quantity, and their cause."""
    if quantity.activation == "sigmoid":
        return put(translate("Edits", "%1 is a sigmoid: it lies between 0 and 1."), quantity.symbol)
    if quantity.activation == "relu":
        return translate("Edits", "h is a relu: it is never below 0, and 1,000,000 is enough.")
    if quantity.range[0] == -UNBOUNDED:
        return translate("Edits", "c has no bounds, but 1,000,000 is enough.")
    if quantity.symbol == "h" or quantity.products:
        return put(translate("Edits", "%1 lies between −1 and 1."), quantity.symbol)
    return put(translate("Edits", "%1 is a tanh: it lies between −1 and 1."), quantity.symbol)


def reason_text(edit: Edit, reason: UnresolvedReason, module: Module | None) -> str:
    """Return why an edit is unresolved, as a sentence; "" if it is resolved or disabled."""
    if reason in ("", "off"):
        return ""
    if reason == "model":
        return code_text("subject_without_weights")
    if reason == "sentence" and isinstance(edit, SwapState):
        return put(translate("Edits", "“%1” has no such word."), short(edit.text))
    if reason == "word":
        return _lost_word(edit)
    return (
        _not_in_module(edit, reason, module)
        if isinstance(edit, SetValue)
        else translate("Edits", "It does not apply here.")
    )


def _lost_word(edit: Edit) -> str:
    if isinstance(edit, SwapState):
        return put(translate("Edits", "Its word “%1” is gone."), word_name(edit.words, edit.step))
    first = edit.first if edit.first is not None else edit.last
    if first is None:
        return translate("Edits", "The sentence has no words yet.")
    if edit.first is None or edit.last is None or edit.first == edit.last:
        return put(translate("Edits", "Its word “%1” is gone."), word_name(edit.words, first))
    names = word_name(edit.words, edit.first), word_name(edit.words, edit.last)
    return put(translate("Edits", "Its words “%1” to “%2” are gone."), *names)


def _not_in_module(edit: SetValue, reason: UnresolvedReason, module: Module | None) -> str:
    if reason == "value":
        return refusal(edit.quantity, edit.value, module) or put(
            translate("Edits", "%1 cannot have this value."), edit.quantity
        )
    if reason == "unit":
        return put(translate("Edits", "This model has no unit %1."), ordinal(edit.unit or 0))
    if reason == "quantity":
        return (
            put(translate("Edits", "%1 has no %2."), _kind(module.kind.name), edit.quantity)
            if module
            else translate("Edits", "This model has no such quantity.")
        )
    if module is not None and edit.layer < module.num_layers:
        return translate("Edits", "This module has no backward direction.")
    return put(translate("Edits", "This model has no layer %1."), ordinal(edit.layer))


def _kind(name: str) -> str:
    return {
        "LSTM": translate("Edits", "An LSTM"),
        "GRU": translate("Edits", "A GRU"),
        "RNN": translate("Edits", "A plain RNN"),
    }.get(name, name)
