"""The arithmetic of a linear-chain decoder: the best path to a tag, and its marginal over all paths."""

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.panels.arithmetic.texts import DIGITS, Tags, difference, header, is_rounding
from lstm_viz.app.panels.arithmetic.view_model import (
    ArithmeticViewModel,
    NumberLink,
    TableNumber,
    Term,
    Terms,
)
from lstm_viz.app.panels.cell.number_texts import decimal
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.texts import put, shown_text
from lstm_viz.messages import Floats, PathArithmetic

translate = QCoreApplication.translate


# ---------------------------------------------------------------- best path


def of_delta(found: PathArithmetic, tags: Tags) -> ArithmeticViewModel:
    """Return the arithmetic of the best path to a tag: Viterbi's recursion."""
    came = found.into + found.delta_before
    first = found.start if len(came) == 0 else float(came.max())
    gained = header("start") if len(came) == 0 else "max"
    formula, delta = f"{gained} + {header('emission')}", found.forward_delta
    results, error = [_equation("δ", formula, first, found.emission, delta)], found.delta - delta
    if len(found.out) == 0:
        ending = f"δ + {header('end')}"
        results.append(
            _equation(translate("Arithmetic", "path"), ending, delta, found.end, delta + found.end)
        )
    return ArithmeticViewModel(
        opened=OpenedNumber("delta", found.tag),
        title=tags.title("delta", found.tag, found.step),
        ink=tags.ink,
        tables=(_start(found) if len(came) == 0 else _came(found, came, tags),),
        results=tuple(results),
        note=_chosen(found),
        proof=difference(error),
        holds=is_rounding(error, abs(found.delta)),
        tabs=tags.tabs(found.tag),
    )


def _equation(name: str, formula: str, left: float, right: float, value: float) -> str:
    a, b, c = (decimal(number, DIGITS) for number in (left, right, value))
    return f"{name} = {formula} = {a} {'−' if b.startswith('−') else '+'} {b.removeprefix('−')} = {c}"


def _chosen(found: PathArithmetic) -> str:
    best = decimal(found.best, DIGITS)
    if found.chosen == found.tag:
        return put(translate("Arithmetic", "The best path of all, %1, goes through here."), best)
    text = translate("Arithmetic", "The best path of all, %1, goes through %2 here.")
    return put(text, best, shown_text(found.chosen))


def _plain_headers() -> tuple[str, str]:
    return header("term"), header("value")


def _start(found: PathArithmetic) -> Terms:
    start, emission = header("start"), header("emission")
    terms = (
        Term(start, (TableNumber(found.start),), bar=found.start),
        Term(
            emission,
            (TableNumber(found.emission, NumberLink(OpenedNumber("score", found.tag))),),
            bar=found.emission,
        ),
        Term("δ", (TableNumber(found.start + found.emission),), total=True),
    )
    return Terms(_plain_headers(), terms, digits=DIGITS)


def _came(found: PathArithmetic, came: Floats, tags: Tags) -> Terms:
    """Return the score of the best path to each tag of the previous word, extended to this tag."""
    best = int(came.argmax())
    terms = [
        Term(
            shown_text(tag),
            (
                TableNumber(
                    float(found.delta_before[k]), NumberLink(OpenedNumber("delta", tag), step=found.step - 1)
                ),
                TableNumber(float(found.into[k])),
                TableNumber(float(came[k]), strong=k == best),
            ),
            tags.ink,
            marked=k == best,
        )
        for k, tag in enumerate(tags.names)
    ]
    terms.append(Term("max", (None, None, TableNumber(float(came[best]))), total=True))
    emission = TableNumber(found.emission, NumberLink(OpenedNumber("score", found.tag)))
    terms.append(Term(header("emission"), (None, None, emission)))
    terms.append(Term("δ", (None, None, TableNumber(found.delta)), total=True))
    headers = (
        header("from"),
        "δₜ₋₁",
        put(translate("Arithmetic", "transition to %1"), shown_text(found.tag)),
        header("sum"),
    )
    return Terms(headers, tuple(terms), digits=DIGITS)


