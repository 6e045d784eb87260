"""What a trace holds is no more than what was asked for, before it is read and afterwards."""

from types import CellType, FunctionType

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing.trace import Trace

_INPUTS, _HIDDEN, _STEPS, _BATCH = 32, 64, 20, 8
_UNIT = 4 * _HIDDEN * _STEPS * _BATCH  # bytes of a quantity of one layer
_X = 4 * _INPUTS * _STEPS * _BATCH
_STATES = 2 * 2 * 4 * _HIDDEN * _BATCH  # h and c of two layers


def held_by(root: object) -> int:
    """Return the bytes of all arrays and tensors that can be reached from ``root``, each once."""
    seen, found, queue = set[int](), dict[int, int](), [root]
    while queue:
        thing = queue.pop()
        if id(thing) in seen or isinstance(thing, type | nn.Module | str | bytes):
            continue
        seen.add(id(thing))
        if isinstance(thing, nn.Parameter):
            continue  # it is the model's
        if isinstance(thing, torch.Tensor):
            storage = thing.untyped_storage()
            found[storage.data_ptr()] = storage.nbytes()
        elif isinstance(thing, np.ndarray):
            if thing.base is None:
                found[id(thing)] = thing.nbytes
            queue.append(thing.base)
        else:
            queue += _inside(thing)
    return sum(found.values())


def _inside(thing: object) -> list[object]:
    if isinstance(thing, dict):
        return [*thing.values()]
    if isinstance(thing, list | tuple | set):
        return [*thing]
    if isinstance(thing, FunctionType):
        return [*(thing.__closure__ or ())]
    if isinstance(thing, CellType):
        return [thing.cell_contents]
    named = [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ())]
    return [*named, *vars(thing).values()] if hasattr(thing, "__dict__") else named


def captured(kind, calls, **how):
    module, x = kind(_INPUTS, _HIDDEN, 2), torch.randn(_STEPS, _BATCH, _INPUTS)
    with lstm_viz.capture(module, **how) as capture:
        for _ in range(calls):
            module(x)[0].sum().backward()
    return capture.calls[""]


@pytest.mark.parametrize("read", [False, True])
def test_an_lstm_holds_twelve_quantities_and_the_output_but_no_workspace(read):
    *earlier, latest = captured(nn.LSTM, 3)
    for trace in earlier if not read else (*earlier, latest):
        if read:
            assert trace.f.shape == (2, 1, _STEPS, _BATCH, _HIDDEN)
        assert 0 < held_by(trace) <= 1.01 * (13 * _UNIT + _X + 3 * _STATES)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_only_the_quantities_that_were_asked_for_are_held(kind):
    for trace in captured(kind, 2, quantities="h"):
        assert held_by(trace) <= 1.01 * (2 * _UNIT + _STATES)
        with pytest.raises(lstm_viz.tracing.NotKeptError, match="'x' was not kept"):
            _ = trace.x


def test_only_the_latest_traces_are_held():
    assert len(captured(nn.GRU, 5, keep=2)) == 2
    assert len(captured(nn.GRU, 5, keep="last")) == 1


def test_steps_share_a_copy_of_the_weights():
    cell, state = nn.LSTMCell(_INPUTS, _HIDDEN), None
    with torch.no_grad(), lstm_viz.capture(cell) as capture:
        for _ in range(10):
            state = cell(torch.randn(1, _INPUTS), state)
        state = None
        for _ in range(10):
            state = cell(torch.randn(1, _INPUTS), state)
    first, second = capture.calls[""]
    weights = 4 * 4 * _HIDDEN * (_INPUTS + _HIDDEN + 2)
    assert isinstance(first, Trace)
    assert held_by([first, second]) < 1.5 * weights
