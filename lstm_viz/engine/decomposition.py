"""Decomposition of the cell state at one column of the current reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from torch import nn

from lstm_viz.analysis.decomposition import (
    Doubles,
    Mask,
    half_lives,
    recurrence_of,
    score_sources,
    sources_at,
    squash,
    triangle,
)
from lstm_viz.analysis.unrolled import Clamps
from lstm_viz.cells import CellKind, symbol_of
from lstm_viz.messages import Decomposition, DecompositionQuery, Floats, View
from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.subject import Subject, capabilities

_NO_CLAMPS: Clamps = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class _Scores:
    """The terms of the logits at a column: sources (N + 1, K), all others (K,)."""

    sources: Floats
    bias: Floats
    other_direction: Floats | None
    error: float


def decompose(
    query: DecompositionQuery,
    subject: Subject,
    view: View,
    output: torch.Tensor | None,
    clamps: Clamps = _NO_CLAMPS,
) -> Decomposition | None:
    """Return the decomposition of the cell state at the column of the query; None for an RNN.

    Parameters
    ----------
    query : DecompositionQuery
        Its column is one of the view's.
    view : View
        The selected layer and direction.
    output : Tensor (T, D · H) or None
        h of the top layer over the words, the input of the readout; None for a model as a whole.
    clamps : mapping of str to Clamp
        The clamps on this layer and direction. A clamped state cuts off all earlier steps, and so does one
        that the model has reset.
    """
    kind, column = view.module.kind, query.column
    if kind.gated_state is None:
        return None
    state = kind.gated_state.state
    values = view.quantities[state]
    clamped = _clamped(clamps, state, values)
    cut = _with_resets(clamped, view, values)
    with np.errstate(all="ignore"):  # NaN in the weights gives NaN in the result
        backward = view.direction == 1
        recurrence = recurrence_of(kind, view.quantities, view.start, backward=backward, clamped=cut)
        gated = recurrence_of(kind, view.quantities, view.start, backward=backward, clamped=clamped)
        by_unit = sources_at(recurrence, column).astype(values.dtype)
        h_clamped = _clamped(clamps, "h", view.quantities["h"])
        scores = _scores(subject, view, by_unit, output, column=column, clamped=h_clamped)
        return Decomposition(
            reading=query.reading,
            column=column,
            unit=query.unit,
            by_unit=by_unit,
            triangle=triangle(recurrence, query.unit).astype(values.dtype),
            half_lives=half_lives(gated).astype(values.dtype),
            scores=scores.sources if scores else None,
            bias=scores.bias if scores else None,
            other_direction=scores.other_direction if scores else None,
            error=_gap(by_unit.sum(axis=0, dtype=np.float64), values[column]),
            score_error=scores.error if scores else 0.0,
        )


def _clamped(clamps: Clamps, name: str, like: Floats) -> Mask | None:
    """Return where a quantity is clamped, (T, H); None for a quantity without a clamp."""
    if name not in clamps:
        return None
    where = clamps[name].where.expand(len(like), 1, like.shape[1])[:, 0]
    return np.asarray(where.numpy(), np.bool_)


def _with_resets(clamped: Mask | None, view: View, like: Floats) -> Mask | None:
    """Return where what came before a step has no part in the state, (T, H); None for nowhere."""
    if not view.resets:
        return clamped
    cut = np.zeros(like.shape, np.bool_) if clamped is None else clamped.copy()
    cut[list(view.resets)] = True
    return cut


def _scores(
    subject: Subject,
    view: View,
    by_unit: Floats,
    output: torch.Tensor | None,
    *,
    column: int,
    clamped: Mask | None,
) -> _Scores | None:
    """Return each source's contribution to the logits; None unless they are linear in this state."""
    module, is_read = view.module, view.module.path == subject.recurrents[0].path
    if not is_read or view.layer != module.num_layers - 1 or output is None:
        return None
    readout = subject.readout
    if "linear_scores" not in capabilities(subject) or not isinstance(readout, Readout):
        return None
    linear = readout.linear
    assert linear is not None
    weight, size = linear.weight.detach().numpy().astype(np.float64), module.hidden_size
    own = slice(view.direction * size, (view.direction + 1) * size)
    now = {name: array[column] for name, array in view.quantities.items()}
    factors, clamped_h = _readout(module.kind, now, clamped, column)
    sources = score_sources(by_unit.astype(np.float64), factors, weight[:, own])
    sources[column + 1] += weight[:, own] @ clamped_h
    bias = _bias(linear)
    other_direction = _other_direction(weight, own, output[column]) if module.num_directions == 2 else None
    with torch.no_grad():
        logits = linear(output[column]).numpy()
    parts, dtype = sources.astype(by_unit.dtype), by_unit.dtype
    rest = bias if other_direction is None else bias + other_direction
    error = _gap(parts.sum(axis=0, dtype=np.float64) + rest, logits)
    return _Scores(parts, bias, None if other_direction is None else other_direction.astype(dtype), error)


def _bias(linear: nn.Linear) -> Floats:
    """Return the bias (K,); zeros without one."""
    bias = linear.weight.new_zeros(linear.out_features) if linear.bias is None else linear.bias
    return bias.detach().numpy()


def _readout(
    kind: CellKind, now: Mapping[str, Floats], clamped: Mask | None, column: int
) -> tuple[Doubles, Doubles]:
    """Return the factor from the state to h, 0 where h is clamped, and the clamped values of h, each (H,)."""
    zero = np.zeros(len(now["h"]))
    if kind.gated_state is not None and kind.gated_state.state == "h":
        return np.ones_like(zero), zero
    ((gate, squashed),) = kind["h"].products
    readout = squash(now[gate], now[symbol_of(squashed)])
    if clamped is None:
        return readout, zero
    return np.where(clamped[column], 0.0, readout), np.where(clamped[column], now["h"], 0.0)


def _other_direction(weight: Doubles, own: slice, output: torch.Tensor) -> Doubles:
    """Return the contribution of the other direction to the logits, (K,)."""
    others = np.ones(weight.shape[1], np.bool_)
    others[own] = False
    return np.asarray(weight[:, others] @ output.detach().numpy()[others])


def _gap(ours: Floats, theirs: Floats) -> float:
    return float(np.abs(ours - theirs).max(initial=0.0))
