"""Where the state at one column comes from, of the reading in front."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch

from lstm_viz.analysis.memory import (
    Doubles,
    Mask,
    carried_by,
    half_lives,
    score_sources,
    sources_at,
    squash,
    triangle,
)
from lstm_viz.analysis.unrolled import Grips
from lstm_viz.messages import Floats, Memory, Remember, View
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.presets import Preset

_NOBODY: Grips = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class _Scores:
    """What the logits at a column are made of: sources (N + 1, K), and each (K,)."""

    sources: Floats
    bias: Floats
    beside: Floats | None
    error: float


def remember(
    question: Remember, preset: Preset, view: View, output: torch.Tensor, grips: Grips = _NOBODY
) -> Memory | None:
    """Return the memory at the column that is asked about; None of an RNN, which has none.

    Parameters
    ----------
    question : Remember
        Its column is one of the view's.
    view : View
        The layer and direction that is looked into.
    output : Tensor (T, D · H)
        h of the top layer over the words, as the tagger read it.
    grips : mapping of str to Grip
        What is held by hand in this layer and direction. Where the state is, the past is cut off.
    """
    cell, column = view.module.cell, question.column
    if cell == "RNN":
        return None
    state, start = ("c", view.c0) if cell == "LSTM" else ("h", view.h0)
    assert start is not None
    values = view.quantities[state]
    held = _held(grips, state, values)
    with np.errstate(all="ignore"):  # broken weights give NaN, and NaN is what is said
        carried = carried_by(view.quantities, start, backward=view.direction == 1, held=held)
        by_unit = sources_at(carried, column).astype(values.dtype)
        scores = _scores(
            preset.tagger, view, by_unit, output, column=column, held=_held(grips, "h", view.quantities["h"])
        )
        return Memory(
            number=question.number,
            column=column,
            unit=question.unit,
            by_unit=by_unit,
            triangle=triangle(carried, question.unit).astype(values.dtype),
            half_lives=half_lives(carried).astype(values.dtype),
            scores=scores.sources if scores else None,
            bias=scores.bias if scores else None,
            beside=scores.beside if scores else None,
            error=_gap(by_unit.sum(axis=0, dtype=np.float64), values[column]),
            score_error=scores.error if scores else 0.0,
        )


def _held(grips: Grips, name: str, like: Floats) -> Mask | None:
    """Return where a quantity is held by hand, (T, H); None where it is nowhere."""
    if name not in grips:
        return None
    where = grips[name].where.expand(len(like), 1, like.shape[1])[:, 0]
    return np.asarray(where.numpy(), np.bool_)


def _scores(
    tagger: WordTagger, view: View, by_unit: Floats, output: torch.Tensor, *, column: int, held: Mask | None
) -> _Scores | None:
    """Return what each source gives to the logits; None where no tag is read off this state directly."""
    module = view.module
    if module.path != "recurrent" or view.layer != module.num_layers - 1:
        return None
    weight, size = tagger.hidden_to_tag.weight.detach().numpy().astype(np.float64), module.hidden_size
    own = slice(view.direction * size, (view.direction + 1) * size)
    now = {name: array[column] for name, array in view.quantities.items()}
    readout, by_hand = _readout(now, held, column)
    sources = score_sources(by_unit.astype(np.float64), readout, weight[:, own])
    sources[column + 1] += weight[:, own] @ by_hand
    bias = tagger.hidden_to_tag.bias.detach().numpy()
    beside = _beside(weight, own, output[column]) if module.num_directions == 2 else None
    with torch.no_grad():
        logits = tagger.hidden_to_tag(output[column]).numpy()
    parts, dtype = sources.astype(by_unit.dtype), by_unit.dtype
    besides = bias if beside is None else bias + beside
    error = _gap(parts.sum(axis=0, dtype=np.float64) + besides, logits)
    return _Scores(parts, bias, None if beside is None else beside.astype(dtype), error)


def _readout(now: Mapping[str, Floats], held: Mask | None, column: int) -> tuple[Doubles, Doubles]:
    """Return what makes h of the state, and what of h is set by hand and comes from no state, each (H,)."""
    nothing = np.zeros(len(now["h"]))
    if "c" not in now:  # of a GRU, h is the state
        return np.ones_like(nothing), nothing
    readout = squash(now["o"], now["c"])
    if held is None:
        return readout, nothing
    return np.where(held[column], 0.0, readout), np.where(held[column], now["h"], 0.0)


def _beside(weight: Doubles, own: slice, output: torch.Tensor) -> Doubles:
    """Return what the other direction gives to the logits, (K,)."""
    others = np.ones(weight.shape[1], np.bool_)
    others[own] = False
    return np.asarray(weight[:, others] @ output.detach().numpy()[others])


def _gap(ours: Floats, theirs: Floats) -> float:
    return float(np.abs(ours - theirs).max(initial=0.0))
