"""The arithmetic of a tag's score: the products of its logit, and the log-softmax over all tags."""

import math

import numpy as np
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.panels.arithmetic.texts import (
    DIGITS,
    Tags,
    clamped_text,
    difference,
    header,
    is_rounding,
    part_of_h,
)
from lstm_viz.app.panels.arithmetic.view_model import (
    ArithmeticViewModel,
    NumberLink,
    TableNumber,
    Term,
    Terms,
)
from lstm_viz.app.panels.cell.number_texts import decimal
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.texts import counted, put, shown_text
from lstm_viz.app.widgets.labels import part_name
from lstm_viz.messages import ScoreArithmetic

translate = QCoreApplication.translate

_LARGEST = 6


def of_score(found: ScoreArithmetic, tags: Tags) -> ArithmeticViewModel:
    """Return the arithmetic of a tag's score: its logit, and the log-softmax over all tags."""
    logit, value = float(found.logits[tags.names.index(found.tag)]), found.forward
    score = put(
        translate("Arithmetic", "score = logit − log Σ exp(logits) = %1 − %2 = %3"),
        *(decimal(number, DIGITS) for number in (logit, found.log_sum, value)),
    )
    probability = f"p = exp({decimal(value, DIGITS)}) = {decimal(_exp(value), DIGITS)}"
    clamped = [name for name, place in _places(found) if place in found.clamped]
    size = float(np.abs(found.weights * found.h).sum()) + abs(logit)
    return ArithmeticViewModel(
        opened=OpenedNumber("score", found.tag),
        title=tags.title("score", found.tag, found.step),
        ink=tags.ink,
        tables=(_logit(found, logit, tags), _softmax(found, tags)),
        results=(score, probability),
        note=clamped_text(clamped),
        proof=difference(found.value - value),
        holds=is_rounding(found.value - value, size),
        tabs=tags.tabs(found.tag),
    )


def _exp(value: float) -> float:
    return math.exp(min(value, 0.0)) if not math.isnan(value) else value


def _places(found: ScoreArithmetic) -> list[tuple[str, int]]:
    """Return the elements of h by name, in order."""
    names = [part_of_h(name, index) for name, size in found.parts for index in range(size)]
    return [(name, place) for place, name in enumerate(names)]


def _logit(found: ScoreArithmetic, logit: float, tags: Tags) -> Terms:
    terms, start = list[Term](), 0
    for direction, (name, size) in enumerate(found.parts):
        terms += _part(found, range(start, start + size), name, direction, tags)
        start += size
    terms.append(Term(header("bias"), (None, None, TableNumber(found.bias)), bar=found.bias))
    terms.append(Term(header("logit"), (None, None, TableNumber(logit)), total=True))
    headers = ("hₜ", *(header(text) for text in ("weight", "value", "product")))
    text = translate("Arithmetic", "logit of %1: h · its row of the linear layer")
    caption = put(text, shown_text(found.tag))
    return Terms(headers, tuple(terms), caption, DIGITS)


def _part(found: ScoreArithmetic, places: range, name: str, direction: int, tags: Tags) -> list[Term]:
    """Return the largest products of one direction's h, and the sum of the others."""
    products = found.weights[places.start : places.stop] * found.h[places.start : places.stop]
    order, ink = np.argsort(-np.abs(products), kind="stable"), tags.theme.ink["h"]
    shown = sorted(order[:_LARGEST].tolist()) if len(products) <= _LARGEST else order[:_LARGEST].tolist()
    terms = [
        Term(
            part_of_h(name, unit),
            (
                TableNumber(float(found.weights[places.start + unit])),
                TableNumber(float(found.h[places.start + unit]), _hidden(tags, unit, direction, found.step)),
                TableNumber(float(products[unit])),
            ),
            ink,
            float(products[unit]),
        )
        for unit in shown
    ]
    if len(products) > _LARGEST:
        rest = float(products[order[_LARGEST:]].sum())
        terms.append(
            Term(_others(name, len(products) - _LARGEST), (None, None, TableNumber(rest)), ink, rest)
        )
    return terms


def _others(name: str, count: int) -> str:
    """Return a short name for the sum of the smaller products."""
    text = counted(translate("Arithmetic", "%1 other(|s)", None, count), count)
    return f"{text} {part_name(name)}" if name else text


def _hidden(tags: Tags, unit: int, direction: int, step: int) -> NumberLink:
    """Return the link to an element of h that the tags are computed from: top layer, word module."""
    module = next(module for module in tags.reading.model.modules if not module.own_columns)
    layer = module.num_layers - 1
    return NumberLink(
        OpenedNumber("h"), unit, step=step, module=module.path, layer=layer, direction=direction
    )


def _softmax(found: ScoreArithmetic, tags: Tags) -> Terms:
    largest = float(np.max(found.logits))
    with np.errstate(all="ignore"):
        powers = np.exp(found.logits - largest)
    terms = [
        Term(
            shown_text(tag),
            (
                TableNumber(
                    float(found.logits[k]),
                    None if tag == found.tag else NumberLink(OpenedNumber("score", tag)),
                ),
                TableNumber(float(powers[k])),
            ),
            tags.ink,
            marked=tag == found.tag,
        )
        for k, tag in enumerate(tags.names)
    ]
    total = float(powers.sum())
    terms.append(Term(translate("Arithmetic", "sum Σ"), (None, TableNumber(total)), total=True))
    name = translate("Arithmetic", "log Σ + max")
    terms.append(Term(name, (None, TableNumber(found.log_sum)), total=True))
    exponential = translate("Arithmetic", "exp(logit − max)")
    headers = (header("tag"), header("logit"), exponential)
    return Terms(headers, tuple(terms), translate("Arithmetic", "log Σ exp over all tags"), DIGITS)
