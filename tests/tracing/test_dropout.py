import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

import lstm_viz
from lstm_viz.tracing import ProofError, portable


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("form", ["time first", "batch first", "packed"])
@pytest.mark.parametrize("gradients", [False, True])
def test_dropped_units_are_the_calls_own(kind, both, form, gradients):
    torch.manual_seed(0)
    module = kind(3, 8, 3, bidirectional=both, dropout=0.5, batch_first=form == "batch first")
    x = torch.randn(5, 2, 3)
    if form == "packed":
        x = pack_sequence([torch.randn(2, 3), torch.randn(4, 3)], enforce_sorted=False)
    with torch.set_grad_enabled(gradients), lstm_viz.capture(module) as capture:
        for _ in range(3):
            module(x)
    errors = [trace.max_error for trace in capture.calls[""]]
    assert len(errors) == 3
    assert max(errors) <= 1e-6
    assert (capture.calls[""][0].h[-1] != capture.calls[""][1].h[-1]).any()


def test_a_mask_that_is_not_the_calls_is_refused(monkeypatch):
    module = nn.GRU(3, 8, 2, dropout=0.5)
    monkeypatch.setattr(portable, "Redraw", lambda probability, state: lambda output: output)
    with lstm_viz.capture(module) as capture:
        module(torch.randn(5, 2, 3))
    for _ in range(2):
        with pytest.raises(ProofError, match="could not be drawn again"):
            _ = capture[""].r


def test_nothing_is_dropped_in_eval_mode():
    module = nn.GRU(3, 8, 2, dropout=0.5).eval()
    with lstm_viz.capture(module) as capture:
        module(torch.randn(5, 2, 3))
    assert capture[""].max_error <= 1e-6
