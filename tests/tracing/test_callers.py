"""A capture does not keep the local variables of its callers alive."""

import sys
import weakref

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

import lstm_viz

X = torch.randn(2, 5)


def run_kernel(cell):
    state = (torch.zeros(2, 6), torch.zeros(2, 6))
    return torch.lstm_cell(X, state, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)


class Calling(nn.Module):
    """Calls a kernel itself, and deletes a tensor afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(5, 6)

    def forward(self):
        large = torch.zeros(8)
        freed = weakref.ref(large)
        run_kernel(self.cell)
        del large
        return freed() is None


class Trainer:
    """Is no module; calls a kernel through a function."""

    def __init__(self, run) -> None:
        self.run = run

    def train(self):
        large = torch.zeros(8)
        freed = weakref.ref(large)
        self.run()
        del large
        return freed() is None


def test_a_tensor_that_the_caller_deletes_is_freed():
    model, lstm = Calling(), nn.LSTM(5, 6)
    packed = pack_sequence([torch.randn(2, 5), torch.randn(4, 5)], enforce_sorted=False)
    for run in (model, lambda: run_kernel(model.cell), lambda: lstm(X[:, None]), lambda: lstm(packed)):
        with lstm_viz.capture(nn.ModuleList([model, lstm])) as capture:
            assert Trainer(run).train()
        assert sum(len(traces) for traces in capture.calls.values()) == 1
    with lstm_viz.capture(model):
        assert model()


class Naming(nn.Module):
    """Has a dict of its local variables, and goes on with it after a call of a kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(5, 6)

    def forward(self, x):
        names = locals()
        run_kernel(self.cell)
        return names["x"]


def test_a_dict_of_its_locals_that_the_caller_has_is_left_alone():
    model = Naming()
    with lstm_viz.capture(model):
        assert model(X) is X


def test_the_caller_is_known_while_it_is_traced():
    model, seen = Calling(), []

    def trace(frame, event, argument):
        seen.append((event, frame.f_locals.get("self")))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with lstm_viz.capture(model) as capture:
            model()
    finally:
        sys.settrace(before)
    assert ("line", model) in seen
    assert [trace.steps for trace in capture.calls[""]] == [1]
