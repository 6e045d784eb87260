# %% [markdown]
# # Packed sequences
#
# Sequences of different lengths are padded to one length, and an LSTM reads the padding like any other
# step: its final state is then one after the padding. A packed sequence has no padding. Its `data` has all
# first steps, then all second ones, and so on; `batch_sizes` says how many of each.

# %%
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstm_viz

torch.manual_seed(4)

lstm = nn.LSTM(3, 4)
lengths = torch.tensor([2, 5, 3])
padded = torch.randn(5, 3, 3)  # (time, batch, features)
for sequence, length in enumerate(lengths):
    padded[length:, sequence] = 0.0

# %%
packed = pack_padded_sequence(padded, lengths, enforce_sorted=False)
print(packed.data.shape, packed.batch_sizes)

# %% [markdown]
# The final state of a packed sequence is that at its own end: `output[-1]` has it for the longest one
# alone, and is 0 for all others.

# %%
packed_output, (h_n, c_n) = lstm(packed)
output, _ = pad_packed_sequence(packed_output)
at_the_ends = output[lengths - 1, range(3)]
print((at_the_ends - h_n[-1]).abs().max(), output[-1])

# %% [markdown]
# Without packing, the states of the shorter ones have moved on.

# %%
_, (h_padded, _) = lstm(padded)
moved = (h_padded[-1] - h_n[-1]).abs().amax(-1)
print(moved)

# %%
if __name__ == "__main__":
    lstm_viz.show(lstm, packed, title="Packed sequences")
