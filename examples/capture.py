"""Look inside an ``nn.LSTM``: ``python examples/capture.py``."""

import torch
from torch import nn

import lstm_viz

torch.manual_seed(1)
lstm = nn.LSTM(input_size=3, hidden_size=4, num_layers=2, bidirectional=True)
inputs = torch.randn(5, 1, 3)  # (T, B, input_size)

with lstm_viz.capture(lstm) as capture:
    lstm(inputs)

trace = capture[""]
print("layer, direction, time, batch, unit:", trace.f.shape)
print("forget gates of the first layer, forward, a line a step:")
print(trace.f[0, 0, :, 0].round(4))
print(f"largest difference between our h and torch's: {trace.max_error:.1e}")
