"""A GRU encoder and a GRUCell decoder with attention, trained for a few seconds to spell words backward."""

import torch
from torch import nn

import lstm_viz

LETTERS = "abcdefgh"


class Translator(nn.Module):
    def __init__(self, size=32):
        super().__init__()
        self.embedding = nn.Embedding(len(LETTERS) + 1, size)  # the last one begins the output
        self.encoder = nn.GRU(size, size, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * size, size)
        self.decoder = nn.GRUCell(2 * size, size)
        self.head = nn.Linear(2 * size, len(LETTERS))

    def forward(self, ids, targets=None):
        memory = self.bridge(self.encoder(self.embedding(ids))[0])  # (B, T, size)
        h, letter = memory.mean(1), torch.full((len(ids),), len(LETTERS))
        scores = []
        for step in range(ids.shape[1]):
            weights = (memory @ h[..., None]).softmax(1)
            context = (weights * memory).sum(1)
            h = self.decoder(torch.cat([self.embedding(letter), context], -1), h)
            scores.append(self.head(torch.cat([h, context], -1)))
            letter = scores[-1].argmax(-1) if targets is None else targets[:, step]
        return torch.stack(scores, 1)


def encode(text):
    letters = [letter for letter in text if letter in LETTERS]
    return torch.tensor([[LETTERS.index(letter) for letter in letters]]), letters


torch.manual_seed(0)
model = Translator()
optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
for _ in range(500):
    ids = torch.randint(len(LETTERS), (32, int(torch.randint(3, 7, ()))))
    scores = model(ids, ids.flip(1))
    loss = nn.functional.cross_entropy(scores.flatten(0, 1), ids.flip(1).flatten())
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

lstm_viz.show(model, encode=encode, decode=lambda s: (s, list(LETTERS)), text="facade", reads="characters")
