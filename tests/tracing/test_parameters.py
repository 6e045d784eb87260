import pickle

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing import CaptureWarning, NotCapturedError, NotKeptError

X = torch.randn(7, 3, 5)


def model():
    return nn.ModuleDict({"a": nn.LSTM(5, 6), "b": nn.GRU(5, 6), "c": nn.RNN(5, 6)})


def run(net):
    for module in net.values():
        module(X)


def test_modules_by_name_as_they_are_and_by_a_predicate():
    net = model()
    for chosen in (
        ["a", "c"],
        [net["a"], net["c"]],
        ["a", net["c"]],
        lambda path, m: not isinstance(m, nn.GRU),
    ):
        with lstm_viz.capture(net, modules=chosen) as capture:
            run(net)
        assert list(capture.calls) == ["a", "c"]
        with pytest.raises(NotCapturedError, match="there is 'a', 'c'"):
            capture["b"]
    with (
        pytest.raises(NotCapturedError, match="'d'; there is 'a', 'b', 'c'"),
        lstm_viz.capture(net, modules=["d"]),
    ):
        pass


def test_a_predicate_that_chooses_nothing_is_said():
    net = model()
    with (
        pytest.warns(CaptureWarning, match="no chosen module called"),
        lstm_viz.capture(net, modules=lambda path, module: path == "d") as capture,
    ):
        run(net)
    with pytest.raises(NotCapturedError, match="no captured module at 'a'; there is none"):
        capture["a"]


def test_modules_that_are_not_in_the_model_and_what_names_no_module():
    net = model()
    with (
        pytest.raises(NotCapturedError, match="this GRU of modules= is not in the model"),
        lstm_viz.capture(net, modules=nn.GRU(5, 6)),
    ):
        pass
    for wrong in (nn.GRU, [nn.LSTM, nn.GRU], 3):
        with (
            pytest.raises(TypeError, match="modules= is paths, modules or a function"),
            lstm_viz.capture(net, modules=wrong),
        ):
            pass
    for wrong in (run, [net], None):
        with (
            pytest.raises(TypeError, match=f"of an nn.Module, not of {type(wrong).__name__}"),
            lstm_viz.capture(wrong),
        ):
            pass
    with lstm_viz.capture(net) as capture:
        run(net)
    for wrong in (None, 0):
        with pytest.raises(NotCapturedError, match=f"no captured module at {wrong}; there is 'a'"):
            capture[wrong]


def test_quantities_that_are_kept_and_those_that_are_not():
    net = model()
    with lstm_viz.capture(net, quantities=["f", "x", "h"]) as capture:
        run(net)
    assert capture["a"].kept == ("f", "h")
    assert capture["b"].kept == ("h",)
    assert capture["a"].x.shape == X.shape
    with pytest.raises(NotKeptError, match="'i' was not kept; kept: f, h"):
        _ = capture["a"].i
    with lstm_viz.capture(net, quantities="f") as only:
        run(net)
    with pytest.raises(NotKeptError, match="'h' was not kept; kept: none"):
        _ = only["b"].h
    assert not hasattr(capture["a"], "i")
    with (
        pytest.raises(ValueError, match="no quantities are called q"),
        lstm_viz.capture(net, quantities=["q"]),
    ):
        pass


@pytest.mark.parametrize(("keep", "steps"), [("all", [1, 2, 3]), ("last", [3]), (2, [2, 3])])
def test_how_many_traces_are_kept(keep, steps):
    for module in (nn.GRU(5, 6), nn.GRUCell(5, 6)):
        with lstm_viz.capture(module, keep=keep) as capture:
            for count in (1, 2, 3):
                state = None
                for step in X[:count] if isinstance(module, nn.GRUCell) else [X[:count]]:
                    state = module(step, state)
        assert [trace.steps for trace in capture.calls[""]] == steps
    for wrong in (0, "some", -1):
        with pytest.raises(ValueError, match="keep is"), lstm_viz.capture(module, keep=wrong):
            pass


def test_a_callback_is_given_every_trace_when_it_is_complete():
    net = nn.ModuleDict({"a": nn.LSTM(5, 6), "cell": nn.GRUCell(5, 6)})
    given = []
    with lstm_viz.capture(net, callback=lambda path, trace: given.append((path, trace.steps))) as capture:
        state = None
        for step in X:
            state = net["cell"](step, state)
        net["a"](X)
        assert given == [("a", 7)]
    assert given == [("a", 7), ("cell", 7)]
    with pytest.raises(NotCapturedError, match="given to the callback"):
        capture["a"]


def test_clear_forgets():
    net = model()
    with lstm_viz.capture(net) as capture:
        run(net)
        capture.clear()
        assert capture.calls == {"a": [], "b": [], "c": []}
        with pytest.raises(NotCapturedError, match="'b' were removed by clear"):
            capture["b"]
        net["b"](X)
    assert len(capture.calls["b"]) == 1


def test_by_module_and_without_the_prefixes_of_wrappers():
    net = model()
    parallel = nn.ModuleDict({"module": nn.Module()})
    parallel["module"]._orig_mod = net
    with lstm_viz.capture(parallel, modules=["a"]) as capture:
        run(net)
    assert list(capture.calls) == ["module._orig_mod.a"]
    assert capture["a"] is capture["module.a"] is capture[net["a"]] is capture["module._orig_mod.a"]
    assert capture.sequences("a") == capture.calls["module._orig_mod.a"] == capture.calls["a"]
    assert capture.calls[net["a"]] == capture.calls["a"]
    assert capture.calls.get("b") is None
    assert repr(capture.calls) == f"{{'module._orig_mod.a': [{capture['a']!r}]}}"


def test_one_line_says_what_there_is():
    net = model()
    with lstm_viz.capture(net) as capture:
        run(net)
    assert repr(capture) == "Capture(modules=3, traces=3, skipped=0)"
    assert repr(capture["a"]) == "LSTMTrace(steps=7, batch=3, layers=1, directions=1, units=6)"


def test_not_exact_is_as_near_as_torch_itself():
    net = nn.LSTM(5, 6, 2)
    with torch.no_grad():
        expected, _ = net(X)
        with lstm_viz.capture(net, exact=False) as capture:
            output, _ = net(X)
    assert not output.requires_grad
    torch.testing.assert_close(output, expected, rtol=0, atol=1e-6)
    assert capture[""].max_error < 1e-6


def test_a_trace_is_pickled_whether_it_was_read_or_not():
    net = nn.LSTM(5, 6)
    with lstm_viz.capture(net) as capture:
        net(X)
    copy = pickle.loads(pickle.dumps(capture[""]))
    np.testing.assert_array_equal(copy.f, capture[""].f)
    with pytest.raises(ValueError, match="read-only"):
        copy.f[:] = 0
