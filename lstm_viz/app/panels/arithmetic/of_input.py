"""The input x of a step: embedding rows, the state after the last character, or the layer below."""

import numpy as np
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.opened import Opened
from lstm_viz.app.panels.arithmetic.texts import cell_title, clamped_text, difference, header, is_rounding
from lstm_viz.app.panels.arithmetic.view_model import Entry, NumberLink, ShownArithmetic, Term, Terms
from lstm_viz.app.panels.cell.figures import plain, subscript
from lstm_viz.app.texts import put
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.labels import part_name
from lstm_viz.messages import InputArithmetic, InputPart, View

translate = QCoreApplication.translate


def of_input(found: InputArithmetic, view: View, theme: Theme, index: int | None = None) -> ShownArithmetic:
    """Return the origin of x, value by value; ``index`` is the value whose link led here."""
    starts = np.cumsum([0, *(len(part.values) for part in found.parts)]).tolist()
    terms = [
        _term(part, k, starts[p] + k, found.column, theme, marked=starts[p] + k == index)
        for p, part in enumerate(found.parts)
        for k in range(len(part.values))
    ]
    clamped = [f"x{subscript(starts[p] + k)}" for p, part in enumerate(found.parts) for k in part.held]
    size = max((float(np.abs(part.values).max(initial=0.0)) for part in found.parts), default=0.0)
    headers = ("xₜ", header("value"))
    return ShownArithmetic(
        opened=Opened("x", index=index),
        title=cell_title(view, "x", None, found.column),
        ink=theme.ink["x"],
        tables=(Terms(headers, tuple(terms), digits=4),),
        results=tuple(_origin(part, starts[p]) for p, part in enumerate(found.parts)),
        note=clamped_text(clamped),
        proof=difference(found.error),
        holds=is_rounding(found.error, size),
    )


def _term(part: InputPart, k: int, place: int, column: int, theme: Theme, *, marked: bool) -> Term:
    ink, value = theme.ink["h" if part.row is None else "x"], float(part.values[k])
    return Term(f"x{subscript(place)}", (Entry(value, _link(part, k, column)),), ink, value, marked=marked)


def _link(part: InputPart, unit: int, column: int) -> NumberLink | None:
    """Return the link to the hidden state that a value is; None where it is an embedding weight."""
    if part.row is not None:
        return None
    if part.name == "characters":
        return NumberLink(Opened("h"), unit, module=part.module, layer=part.layer, direction=part.direction)
    return NumberLink(Opened("h"), unit, column=column, layer=part.layer, direction=part.direction)


def _origin(part: InputPart, start: int) -> str:
    """Return the origin of a part's values, in one line."""
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
