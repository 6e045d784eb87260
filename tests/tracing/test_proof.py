"""The proof is worth something: where gates are not those of the call, ``max_error`` says so."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing import CaptureWarning, ProofError, reading
from lstm_viz.tracing.proof import largest_difference


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("part", range(4))
def test_another_weight_than_the_calls_shows(monkeypatch, kind, layer, part):
    torch.manual_seed(0)
    module = kind(3, 4, 2, bidirectional=True)
    gates = {nn.LSTM: 4, nn.GRU: 3, nn.RNN: 1}[kind]
    rows = slice(4 * (part % gates), 4 * (part % gates) + 4)
    x = torch.randn(5, 2, 3)
    plain = reading.call_of

    def spoiled(recorded):
        flat = [w.clone() for w in recorded.weights]
        flat[layer * len(flat) // 2][rows] += 0.3
        return plain(replace(recorded, weights=tuple(flat)))

    with torch.no_grad(), lstm_viz.capture(module) as capture:
        module(x)
        module(x)
    right, wrong = capture.calls[""]
    assert right.max_error < 1e-6
    monkeypatch.setattr(reading, "call_of", spoiled)
    for _ in range(2):
        with pytest.raises(ProofError, match="not those that torch computed"):
            _ = wrong.h


def test_a_failed_proof_is_a_warning_where_that_was_asked_for(monkeypatch):
    module = nn.GRU(3, 4)
    plain = reading.call_of

    def spoiled(recorded):
        return plain(replace(recorded, weights=tuple(2 * w for w in recorded.weights)))

    with torch.no_grad(), lstm_viz.capture(module, strict=False) as capture:
        module(torch.randn(5, 2, 3))
    monkeypatch.setattr(reading, "call_of", spoiled)
    with pytest.warns(CaptureWarning, match="the model: the gates are not those that torch computed"):
        error = capture[""].max_error
    assert error > 0.01


def test_largest_difference():
    nan, inf = np.nan, np.inf
    assert largest_difference(np.array([1.0, 2.0]), np.array([1.5, 1.9])) == 0.5
    assert largest_difference(np.array([nan, inf, 1.0]), np.array([nan, inf, 1.25])) == 0.25
    assert largest_difference(np.array([nan]), np.array([1.0])) == inf
    assert largest_difference(np.array([inf]), np.array([1.0])) == inf
    assert largest_difference(np.array([inf]), np.array([-inf])) == inf
    assert largest_difference(np.empty(0), np.empty(0)) == 0