# ---------------------------------------------------------------- all paths


def of_marginal(found: PathArithmetic, tags: Tags) -> ArithmeticViewModel:
    """Return the arithmetic of a tag's marginal probability: the forward-backward algorithm."""
    error = found.marginal - found.forward_marginal
    numbers = (found.alpha, found.beta, found.log_z)
    text = "p = exp(α + β − log Z) = exp(%1 + %2 − %3) = %4"
    a, b, z, p = (decimal(number, DIGITS) for number in (*numbers, found.forward_marginal))
    return ArithmeticViewModel(
        opened=OpenedNumber("marginal", found.tag),
        title=tags.title("marginal", found.tag, found.step),
        ink=tags.ink,
        tables=(_alpha(found, tags), _beta(found, tags)),
        results=(put(text, a, _bracketed(b), _bracketed(z), p),),
        note=translate(
            "Arithmetic", "Each is the logarithm of a sum of exp(path score); Z is that of all paths."
        ),
        proof=difference(error),
        holds=is_rounding(error, 1.0),
        tabs=tags.tabs(found.tag),
    )


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


def _alpha(found: PathArithmetic, tags: Tags) -> Terms:
    caption = translate("Arithmetic", "α: all paths up to here")
    emission = TableNumber(found.emission, NumberLink(OpenedNumber("score", found.tag)))
    if len(found.into) == 0:
        terms: tuple[Term, ...] = (
            Term(header("start"), (TableNumber(found.start),)),
            Term(header("emission"), (emission,)),
            Term("α", (TableNumber(found.alpha),), total=True),
        )
        return Terms(_plain_headers(), terms, caption, DIGITS)
    came = found.alpha_before + found.into
    rows = [
        Term(
            shown_text(tag),
            (
                TableNumber(
                    float(found.alpha_before[k]),
                    NumberLink(OpenedNumber("marginal", tag), step=found.step - 1),
                ),
                TableNumber(float(found.into[k])),
                TableNumber(float(came[k])),
            ),
            tags.ink,
        )
        for k, tag in enumerate(tags.names)
    ]
    summed = found.alpha - found.emission
    rows.append(Term("log Σ exp", (None, None, TableNumber(summed)), total=True))
    rows.append(Term(header("emission"), (None, None, emission)))
    rows.append(Term("α", (None, None, TableNumber(found.alpha)), total=True))
    headers = (header("from"), "αₜ₋₁", header("transition"), header("sum"))
    return Terms(headers, tuple(rows), caption, DIGITS)


def _beta(found: PathArithmetic, tags: Tags) -> Terms:
    caption = translate("Arithmetic", "β: all paths from here")
    if len(found.out) == 0:
        terms = (
            Term(header("end"), (TableNumber(found.end),)),
            Term("β", (TableNumber(found.beta),), total=True),
        )
        return Terms(_plain_headers(), terms, caption, DIGITS)
    goes = found.out + found.emission_after + found.beta_after
    rows = [
        Term(
            shown_text(tag),
            (
                TableNumber(float(found.out[k])),
                TableNumber(
                    float(found.emission_after[k]),
                    NumberLink(OpenedNumber("score", tag), step=found.step + 1),
                ),
                TableNumber(
                    float(found.beta_after[k]), NumberLink(OpenedNumber("marginal", tag), step=found.step + 1)
                ),
                TableNumber(float(goes[k])),
            ),
            tags.ink,
        )
        for k, tag in enumerate(tags.names)
    ]
    rows.append(Term("β = log Σ exp", (None, None, None, TableNumber(found.beta)), total=True))
    texts = ("to", "transition", "emission")
    headers = (*(header(text) for text in texts), "βₜ₊₁", header("sum"))
    return Terms(headers, tuple(rows), caption, DIGITS)
