# %% [markdown]
# # One step of an LSTM, by hand
#
# An LSTM reads one vector at a time and carries two vectors on: the hidden state h and the cell state c.
# Four layers look at the input and at h: three gates i, f and o, which say how much, and the candidate g,
# which says what. Their weights are stacked in one matrix, in the order i, f, g, o.

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(0)

lstm = nn.LSTM(3, 2)  # the input has 3 numbers, the states 2
x = torch.randn(1, 1, 3)  # (time, batch, features): one step of one sequence
h0, c0 = torch.randn(1, 1, 2), torch.randn(1, 1, 2)

# %% [markdown]
# The sums of all four layers at once: 4 · 2 = 8 rows.

# %%
sums = lstm.weight_ih_l0 @ x[0, 0] + lstm.bias_ih_l0 + lstm.weight_hh_l0 @ h0[0, 0] + lstm.bias_hh_l0
i, f, g, o = sums.chunk(4)
i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()

# %% [markdown]
# The new cell state keeps a part of the old one and adds a part of the candidate. The new hidden state is
# what the output gate lets out of it.

# %%
c1 = f * c0[0, 0] + i * g
h1 = o * c1.tanh()
print("by hand:", h1, c1)

# %% [markdown]
# torch computes the same.

# %%
output, (h_n, c_n) = lstm(x, (h0, c0))
print("torch:  ", h_n[0, 0], c_n[0, 0])

# %%
if __name__ == "__main__":
    lstm_viz.show(lstm, (x, (h0, c0)), title="One step")
