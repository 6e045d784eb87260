"""Recurrent modules of one's own, made of torch's by subclassing or by wrapping them."""

import torch
from torch import nn
from torch.nn.functional import dropout
from torch.nn.utils import parametrizations
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class LearnedStart(nn.LSTM):
    """An LSTM whose initial state is trained."""

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.start = nn.Parameter(torch.full((2, 1, 1, self.hidden_size), 0.5))

    def forward(self, x, hx=None):
        if hx is None:
            hx = tuple(s.expand(1, x.shape[1], -1).contiguous() for s in self.start)
        return super().forward(x, hx)


class ResidualGRU(nn.GRU):
    def forward(self, x, hx=None):
        y, h = super().forward(x, hx)
        return y + x, h


class DroppedLSTM(nn.LSTM):
    """Dropout in front of the cell and behind it."""

    def forward(self, x, hx=None):
        y, h = super().forward(dropout(x, 0.3), hx)
        return dropout(y, 0.3), h


class BatchMajor(nn.GRU):
    def forward(self, x):
        y, h = super().forward(x.transpose(0, 1).contiguous())
        return y.transpose(0, 1), h.transpose(0, 1)


class LastOnly(nn.GRU):
    def forward(self, x):
        return super().forward(x)[1][-1]


class WithLengths(nn.LSTM):
    """Packs what it reads, and returns it padded."""

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=self.batch_first, enforce_sorted=False)
        y, state = super().forward(packed)
        return pad_packed_sequence(y, batch_first=self.batch_first)[0], state


class MessagePassing(nn.GRUCell):
    """A cell of a graph network: the message comes second."""

    def forward(self, h, message):
        return super().forward(message, h)


class Graph(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.message, self.update = nn.Linear(6, 5), MessagePassing(5, 6)

    def forward(self, h, adjacency):
        for _ in range(3):
            h = self.update(h, adjacency @ self.message(h))
        return h


class WeightDrop(nn.Module):
    """Drops recurrent weights anew in every call, as in AWD-LSTM, and calls ``forward`` itself."""

    def __init__(self, module: nn.Module, names: tuple[str, ...] = ("weight_hh_l0",)) -> None:
        super().__init__()
        self.module, self.names = module, names
        for name in names:
            self.register_parameter(f"{name}_raw", nn.Parameter(getattr(module, name).detach()))
            del module._parameters[name]

    def forward(self, *args):
        for name in self.names:
            raw = getattr(self, f"{name}_raw")
            setattr(self.module, name, dropout(raw, 0.5, self.training))
        return self.module.forward(*args)


class OwnKernel(nn.Module):
    """Has parameters of its own and gives them to torch's kernel itself."""

    def __init__(self, kind: str, gates: int) -> None:
        super().__init__()
        self.kind = kind
        self.w = nn.ParameterList(
            [
                nn.Parameter(torch.randn(s) * 0.3)
                for s in ((gates * 6, 5), (gates * 6, 6), (gates * 6,), (gates * 6,))
            ]
        )

    def forward(self, x):
        h = x.new_zeros(1, x.shape[1], 6)
        state = (h, h) if self.kind == "lstm" else h
        return getattr(torch._VF, self.kind)(
            x, state, list(self.w), True, 1, 0.0, self.training, False, False
        )


class FusedCell(nn.Module):
    """Steps with torch's GRU cell and weights of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.weight_ih, self.weight_hh = nn.Parameter(torch.randn(18, 5)), nn.Parameter(torch.randn(18, 6))

    def forward(self, x):
        h = x.new_zeros(x.shape[1], 6)
        for step in x:
            h = torch.gru_cell(step, h, self.weight_ih, self.weight_hh)
        return h


class SharedLayers(nn.Module):
    """Two LSTMs with the same weights."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.LSTM(5, 5), nn.LSTM(5, 5)
        for name in list(self.first._parameters):
            setattr(self.second, name, getattr(self.first, name))

    def forward(self, x):
        return self.second(self.first(x)[0])[0]


def spectral_lstm() -> nn.LSTM:
    module = nn.LSTM(5, 6)
    parametrizations.spectral_norm(module, "weight_hh_l0")
    return parametrizations.weight_norm(module, "weight_ih_l0")
