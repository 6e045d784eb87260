"""The whole product of options, 2,400 cases, each against a loop by hand and against torch itself.

5 cells (LSTM, LSTM with projection, GRU, RNN tanh, RNN relu) × 1, 2 and 3 layers × one direction and both
× with and without bias × 5 forms of input × initial state given or not × float32 and float64 × with and
without gradients: 5 · 3 · 2 · 2 · 5 · 2 · 2 · 2 = 2,400.
"""

from dataclasses import dataclass
from itertools import product
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstm_viz
from lstm_viz.tracing import reading

CELLS = {
    "LSTM": (nn.LSTM, {}),
    "LSTM projecting": (nn.LSTM, {"proj_size": 2}),
    "GRU": (nn.GRU, {}),
    "RNN tanh": (nn.RNN, {"nonlinearity": "tanh"}),
    "RNN relu": (nn.RNN, {"nonlinearity": "relu"}),
}
FORMS = ("time first", "batch first", "unbatched", "packed", "packed unsorted")
BOUND = {torch.float32: 1e-5, torch.float64: 1e-12}


@dataclass
class Case:
    """A module, what goes in, and the same in the plain form (T, B, I) that the loop by hand takes."""

    module: nn.RNNBase
    source: object
    hx: object
    x: np.ndarray
    lengths: list[int]
    h0: np.ndarray | None
    c0: np.ndarray | None


def make_case(cell, form, *, layers, both, bias, given_state, dtype, lengths, inputs=3, hidden=4):
    kind, extra = CELLS[cell]
    module = kind(
        inputs,
        hidden,
        layers,
        bias=bias,
        bidirectional=both,
        batch_first=form == "batch first",
        dtype=dtype,
        **extra,
    )
    lengths = {"unbatched": lengths[:1], "packed": sorted(lengths, reverse=True)}.get(form, lengths)
    if not form.startswith("packed"):
        lengths = [max(lengths)] * len(lengths)
    x = torch.randn(max(lengths), len(lengths), inputs, dtype=dtype)
    source = {"batch first": x.transpose(0, 1), "unbatched": x[:, 0]}.get(form, x)
    if form.startswith("packed"):
        source = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=form == "packed")
    h0 = c0 = hx = None
    if given_state:
        count = layers * (1 + both)
        h0 = torch.rand(count, len(lengths), module.proj_size or hidden, dtype=dtype) - 0.5
        c0 = torch.rand(count, len(lengths), hidden, dtype=dtype) - 0.5 if kind is nn.LSTM else None
        ours = [s[:, 0] if form == "unbatched" else s for s in (h0, c0) if s is not None]
        hx = tuple(ours) if kind is nn.LSTM else ours[0]
    plain = (None if s is None else s.double().numpy() for s in (h0, c0))
    return Case(module, source, hx, x.numpy(), lengths, *plain)


def torch_output(case, output):
    """Return torch's own output as (T, B, D·H), NaN past the end."""
    if isinstance(output, nn.utils.rnn.PackedSequence):
        return pad_packed_sequence(output, padding_value=float("nan"))[0].detach().numpy()
    output = output.detach()
    if output.dim() == 2:
        return output[:, None].numpy()
    return (output.transpose(0, 1) if case.module.batch_first else output).numpy()


def check(case, by_hand):
    plain, _ = case.module(case.source, case.hx)
    with lstm_viz.capture(case.module) as capture:
        output, _ = case.module(case.source, case.hx)
    trace = capture[""]
    dtype = case.module.weight_ih_l0.dtype
    expected = by_hand(case.module, case.x, case.lengths, case.h0, case.c0)
    assert set(trace.quantities) == set(expected)
    for name, value in expected.items():
        ours = trace.quantities[name]
        assert ours.dtype == {torch.float32: np.float32, torch.float64: np.float64}[dtype]
        np.testing.assert_allclose(ours, value, rtol=0, atol=BOUND[dtype], err_msg=name)
    last = np.concatenate(tuple(trace.h[-1]), axis=-1)
    np.testing.assert_allclose(last, torch_output(case, output), rtol=0, atol=BOUND[dtype])
    np.testing.assert_array_equal(torch_output(case, output), torch_output(case, plain))
    assert trace.max_error <= BOUND[dtype]
    assert trace.lengths.tolist() == case.lengths
    for b, length in enumerate(case.lengths):
        np.testing.assert_array_equal(trace.x[:length, b], case.x[:length, b])
        assert np.isnan(trace.x[length:, b]).all()


@pytest.mark.filterwarnings(
    "ignore:LSTM with projections is not supported with oneDNN"
)  # torch says so itself
@pytest.mark.parametrize("dtype", BOUND, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_the_whole_product_of_options(cell, dtype, by_hand, monkeypatch):
    torch.manual_seed(0)
    portably = Mock(wraps=reading.found_portably)
    monkeypatch.setattr(reading, "found_portably", portably)
    options = list(product(FORMS, (1, 2, 3), *[(False, True)] * 4))
    assert len(options) == 240
    for form, layers, both, bias, given_state, gradients in options:
        how = {"layers": layers, "both": both, "bias": bias, "given_state": given_state}
        case = make_case(cell, form, **how, dtype=dtype, lengths=[2, 4, 1])
        with torch.set_grad_enabled(gradients):
            check(case, by_hand)
    # oneDNN's workspace is read with and without gradients, but for the two packed forms of five
    reads = cell == "LSTM" and dtype == torch.float32 and torch.backends.mkldnn.is_available()
    assert portably.call_count == (240 * 2 // 5 if reads else 240)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    cell=st.sampled_from(list(CELLS)),
    form=st.sampled_from(FORMS),
    gradients=st.booleans(),
    shape=st.fixed_dictionaries(
        {
            "layers": st.integers(1, 3),
            "both": st.booleans(),
            "lengths": st.lists(st.integers(1, 24), min_size=1, max_size=4),
            "inputs": st.integers(1, 40),
            "hidden": st.integers(3, 70),
        }
    ),
)
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_random_shapes(by_hand, cell, form, gradients, shape):
    torch.manual_seed(0)
    case = make_case(cell, form, bias=True, given_state=True, dtype=torch.float32, **shape)
    with torch.set_grad_enabled(gradients):
        check(case, by_hand)
