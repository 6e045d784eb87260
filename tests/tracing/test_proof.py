"""The proof is worth something: where gates are not those of the call, ``max_error`` says so."""

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing import ProofError, reading
from lstm_viz.tracing.proof import largest_difference
from lstm_viz.tracing.used_weights import UsedWeights


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("part", range(4))
def test_another_weight_than_the_calls_shows(monkeypatch, kind, layer, part):
    torch.manual_seed(0)
    module = kind(3, 4, 2, bidirectional=True)
    gates = {nn.LSTM: 4, nn.GRU: 3, nn.RNN: 1}[kind]
    rows = slice(4 * (part % gates), 4 * (part % gates) + 4)
    with torch.no_grad(), lstm_viz.capture(module) as capture:
        for _ in range(3):
            module(torch.randn(5, 2, 3))
        getattr(module, f"weight_ih_l{layer}")[rows] += 0.3
    right, wrong, _ = capture.calls[""]
    assert right.max_error < 1e-6
    monkeypatch.setattr(UsedWeights, "tensors", lambda _: tuple(w.detach() for w in module._flat_weights))
    if kind is nn.LSTM:
        monkeypatch.setattr(reading, "_say_once", lambda: None)
    with pytest.raises(ProofError, match="not those that torch computed"):
        _ = wrong.h
    capture.clear()


def test_largest_difference():
    nan, inf = np.nan, np.inf
    assert largest_difference(np.array([1.0, 2.0]), np.array([1.5, 1.9])) == 0.5
    assert largest_difference(np.array([nan, inf, 1.0]), np.array([nan, inf, 1.25])) == 0.25
    assert largest_difference(np.array([nan]), np.array([1.0])) == inf
    assert largest_difference(np.array([inf]), np.array([1.0])) == inf
    assert largest_difference(np.array([inf]), np.array([-inf])) == inf
    assert largest_difference(np.empty(0), np.empty(0)) == 0
