# %% [markdown]
# # An RNN and a GRU, by hand
#
# A plain RNN has one layer and no gates. A GRU has two gates, and no cell state: the update gate z says how
# much of the old h stays, the reset gate r how much of it the new one sees.

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(7)

x = torch.randn(5, 1, 3)
rnn, gru = nn.RNN(3, 4), nn.GRU(3, 4)

# %%
h = torch.zeros(4)
for step in x[:, 0]:
    h = (rnn.weight_ih_l0 @ step + rnn.bias_ih_l0 + rnn.weight_hh_l0 @ h + rnn.bias_hh_l0).tanh()
rnn_h = h
print("by hand:", rnn_h)
print("torch:  ", rnn(x)[1][0, 0])

# %% [markdown]
# The rows of a GRU's weights are in the order r, z, n. In n the reset gate is outside of the product with
# h, so that the two products cannot be added first.

# %%
h = torch.zeros(4)
for step in x[:, 0]:
    of_x = (gru.weight_ih_l0 @ step + gru.bias_ih_l0).chunk(3)
    of_h = (gru.weight_hh_l0 @ h + gru.bias_hh_l0).chunk(3)
    r, z = (of_x[0] + of_h[0]).sigmoid(), (of_x[1] + of_h[1]).sigmoid()
    n = (of_x[2] + r * of_h[2]).tanh()
    h = (1 - z) * n + z * h
gru_h = h
print("by hand:", gru_h)
print("torch:  ", gru(x)[1][0, 0])


# %%
class Both(nn.Module):
    """The GRU reads what the RNN makes of the input."""

    def __init__(self):
        super().__init__()
        self.rnn, self.gru = rnn, nn.GRU(4, 4)

    def forward(self, x):
        return self.gru(self.rnn(x)[0])[0]


if __name__ == "__main__":
    lstm_viz.show(Both(), x, title="An RNN and a GRU")
