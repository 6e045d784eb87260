"""An acoustic model: batch norm between two bidirectional GRUs, over a packed batch of filter banks."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstm_viz

PHONES = ["sil", "aa", "iy", "s", "t"]


class Acoustic(nn.Module):
    def __init__(self, bands=40, size=16):
        super().__init__()
        self.rnns = nn.ModuleList(
            [nn.GRU(width, size, bidirectional=True, batch_first=True) for width in (bands, 2 * size)]
        )
        self.norm = nn.BatchNorm1d(2 * size)
        self.head = nn.Linear(2 * size, len(PHONES))

    def forward(self, frames, lengths):
        x = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)
        x, _ = self.rnns[0](x)
        x = x._replace(data=self.norm(x.data))
        x, _ = self.rnns[1](x)
        output, _ = pad_packed_sequence(x, batch_first=True)
        return self.head(output)


def utterance(phones):
    """Return the frames of some phones: two formants each, and noise."""
    centres = torch.tensor([[0.0, 0.0], [12.0, 20.0], [5.0, 30.0], [36.0, 38.0], [25.0, 33.0]])[phones]
    bands = torch.arange(40.0)
    peaks = torch.exp(-((bands - centres[..., None]) ** 2) / 8).sum(1) * (phones > 0)[:, None]
    return peaks + 0.1 * torch.randn(len(phones), 40)


torch.manual_seed(0)
lengths = torch.tensor([26, 18, 12])
phones = torch.arange(26).div(5, rounding_mode="floor").repeat(3, 1) % 5
frames = torch.stack([utterance(one) for one in phones])
model = Acoustic()
optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
for _ in range(40):
    scores = model(frames, lengths)
    inside = torch.arange(26) < lengths[:, None]
    loss = nn.functional.cross_entropy(scores[inside], phones[inside])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

lstm_viz.show(model, (frames, lengths), decode=lambda scores: (scores, PHONES))
