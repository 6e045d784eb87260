"""The shapes of every kind of recurrent module, against the module itself and a capture of its call."""

import io
import random
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstm_viz
from lstm_viz.app.panels.shapes import code
from lstm_viz.app.panels.shapes.configuration import Changes, Configuration
from lstm_viz.app.panels.shapes.parameters import parameters
from lstm_viz.app.panels.shapes.tensors import tensors

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections")
CALLS = (
    {"lengths": (4,), "has_batch": False},
    {"lengths": (1,)},
    {"lengths": (4, 4, 4)},
    {"lengths": (2, 4, 1)},
    {"lengths": (3, 1, 4, 3, 1), "packed": True},
    {"lengths": (3, 3), "packed": True},
)


def _configurations():
    """Yield every combination of options that torch has."""
    for mode, layers, directions, first in product(
        ("LSTM", "GRU", "RNN_TANH", "RNN_RELU"), (1, 2), (1, 2), (False, True)
    ):
        for place, call in enumerate(CALLS):
            proj = 2 if mode == "LSTM" and place % 2 else 0
            yield Configuration(mode, 3, 4, layers, directions, proj, place != 2, first, **call)


ALL = list(_configurations())


class Called:
    """A module of a configuration, a call of it, and the trace of the call."""

    def __init__(self, of):
        torch.manual_seed(3)
        self.of, names = of, code.module_name(of)
        self.scope = {
            "torch": torch,
            "nn": nn,
            "pack_padded_sequence": pack_padded_sequence,
            "pad_packed_sequence": pad_packed_sequence,
        }
        self.module = eval(code.constructor(of), self.scope)
        sizes = (of.batch, of.steps) if of.time_axis else (of.steps, of.batch)
        self.input = torch.randn(*(sizes if of.has_batch else sizes[:1]), of.input_size)
        self.scope |= {names: self.module, "model": self.module, "input": self.input}
        self.scope["lengths"] = torch.tensor(of.lengths)
        if of.packed:
            exec(code.the_packing(of), self.scope)
        with torch.no_grad(), lstm_viz.capture(self.module) as capture:
            exec(code.the_call(of), self.scope)
        self.trace = capture[""]
        self.scope["output"] = eval(code.the_output(of), self.scope)

    def prints(self, lines):
        with redirect_stdout(io.StringIO()) as printed, torch.no_grad():
            exec("\n".join(lines), dict(self.scope))
        return float(printed.getvalue().removeprefix("tensor(").split(",")[0].rstrip(")\n"))

    def number(self, entry):
        """Return a number by what it is of, from the capture alone."""
        of, place = self.of, entry.place
        if entry.is_padding and of.packed:
            return 0.0
        if place.direction is None:
            x = self.input if of.has_batch else self.input[:, None]
            x = x.transpose(0, 1) if of.time_axis else x
            return float(x[place.step, place.sequence, place.unit])
        at = of.final_step(place.direction, place.sequence) if place.step is None else place.step
        values = self.trace.c if entry.tensor == "c_n" else self.trace.h
        return float(values[place.layer, place.direction, at, place.sequence, place.unit])


def _entries(tensor, most=24):
    places = list(product(range(tensor.rows), range(tensor.columns), range(tensor.depth)))
    found = [tensor.entry(*place) for place in places]
    kept = [entry for entry in found if entry is not None]
    return random.Random(1).sample(kept, min(most, len(kept)))


@pytest.mark.parametrize("of", ALL, ids=str)
def test_sizes_numbers_and_code_are_torchs(of):
    called = Called(of)
    for tensor in tensors(of).values():
        value = eval(tensor.name, called.scope)
        assert tuple(value.shape) == tensor.sizes, tensor.name
        entries = _entries(tensor)
        assert len({entry.index for entry in entries}) == len(entries)
        for entry in entries:
            number = called.number(entry)
            is_padded_input = tensor.name == "input" and entry.is_padding
            if not is_padded_input:
                assert float(value[entry.index]) == pytest.approx(number, abs=2e-6), entry
            assert called.prints(code.entry_code(of, entry)) == pytest.approx(
                float(value[entry.index]), abs=6e-5
            )


