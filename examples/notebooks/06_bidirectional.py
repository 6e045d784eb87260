# %% [markdown]
# # Both directions
#
# A bidirectional LSTM is two: one reads from the first step to the last, the other from the last to the
# first. At each step, `output` has the h of both, side by side.

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(5)

lstm = nn.LSTM(3, 4, bidirectional=True)
x = torch.randn(6, 1, 3)
output, (h_n, c_n) = lstm(x)

# %% [markdown]
# The backward one is an LSTM with the weights `…_reverse`, on the sequence turned round.

# %%
forward, backward = nn.LSTM(3, 4), nn.LSTM(3, 4)
names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
for one, ending in ((forward, "_l0"), (backward, "_l0_reverse")):
    one.load_state_dict({f"{name}_l0": lstm.state_dict()[name + ending] for name in names})

there, _ = forward(x)
back, _ = backward(x.flip(0))
both = torch.cat([there, back.flip(0)], dim=-1)
print((both - output).abs().max())

# %% [markdown]
# The backward one ends at the first step. So `output[-1]` is not the final state: its second half has seen
# the last step alone. The final states are at both ends of `output`.

# %%
ends = torch.stack([output[-1, :, :4], output[0, :, 4:]])
print(torch.equal(ends, h_n), (output[-1, :, 4:] - h_n[1]).abs().max())

# %%
if __name__ == "__main__":
    lstm_viz.show(lstm, x, title="Both directions")
