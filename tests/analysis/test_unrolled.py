import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lstm_viz.analysis.unrolled import Clamp, first_clamped, trace_of, unroll
from lstm_viz.tracing import capture
from tests.clamped_by_hand import read_by_hand, read_by_torchs_cells

CELLS = {
    "LSTM": (nn.LSTM, {}),
    "LSTM projecting": (nn.LSTM, {"proj_size": 2}),
    "GRU": (nn.GRU, {}),
    "RNN tanh": (nn.RNN, {"nonlinearity": "tanh"}),
    "RNN relu": (nn.RNN, {"nonlinearity": "relu"}),
}
QUANTITIES = {"LSTM": "ifgoch", "GRU": "rznh", "RNN_TANH": "h", "RNN_RELU": "h"}
BOUND = {torch.float32: 1e-5, torch.float64: 1e-12}

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")

nets = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(list(CELLS)),
        "layers": st.integers(1, 3),
        "both": st.booleans(),
        "bias": st.booleans(),
        "dtype": st.sampled_from(list(BOUND)),
        "inputs": st.integers(1, 6),
        "hidden": st.integers(3, 9),
        "seed": st.integers(0, 999),
    }
)


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make(cell="LSTM", layers=1, both=False, bias=True, dtype=torch.float32, inputs=3, hidden=4, seed=0):
    torch.manual_seed(seed)
    kind, extra = CELLS[cell]
    return kind(inputs, hidden, layers, bias=bias, bidirectional=both, dtype=dtype, **extra)


def start_of(net, batch):
    """Return a state to start from, as torch takes it."""
    count, dtype = net.num_layers * (1 + net.bidirectional), net.weight_ih_l0.dtype
    h = torch.rand(count, batch, net.proj_size or net.hidden_size, dtype=dtype) - 0.5
    return (h, torch.rand(count, batch, net.hidden_size, dtype=dtype) - 0.5) if net.mode == "LSTM" else h


def captured(net, x, state):
    with torch.no_grad(), capture(net) as capture_:
        output, _ = net(x, state)
    return capture_[""], output


def states_of(state):
    """Return h0 and c0 (L·D, H) of the first sequence for the loop by hand."""
    parts = state if isinstance(state, tuple) else (state, None)
    return [None if part is None else part[:, 0].double().numpy() for part in parts]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(options=nets, steps=st.integers(1, 9), batch=st.integers(1, 3), starts=st.booleans())
def test_with_nobodys_hands_it_is_the_capture(options, steps, batch, starts):
    net = make(**options)
    x = torch.randn(steps, batch, options["inputs"], dtype=options["dtype"])
    state = start_of(net, 1) if starts else None
    wide = (
        [part.expand(-1, batch, -1).contiguous() for part in (state if isinstance(state, tuple) else [state])]
        if starts
        else None
    )
    given_ = None if wide is None else tuple(wide) if net.mode == "LSTM" else wide[0]
    trace, output = captured(net, x, given_)
    with torch.no_grad():
        ours = unroll(net, x, state, copies=batch)
    bound = BOUND[options["dtype"]]
    for name, values in trace.quantities.items():
        np.testing.assert_allclose(ours.stacked(name).numpy(), values, rtol=0, atol=bound, err_msg=name)
    np.testing.assert_allclose(ours.output.numpy(), output.numpy(), rtol=0, atol=bound)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(options=nets, steps=st.integers(1, 6), data=st.data())
def test_clamped_values_are_as_in_a_loop(options, steps, data):
    """Any numbers of any quantities, each at one step and unit, or at all units of a step."""
    net = make(**options)
    x = torch.randn(steps, 1, options["inputs"], dtype=options["dtype"])
    state, interventions = start_of(net, 1), {}
    for _ in range(data.draw(st.integers(1, 5))):
        layer = data.draw(st.integers(0, options["layers"] - 1))
        direction = data.draw(st.integers(0, int(options["both"])))
        name = data.draw(st.sampled_from(QUANTITIES[net.mode]))
        step = data.draw(st.integers(0, steps - 1))
        size = net.proj_size or net.hidden_size if name == "h" else net.hidden_size
        unit = data.draw(st.one_of(st.none(), st.integers(0, size - 1)))
        value = data.draw(st.floats(0, 1, width=32))
        nothing = Clamp(torch.zeros(steps, 1, size, dtype=torch.bool), x.new_zeros(steps, 1, size))
        clamp = interventions.setdefault((layer, direction), {}).setdefault(name, nothing)
        units = slice(None) if unit is None else unit
        clamp.where[step, 0, units], clamp.value[step, 0, units] = True, value
    clamped = _as_clamped(interventions)
    expected = read_by_hand(net, x[:, 0].numpy(), clamped, *states_of(state))
    with torch.no_grad():
        ours = unroll(net, x, state, interventions=interventions, copies=2)
    for name, values in expected.items():
        for copy in range(2):
            got = ours.stacked(name)[:, :, :, copy].numpy()
            np.testing.assert_allclose(got, values, rtol=0, atol=BOUND[options["dtype"]], err_msg=name)
    first = min(step for _, _, _, step, _ in clamped)
    assert first_clamped(interventions) == first


