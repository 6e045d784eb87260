"""Recovery of the quantities of a call from oneDNN's workspaces; only c and h are computed, as the proof."""

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
import torch
from torch import Tensor

from lstm_viz.cells import LSTM
from lstm_viz.tracing.call import Call
from lstm_viz.tracing.recovered import Recovered
from lstm_viz.tracing.trace import Array
from lstm_viz.tracing.workspace import Contents, Workspace, contents_of, rerun


def recover_from_workspace(call: Call) -> Recovered | None:
    """Return the quantities of a call that ran on oneDNN, or None where it has no workspaces."""
    if not call.recorded.on_onednn:
        return None
    kept = call.recorded.kept
    if kept is not None:
        return _read(call, (contents_of(k) if isinstance(k, Workspace) else k for k in kept))
    if call.recorded.random_state is not None:
        return None  # a second run of oneDNN would need the input after dropout
    return _read(call, _run_again(call))


def _run_again(call: Call) -> Iterator[Contents]:
    """Run each layer and direction again; torch's own h is used for the layer that was returned."""
    assert call.c0 is not None
    x, weights = call.x.contiguous(), call.known_weights()
    for layer, each in enumerate(weights):
        outputs = []
        for direction, w in enumerate(each):
            h0, c0 = call.h0[layer, direction], call.c0[layer, direction]
            kept, output = rerun(x, w, h0, c0, reverse=direction == 1)
            outputs.append(output)
            yield kept
        x = torch.cat(outputs, dim=-1) if len(outputs) > 1 else outputs[0]


def _read(call: Call, kept: Iterable[Contents]) -> Recovered:
    """Return the quantities in the workspaces, assuming the expected layout."""
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
    # in place, for large modules: c = f ⊙ c + i ⊙ g, h = o ⊙ tanh(c)
    with np.errstate(all="ignore"):  # with another layout these are arbitrary numbers
        c *= f
        c += np.multiply(i, g, out=h)
        np.tanh(c, out=h)
        h *= o
    return Recovered(
        dict(zip((*LSTM.gates, "c", "h"), quantities, strict=True)),
        theirs,
        _inputs(call, theirs),
        reads_gates=call.recorded.kept is not None,
    )


def _inputs(call: Call, theirs: Array) -> list[Tensor]:
    """Return the input of each layer."""
    if call.recorded.random_state is not None:
        return [call.x]
    return [call.x, *(torch.from_numpy(np.concatenate(tuple(h), axis=-1)) for h in theirs[:-1])]
