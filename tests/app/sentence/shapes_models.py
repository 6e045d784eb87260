"""Modules that are called in several ways."""

import torch
from torch import Tensor, nn

#: Of the sequences of the packed batch.
LENGTHS = (2, 4, 3)
TEXT = "sequence 2 of 3"


def packed_module() -> nn.LSTM:
    torch.manual_seed(0)
    return nn.LSTM(3, 4, num_layers=2, bidirectional=True)


class Controller(nn.Module):
    """An LSTM cell, called once for each step."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        h, c = x.new_zeros(1, 3), x.new_zeros(1, 3)
        for step in x:
            h, c = self.cell(step, (h, c))
        return h