def _as_clamped(interventions):
    """Return the grips as the loop by hand takes them, number by number."""
    return {
        (layer, direction, name, int(step), int(unit)): float(clamp.value[step, 0, unit])
        for (layer, direction), clamps in interventions.items()
        for name, clamp in clamps.items()
        for step, _, unit in clamp.where.nonzero()
    }


@pytest.mark.parametrize("cell", [cell for cell in CELLS if "projecting" not in cell])
def test_the_loop_by_hand_is_torchs(cell):
    """The oracle itself, against ``torch.lstm_cell`` and its like."""
    net, x = make(cell, dtype=torch.float64), torch.randn(7, 3, dtype=torch.float64)
    h0, c0 = torch.rand(2, 1, 4, dtype=torch.float64)
    expected = read_by_torchs_cells(net, x, h0, c0)
    ours = read_by_hand(net, x.numpy(), {}, h0.numpy(), c0.numpy())
    np.testing.assert_allclose(ours["h"][0, 0], expected, rtol=0, atol=1e-12)


def test_a_clamp_may_differ_between_copies():
    net, x = make(both=True, layers=2), torch.randn(5, 1, 3)
    where = torch.eye(4, dtype=torch.bool)[None]  # (1, B, H): unit k off in copy k, at every step
    with torch.no_grad():
        ours = unroll(net, x, interventions={(1, 1): {"h": Clamp(where, x.new_zeros(1, 1, 1))}}, copies=4)
    for copy in range(4):
        clamped = {(1, 1, "h", step, copy): 0.0 for step in range(5)}
        expected = read_by_hand(net, x[:, 0].numpy(), clamped)
        np.testing.assert_allclose(ours.stacked("c")[:, :, :, copy].numpy(), expected["c"], atol=1e-6)


def test_gradients_flow_past_clamped_values_but_not_into_them():
    net, x = make(hidden=3), torch.randn(4, 1, 3, requires_grad=True)
    where = torch.zeros(4, 1, 3, dtype=torch.bool)
    where[1] = True
    interventions = {(0, 0): {name: Clamp(where, torch.zeros(1, 1, 1)) for name in "ch"}}
    unroll(net, x, interventions=interventions).output[-1].sum().backward()
    reached = x.grad.abs().sum((1, 2)) > 0
    assert reached.tolist() == [False, False, True, True]
    assert all(weight.grad is None for weight in net.parameters())


def test_a_copy_as_a_trace():
    net, x = make("GRU", layers=2), torch.randn(6, 1, 3)
    state = start_of(net, 1)
    like, _ = captured(net, x, state)
    with torch.no_grad():
        rest = unroll(net, x[2:], like.state_after(2), copies=2)
    trace = trace_of(rest, like, copy=1, first=2, max_error=0.25)
    assert type(trace) is type(like) and trace.max_error == 0.25
    assert not trace.h.flags.writeable
    for name, values in like.quantities.items():
        np.testing.assert_allclose(trace.quantities[name], values, atol=1e-6)
        np.testing.assert_array_equal(trace.quantities[name][:, :, :2], values[:, :, :2])
    np.testing.assert_array_equal(trace.h0, like.h0)
    np.testing.assert_array_equal(trace.x, like.x)


def test_nobody_holds_anything():
    nothing = Clamp(torch.zeros(3, 1, 2, dtype=torch.bool), torch.zeros(3, 1, 2))
    assert first_clamped({}) == first_clamped({(0, 0): {"h": nothing}}) == 0
    assert nothing.clamped_steps() == [False, False, False]