@pytest.mark.parametrize("of", ALL, ids=str)
def test_the_final_states_are_where_they_are_said_to_be(of):
    called, shown = Called(of), tensors(of)
    output, h_n = called.scope["output"], called.scope["h_n"]
    states = _entries(shown["h_n"], most=1000)
    found = {entry.index: entry.output for entry in states}
    assert len(found) == h_n.numel()
    last = {i: o for i, o in found.items() if o is not None}
    assert len(last) == h_n.numel() // of.num_layers
    assert all(float(h_n[i]) == float(output[o]) for i, o in last.items())
    held = {entry.index: entry.state for entry in _entries(shown["output"], 10_000) if entry.state}
    assert held == {o: i for i, o in last.items()}
    for state, place in code.states_in_output(of):
        assert torch.equal(eval(state, called.scope), eval(place, called.scope))
    assert code.is_state(of) == torch.equal(output[-1], h_n[-1])
    if of.packed:
        data = called.scope["packed_output"].data
        marked = {e.index: e.state for e in _entries(shown["packed_output.data"], 10_000) if e.state}
        assert len(marked) == len(last) and all(float(data[i]) == float(h_n[s]) for i, s in marked.items())
        sizes = called.scope["packed"].batch_sizes.tolist()
        assert list(of.batch_sizes) == sizes
        assert [called.prints(code.batch_size_code(of, t)) for t in range(of.steps)] == sizes


@pytest.mark.parametrize("of", ALL, ids=str)
def test_the_parameters_are_those_of_the_module(of):
    called, found = Called(of), parameters(of)
    named = dict(called.module.named_parameters())
    assert {one.name: one.sizes for one in found} == {name: tuple(w.shape) for name, w in named.items()}
    assert sum(one.count for one in found) == sum(weight.numel() for weight in named.values())
    for one in found:
        index = tuple(size - 1 for size in one.sizes)
        printed = called.prints(code.parameter_code(of, one, index, ""))
        assert printed == pytest.approx(float(named[one.name].detach()[index]), abs=6e-5)


@pytest.mark.parametrize("mode", ["LSTM", "GRU", "RNN_TANH", "RNN_RELU"])
def test_the_rows_of_a_gate_are_its_own(mode):
    of = Configuration(mode, 3, 4, 2, 2, lengths=(3, 3))
    for one in parameters(of):
        for band in one.bands if one.kind == "bias_ih" else ():
            called = Called(of)
            with torch.no_grad():
                dict(called.module.named_parameters())[one.name][band.start : band.end] = 60.0
                with lstm_viz.capture(called.module) as capture:
                    called.module(called.input)
            saturated = {
                name
                for name in of.kind.activated
                if _is_large(getattr(capture[""], name)[one.layer, one.direction, -one.direction])
            }
            assert saturated == {band.symbol}


def _is_large(values):
    return bool((values > 0.9999).all())


def test_a_cell_has_its_names():
    for cell in (nn.LSTMCell(3, 4), nn.GRUCell(3, 4, bias=False), nn.RNNCell(3, 4)):
        mode = {"LSTMCell": "LSTM", "GRUCell": "GRU", "RNNCell": "RNN_TANH"}[type(cell).__name__]
        found = parameters(Configuration(mode, 3, 4, has_biases=cell.bias), is_cell=True)
        assert {one.name: one.sizes for one in found} == {
            n: tuple(w.shape) for n, w in cell.named_parameters()
        }


def test_a_lookup_finds_the_module():
    model = nn.Sequential(nn.GRU(2, 3))
    scope = {"model": model}
    exec(code.module_lookup(Configuration("GRU", 2, 3), "0"), scope)
    assert scope["gru"] is model[0]


def test_changes_are_those_of_the_controls():
    called = Configuration("LSTM", 3, 4, lengths=(5,), has_batch=False)
    assert Changes().applied_to(called) == called
    changed = Changes(packed=True, bidirectional=True, num_layers=3, proj_size=2, batch=4).applied_to(called)
    assert changed == replace(
        called, lengths=(5, 4, 3, 2), packed=True, has_batch=True, num_directions=2, num_layers=3, proj_size=2
    )
    assert Changes(batch=9).applied_to(called).lengths == (5, 4, 3, 2, 1, 1, 1, 1, 1)
    assert Changes(batch=1).applied_to(replace(called, lengths=(2, 3))).lengths == (2,)


def test_the_sentence_of_the_lens():
    """The last row of a padded output is not h_n: of a packed bidirectional batch at no sequence."""
    of = Configuration("LSTM", 3, 4, 1, 2, batch_first=False, lengths=(3, 2), packed=True)
    called = Called(of)
    assert not code.is_state(of)
    (forward, its), (backward, place) = code.states_in_output(of)
    assert (forward, backward, place) == ("h_n[-2]", "h_n[-1]", "output[0, :, 4:]")
    assert its == "output[lengths - 1, range(len(lengths)), :4]"
    output, h_n = called.scope["output"], called.scope["h_n"]
    assert not np.allclose(output[-1, :, :4], h_n[-2]) and not np.allclose(output[-1, :, 4:], h_n[-1])
