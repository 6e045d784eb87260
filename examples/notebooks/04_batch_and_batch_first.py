# %% [markdown]
# # A batch, and which axis is the time
#
# Sequences of a batch do not see each other: each is read as if it were alone. By default the first axis is
# the time, the second the batch; with `batch_first=True` the batch comes first, in `input` and in `output`.
# The states are the same either way: (layers, batch, units).

# %%
import torch
from torch import nn

import lstm_viz

torch.manual_seed(3)

lstm = nn.LSTM(3, 4)
first = nn.LSTM(3, 4, batch_first=True)
first.load_state_dict(lstm.state_dict())

batch = torch.randn(5, 2, 3)  # (time, batch, features)

# %%
output, (h_n, c_n) = lstm(batch)
output_first, (h_first, c_first) = first(batch.transpose(0, 1))
print(output.shape, output_first.shape, h_n.shape, h_first.shape)

# %% [markdown]
# One sequence alone gives the same numbers as in the batch.

# %%
alone, _ = lstm(batch[:, 1:])
print((alone - output[:, 1:]).abs().max())

# %% [markdown]
# So `output[-1]` is the last step of all sequences here, and the last sequence there. Both modules take
# either: a wrong order of the axes is no error, only a wrong result.

# %%
last_step, last_sequence = output[-1], output_first[-1]
print(torch.equal(last_step, h_n[-1]), last_sequence.shape)
wrong, _ = first(batch)  # five sequences of two steps, says `batch_first`
print(wrong.shape)

# %%
if __name__ == "__main__":
    lstm_viz.show(first, batch.transpose(0, 1), title="A batch")
