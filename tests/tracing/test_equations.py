"""One step by the equations is one step of torch's own cells."""

import torch
from torch import nn

from lstm_viz.tracing.equations import EQUATIONS, lstm_cell_state, lstm_gates, lstm_hidden_state, unchanged
from lstm_viz.tracing.weights import Weights


def weights(cell):
    return Weights(cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)


def some(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def test_lstm():
    cell, x, h, c = nn.LSTMCell(3, 4, dtype=torch.float64), some(2, 3), some(2, 4), some(2, 4)
    i, f, g, o = lstm_gates(x, h, weights(cell))
    next_c = lstm_cell_state(i, f, g, c)
    torch.testing.assert_close((lstm_hidden_state(o, next_c), next_c), cell(x, (h, c)))
    now = EQUATIONS["LSTM"](x, {"h": h, "c": c}, weights(cell), unchanged)
    torch.testing.assert_close((now["h"], now["c"]), cell(x, (h, c)))
    projection = some(2, 4)
    torch.testing.assert_close(lstm_hidden_state(o, c, projection), (o * c.tanh()) @ projection.T)


def test_gru():
    cell, x, h = nn.GRUCell(3, 4, dtype=torch.float64), some(2, 3), some(2, 4)
    r, z, n, next_h = EQUATIONS["GRU"](x, {"h": h}, weights(cell), unchanged).values()
    torch.testing.assert_close(next_h, cell(x, h))
    torch.testing.assert_close(next_h, (1 - z) * n + z * h)
    assert ((r > 0) & (r < 1)).all()


def test_rnn():
    for nonlinearity in ("tanh", "relu"):
        cell = nn.RNNCell(3, 4, nonlinearity=nonlinearity, dtype=torch.float64)
        x, h = some(2, 3), some(2, 4)
        now = EQUATIONS[f"RNN_{nonlinearity.upper()}"](x, {"h": h}, weights(cell), unchanged)
        torch.testing.assert_close(now["h"], cell(x, h))
