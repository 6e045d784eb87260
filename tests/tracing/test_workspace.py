from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

import lstm_viz
from lstm_viz.tracing import from_workspace, kernel_call, reading, workspace

pytestmark = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="torch has no oneDNN here")


@pytest.fixture(autouse=True)
def _unknown_sizes(monkeypatch):
    monkeypatch.setattr(workspace, "_known_sizes", set())


def forbid(*args, **kwargs):
    raise AssertionError("computed, not read")


def state_for(form, module, batch=3):
    count = module.num_layers * (1 + module.bidirectional)
    shape = (count, module.hidden_size) if form == "unbatched" else (count, batch, module.hidden_size)
    return torch.rand(shape) - 0.5, torch.rand(shape) - 0.5


@pytest.mark.parametrize("context", [torch.enable_grad, torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("form", ["time first", "batch first", "unbatched"])
@pytest.mark.parametrize("hidden", [5, 16, 64, 100, 256])
def test_gates_are_read_where_torch_keeps_them(monkeypatch, context, both, form, hidden):
    monkeypatch.setattr(reading, "recover_portably", forbid)
    module = nn.LSTM(7, hidden, 2, bidirectional=both, batch_first=form == "batch first")
    x = torch.randn(9, 7) if form == "unbatched" else torch.randn(9, 3, 7)
    for state in (None, state_for(form, module, 9 if form == "batch first" else 3)):
        with context(), lstm_viz.capture(module) as capture:
            module(x, state)
        assert capture[""].max_error <= 1e-6


def test_with_gradients_nothing_is_run_again(monkeypatch):
    monkeypatch.setattr(from_workspace, "rerun", forbid)
    module = nn.LSTM(7, 5, 2)
    for gradients in (True, False):
        with torch.set_grad_enabled(gradients), lstm_viz.capture(module) as capture:
            module(torch.randn(9, 3, 7))
        if gradients:
            assert capture[""].max_error <= 1e-6
        else:
            with pytest.raises(AssertionError, match="computed"):
                _ = capture[""].max_error


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_running_again_leaves_no_graph_and_gradients_off(context):
    module, x = nn.LSTM(7, 5, 2), torch.randn(9, 3, 7, requires_grad=True)
    with context():
        with lstm_viz.capture(module) as capture:
            output, (h, c) = module(x)
        assert not torch.is_grad_enabled()
    assert capture[""].max_error <= 1e-6
    assert not any(tensor.requires_grad for tensor in (output, h, c))


def test_the_portable_way_where_onednn_was_not_used(monkeypatch):
    monkeypatch.setattr(from_workspace, "rerun", forbid)
    packed = pack_sequence([torch.randn(3, 7), torch.randn(2, 7)])
    dropping = nn.LSTM(7, 5, 2, dropout=0.5)
    cases = ((nn.LSTM(7, 5), packed), (nn.LSTM(7, 5).double(), torch.randn(3, 2, 7).double()))
    for module, source in (*cases, (nn.GRU(7, 5), torch.randn(3, 2, 7)), (dropping, torch.randn(3, 2, 7))):
        with torch.no_grad(), lstm_viz.capture(module) as capture:
            module(source)
        assert capture[""].max_error <= 1e-6


@pytest.mark.parametrize("gradients", [True, False])
def test_it_is_what_the_portable_way_says(monkeypatch, gradients):
    torch.manual_seed(0)
    module, x = nn.LSTM(7, 33, 2, bidirectional=True), torch.randn(9, 3, 7)
    with torch.set_grad_enabled(gradients), lstm_viz.capture(module) as capture:
        module(x)
        monkeypatch.setattr(kernel_call, "runs_on_onednn", lambda kernel, arguments: False)
        module(x)
    read, computed = capture.calls[""]
    for name, value in computed.quantities.items():
        np.testing.assert_allclose(read.quantities[name], value, rtol=0, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("wrong", ["_padded_row", "_whole_pages"])
@pytest.mark.parametrize("larger", [0, 1 << 20], ids=["smaller", "larger"])
def test_another_layout_is_noticed_and_gates_are_computed_instead(monkeypatch, wrong, larger):
    torch.manual_seed(0)
    monkeypatch.setattr(workspace, wrong, lambda size: size + larger)
    monkeypatch.setattr(reading, "recover_portably", Mock(wraps=reading.recover_portably))
    module = nn.LSTM(7, 30, 2)
    with lstm_viz.capture(module) as capture:
        for _ in range(3):
            module(
                torch.randn(9, 3, 7)
            )  # another each time: freed memory may still hold the states of the last
            assert capture[""].max_error <= 1e-6
    assert reading.recover_portably.call_count == 3


@pytest.mark.parametrize("wrong", ["_padded_row", "_whole_pages"])
@pytest.mark.parametrize("larger", [0, 1 << 20], ids=["smaller", "larger"])
def test_another_layout_is_noticed_without_gradients_too(monkeypatch, by_hand, wrong, larger):
    torch.manual_seed(0)
    module, x = nn.LSTM(7, 30, 2, bidirectional=True), torch.randn(9, 3, 7)
    expected = by_hand(module, x.numpy(), [9] * 3)
    monkeypatch.setattr(workspace, wrong, lambda size: size + larger)
    monkeypatch.setattr(reading, "recover_portably", Mock(wraps=reading.recover_portably))
    with torch.no_grad(), lstm_viz.capture(module) as capture:
        module(x)
    assert capture[""].max_error <= 1e-6
    reading.recover_portably.assert_called_once()
    for name, value in expected.items():
        np.testing.assert_allclose(capture[""].quantities[name], value, rtol=0, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("both", [False, True])
def test_a_layer_that_was_not_run_as_torch_ran_it_is_noticed(monkeypatch, by_hand, layer, both):
    torch.manual_seed(0)
    module, x = nn.LSTM(7, 30, 2, bidirectional=both), torch.randn(9, 3, 7)
    plain, runs = from_workspace.rerun, []

    def spoiled(x, w, h0, c0, *, reverse):
        runs.append(reverse)
        is_it = (len(runs) - 1) // (1 + both) == layer
        return plain(x, replace(w, weight_ih=w.weight_ih + 0.01 * is_it), h0, c0, reverse=reverse)

    monkeypatch.setattr(from_workspace, "rerun", spoiled)
    with torch.no_grad(), lstm_viz.capture(module) as capture:
        module(x)
    assert capture[""].max_error <= 1e-6
    for name, value in by_hand(module, x.numpy(), [9] * 3).items():
        np.testing.assert_allclose(capture[""].quantities[name], value, rtol=0, atol=1e-5, err_msg=name)


def test_each_gate_out_of_place_is_noticed(monkeypatch):
    """Whichever two of i, f, o and c changed places, h would not be torch's."""
    torch.manual_seed(0)
    module, x = nn.LSTM(7, 30), torch.randn(9, 3, 7)
    plain = workspace.contents_of
    for order in ([1, 0, 2, 3], [2, 1, 0, 3], [3, 1, 2, 0], [0, 2, 1, 3], [0, 3, 2, 1], [0, 1, 3, 2]):

        def swapped(*args, order=order):
            kept = plain(*args)
            return kept._replace(gates=kept.gates[order])

        for room in (workspace, from_workspace):
            monkeypatch.setattr(room, "contents_of", swapped)
        for gradients in (True, False):
            with torch.set_grad_enabled(gradients), lstm_viz.capture(module) as capture:
                module(x)
            assert capture[""].max_error <= 1e-6
        monkeypatch.undo()
        with torch.no_grad(), lstm_viz.capture(module) as without:
            module(x)
        for name, value in capture[""].quantities.items():
            np.testing.assert_allclose(without[""].quantities[name], value, rtol=0, atol=1e-6)


def test_half_frozen_modules_are_computed_not_misread():
    torch.manual_seed(0)
    below, above = nn.LSTM(4, 4), nn.LSTM(4, 4, 2)
    for name, parameter in above.named_parameters():
        parameter.requires_grad_(name.endswith("l1"))
    for first in (below, lambda x: (below(x)[0].detach(), None)):
        with lstm_viz.capture(above) as capture:
            above(first(torch.randn(5, 2, 4))[0])
        assert capture[""].max_error <= 1e-6
        assert (capture[""].i >= 0).all()
