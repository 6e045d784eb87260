# %% [markdown]
# # One step at a time, and all at once
#
# A sequence can be read step by step, with the state handed on, or in one call. The numbers are the same:
# the `output` of the one call holds every h, and the state that it returns is the last one.

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(1)

lstm = nn.LSTM(3, 3)
inputs = [torch.randn(1, 3) for _ in range(5)]  # a sequence of five steps
hidden = (torch.randn(1, 1, 3), torch.randn(1, 1, 3))  # h and c before the first one

# %%
for x in inputs:
    out_last, hidden = lstm(x.view(1, 1, -1), hidden)
h_last, c_last = hidden
print(out_last, c_last)

# %% [markdown]
# All at once, from another state. In `output` is every h, in `h_n` the last one alone, which lets you go on
# later.

# %%
sequence = torch.cat(inputs).view(5, 1, -1)  # (time, batch, features)
start = (torch.randn(1, 1, 3), torch.randn(1, 1, 3))
output, (h_n, c_n) = lstm(sequence, start)
print(output, c_n)

# %% [markdown]
# The same state, one step at a time, gives the same numbers.

# %%
steps, state = [], start
for x in sequence.split(1):
    out, state = lstm(x, state)
    steps.append(out)
stepped = torch.cat(steps)
print((stepped - output).abs().max())

# %%
if __name__ == "__main__":
    lstm_viz.show(lstm, (sequence, start), title="Five steps")
