# %% [markdown]
# # Two layers in both directions
#
# With layers and directions, `h_n` has a row for each: layer 1 forward, layer 1 backward, layer 2 forward,
# layer 2 backward. The last two are in `output`, the others are nowhere else.

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(6)

lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True)
x = torch.randn(5, 2, 3)
output, (h_n, c_n) = lstm(x)
print(output.shape, h_n.shape)

# %% [markdown]
# Each direction of the second layer reads both directions of the first: its input has 8 numbers.

# %%
sizes = {name: tuple(weight.shape) for name, weight in lstm.named_parameters()}
print(sizes["weight_ih_l0"], sizes["weight_ih_l1"], sizes["weight_ih_l1_reverse"])

# %% [markdown]
# The rows by layer and direction. A classifier of the sequence takes `h_n[-2]` and `h_n[-1]`, the top
# layer's.

# %%
by_layer = h_n.view(2, 2, 2, 4)  # (layer, direction, batch, units)
top = torch.cat([h_n[-2], h_n[-1]], dim=-1)
in_output = torch.cat([output[-1, :, :4], output[0, :, 4:]], dim=-1)
print(torch.equal(top, in_output))

# %% [markdown]
# The states inside, of every layer and step, are what torch does not return: `capture` does.

# %%
with lstm_viz.capture(lstm) as capture:
    lstm(x)
trace = capture[""]
inside = torch.from_numpy(trace.h[0, 0, -1].copy())  # the first layer, forward, after the last step
print((inside - by_layer[0, 0]).abs().max())

# %%
if __name__ == "__main__":
    lstm_viz.show(lstm, x, title="Two layers in both directions")
