import warnings

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing import hooks, workspace

pytestmark = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="torch has no oneDNN here")


def forbid(*args, **kwargs):
    raise AssertionError("computed, not read")


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("form", ["time first", "batch first", "unbatched"])
@pytest.mark.parametrize("hidden", [5, 16, 64, 100, 256])
def test_gates_are_read_where_torch_keeps_them(monkeypatch, both, form, hidden):
    monkeypatch.setattr(hooks, "trace_portably", forbid)
    module = nn.LSTM(7, hidden, 2, bidirectional=both, batch_first=form == "batch first")
    with lstm_viz.capture(module) as capture:
        module(torch.randn(9, 7) if form == "unbatched" else torch.randn(9, 3, 7))
    assert capture[""].max_error <= 1e-6


def test_it_is_what_the_portable_way_says(monkeypatch):
    torch.manual_seed(0)
    module, x = nn.LSTM(7, 33, 2, bidirectional=True), torch.randn(9, 3, 7)
    with lstm_viz.capture(module) as capture:
        module(x)
        monkeypatch.setattr(hooks, "trace_from_workspace", lambda call: None)
        module(x)
    read, computed = capture.calls[""]
    for name, value in computed.quantities.items():
        np.testing.assert_allclose(read.quantities[name], value, rtol=0, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("wrong", ["_padded_row", "_whole_pages"])
@pytest.mark.parametrize("larger", [0, 1 << 20], ids=["smaller", "larger"])
def test_another_layout_is_noticed_said_once_and_computed_instead(monkeypatch, wrong, larger):
    torch.manual_seed(0)
    monkeypatch.setattr(workspace, wrong, lambda size: size + larger)
    module, x = nn.LSTM(7, 30, 2), torch.randn(9, 3, 7)
    with warnings.catch_warnings(record=True) as caught, lstm_viz.capture(module) as capture:
        warnings.simplefilter("default")
        for _ in range(3):
            module(x)
    assert [str(w.message)[:7] for w in caught] == ["oneDNN'"]
    assert len(capture.calls[""]) == 3
    assert all(trace.max_error <= 1e-6 for trace in capture.calls[""])


def test_each_gate_out_of_place_is_noticed(monkeypatch):
    """Whichever two of i, f, o and c changed places, h would not be torch's."""
    torch.manual_seed(0)
    module, x = nn.LSTM(7, 30), torch.randn(9, 3, 7)
    plain = workspace._views
    for order in ([1, 0, 2, 3], [2, 1, 0, 3], [3, 1, 2, 0], [0, 2, 1, 3], [0, 3, 2, 1], [0, 1, 3, 2]):

        def swapped(*args, order=order):
            gates, c = plain(*args)
            return gates[..., order, :], c

        monkeypatch.setattr(workspace, "_views", swapped)
        with pytest.warns(UserWarning, match="workspace"), lstm_viz.capture(module) as capture:
            module(x)
        assert capture[""].max_error <= 1e-6


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
