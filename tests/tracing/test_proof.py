"""The proof is worth something: where gates are not those of the call, ``max_error`` says so."""

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing.proof import largest_difference


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("part", range(4))
def test_another_weight_than_the_calls_shows(kind, layer, part):
    torch.manual_seed(0)
    module = kind(3, 4, 2, bidirectional=True)
    gates = {nn.LSTM: 4, nn.GRU: 3, nn.RNN: 1}[kind]
    rows = slice(4 * (part % gates), 4 * (part % gates) + 4)

    def spoil(module, args, result):
        getattr(module, f"weight_ih_l{layer}")[rows] += 0.3

    with torch.no_grad(), lstm_viz.capture(module) as capture:
        module(torch.randn(5, 2, 3))
        assert capture[""].max_error < 1e-6
        module.register_forward_hook(spoil, prepend=True)
        module(torch.randn(5, 2, 3))
    assert capture[""].max_error > 1e-3


def test_largest_difference():
    nan, inf = np.nan, np.inf
    assert largest_difference(np.array([1.0, 2.0]), np.array([1.5, 1.9])) == 0.5
    assert largest_difference(np.array([nan, inf, 1.0]), np.array([nan, inf, 1.25])) == 0.25
    assert largest_difference(np.array([nan]), np.array([1.0])) == inf
    assert largest_difference(np.array([inf]), np.array([1.0])) == inf
    assert largest_difference(np.array([inf]), np.array([-inf])) == inf
    assert largest_difference(np.empty(0), np.empty(0)) == 0
