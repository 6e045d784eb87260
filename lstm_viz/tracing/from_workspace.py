"""The quantities of a call from what oneDNN keeps: only c and h are computed, and they are the proof."""

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
import torch
from torch import Tensor

from lstm_viz.tracing.call import Call
from lstm_viz.tracing.found import Found
from lstm_viz.tracing.trace import Array
from lstm_viz.tracing.workspace import Kept, Workspace, kept_again, kept_in


def found_in_workspace(call: Call) -> Found | None:
    """Return the quantities of a call that ran on oneDNN, or None where its workspaces cannot be had."""
    if not call.received.on_onednn:
        return None
    kept = call.received.kept
    if kept is not None:
        return _read(call, (kept_in(k) if isinstance(k, Workspace) else k for k in kept))
    if call.received.random_state is not None:
        return None  # oneDNN would have to be run on what dropout left
    return _read(call, _run_again(call))


def _run_again(call: Call) -> Iterator[Kept]:
    """Run each layer and direction as torch ran it; h is torch's own wherever the caller was given it."""
    assert call.c0 is not None
    x, weights = call.x.contiguous(), call.known_weights()
    for layer, each in enumerate(weights):
        outputs = []
        for direction, w in enumerate(each):
            h0, c0 = call.h0[layer, direction], call.c0[layer, direction]
            kept, output = kept_again(x, w, h0, c0, reverse=direction == 1)
            outputs.append(output)
            yield kept
        x = torch.cat(outputs, dim=-1) if len(outputs) > 1 else outputs[0]


def _read(call: Call, kept: Iterable[Kept]) -> Found:
    """Return what the workspaces say if they lie as expected."""
    assert call.c0 is not None
    layers, directions, _, hidden = call.c0.shape
    quantities = np.empty((6, layers, directions, *call.x.shape[:2], hidden), np.float32)
    i, f, g, o, c, h = quantities
    theirs, c0 = np.empty_like(h), call.c0.numpy()
    for (layer, direction), one in zip(product(range(layers), range(directions)), kept, strict=True):
        way = slice(None, None, -1 if direction else 1)
        quantities[:4, layer, direction, way] = one.gates
        c[layer, direction, way][0] = c0[layer, direction]
        c[layer, direction, way][1:] = one.cells
        theirs[layer, direction] = one.output
    given = call.output.numpy().reshape(*call.x.shape[:2], directions, hidden)
    theirs[-1] = np.moveaxis(given, 2, 0)
    # in place, for large nets: c = f ⊙ c + i ⊙ g, h = o ⊙ tanh(c)
    with np.errstate(all="ignore"):  # with another layout these are any numbers
        c *= f
        c += np.multiply(i, g, out=h)
        np.tanh(c, out=h)
        h *= o
    return Found(
        dict(zip("ifgoch", quantities, strict=True)),
        theirs,
        _inputs(call, theirs),
        reads_gates=call.received.kept is not None,
    )


def _inputs(call: Call, theirs: Array) -> list[Tensor]:
    """Return what each layer read."""
    if call.received.random_state is not None:
        return [call.x]
    return [call.x, *(torch.from_numpy(np.concatenate(tuple(h), axis=-1)) for h in theirs[:-1])]
