"""What x of a step is made of: rows of embeddings, the state after the last character, the layer below."""

import numpy as np
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.opened import Opened
from lstm_viz.app.sentence.arithmetic.shown import Entry, Place, Shown, Term, Terms
from lstm_viz.app.sentence.arithmetic.texts import by_hand, cell_title, difference, head, is_rounding
from lstm_viz.app.sentence.cell.figures import plain, subscript
from lstm_viz.app.texts import put
from lstm_viz.app.theme import Theme
from lstm_viz.app.words import part_name
from lstm_viz.messages import InputArithmetic, InputPart, View

translate = QCoreApplication.translate


def of_input(found: InputArithmetic, view: View, theme: Theme, index: int | None = None) -> Shown:
    """Return where x comes from, value by value; ``index`` is the one that was followed here."""
    starts = np.cumsum([0, *(len(part.values) for part in found.parts)]).tolist()
    terms = [
        _term(part, k, starts[p] + k, found.column, theme, marked=starts[p] + k == index)
        for p, part in enumerate(found.parts)
        for k in range(len(part.values))
    ]
    held = [f"x{subscript(starts[p] + k)}" for p, part in enumerate(found.parts) for k in part.held]
    size = max((float(np.abs(part.values).max(initial=0.0)) for part in found.parts), default=0.0)
    heads = ("xₜ", head("value"))
    return Shown(
        opened=Opened("x", index=index),
        title=cell_title(view, "x", None, found.column),
        ink=theme.ink["x"],
        tables=(Terms(heads, tuple(terms), digits=4),),
        results=tuple(_origin(part, starts[p]) for p, part in enumerate(found.parts)),
        note=by_hand(held),
        proof=difference(found.error),
        holds=is_rounding(found.error, size),
    )


def _term(part: InputPart, k: int, place: int, column: int, theme: Theme, *, marked: bool) -> Term:
    ink, value = theme.ink["h" if part.row is None else "x"], float(part.values[k])
    return Term(f"x{subscript(place)}", (Entry(value, _link(part, k, column)),), ink, value, marked=marked)


def _link(part: InputPart, unit: int, column: int) -> Place | None:
    """Return the hidden state that a value is; None where it is a weight of an embedding."""
    if part.row is not None:
        return None
    if part.name == "characters":
        return Place(Opened("h"), unit, module=part.module, layer=part.layer, direction=part.direction)
    return Place(Opened("h"), unit, column=column, layer=part.layer, direction=part.direction)


def _origin(part: InputPart, start: int) -> str:
    """Return where the values of a part come from, in a line."""
    span = f"x{subscript(start)} … x{subscript(start + len(part.values) - 1)}"
    if part.name == "characters":
        text = translate("Arithmetic", "%1: h of the character net after the last of “%2”")
        return put(text, span, plain(part.text))
    if part.row is None:
        return put(translate("Arithmetic", "%1: h of the layer below, %2"), span, part_name(part.name))
    if part.known:
        text = translate("Arithmetic", "%1: row %2 of the embedding of %3, “%4”")
    else:
        text = translate(
            "Arithmetic",
            "%1: row %2 of the embedding of %3,\nthe row for unknown items; “%4” is not in the vocabulary",
        )
    return put(text, span, str(part.row), _vocabulary(part.name), plain(part.text))


def _vocabulary(name: str) -> str:
    if name == "character":
        return translate("Arithmetic", "characters")
    return translate("Arithmetic", "words")
