# %% [markdown]
# # Layer on layer
#
# The second layer of an LSTM reads the h of the first one, step by step. Two LSTMs, one on top of the
# other, are the same as one with `num_layers=2`.

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(2)

both = nn.LSTM(3, 4, num_layers=2)
x = torch.randn(6, 1, 3)

# %% [markdown]
# The weights of a layer have its number in their names. The second one reads 4 numbers, the first one 3.

# %%
lower, upper = nn.LSTM(3, 4), nn.LSTM(4, 4)
for layer, lstm in enumerate((lower, upper)):
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    lstm.load_state_dict({f"{name}_l0": both.state_dict()[f"{name}_l{layer}"] for name in names})

# %%
between, (h_lower, c_lower) = lower(x)
stacked, (h_upper, c_upper) = upper(between)
output, (h_n, c_n) = both(x)
print((stacked - output).abs().max())

# %% [markdown]
# `output` is that of the upper layer alone; `h_n` and `c_n` have a row for each layer.

# %%
h_stacked, c_stacked = torch.cat([h_lower, h_upper]), torch.cat([c_lower, c_upper])
print((h_stacked - h_n).abs().max(), (c_stacked - c_n).abs().max())

# %%
if __name__ == "__main__":
    lstm_viz.show(both, x, title="Layer on layer")
