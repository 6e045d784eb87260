"""A character language model that writes on: a GRU, trained for a few seconds on one paragraph."""

import torch
from torch import nn

import lstm_viz

TEXT = (
    "the sea was calm and the sun was low. the boat was small and the men were old. "
    "the wind came from the west and the waves came with the wind. the men sang a song "
    "of the sea and the sun, and the boat went home with the wind. "
) * 4
LETTERS = sorted(set(TEXT))


class Characters(nn.Module):
    def __init__(self, letters):
        super().__init__()
        self.embedding = nn.Embedding(letters, 16)
        self.gru = nn.GRU(16, 64, batch_first=True)
        self.head = nn.Linear(64, letters)

    def forward(self, ids):
        output, _ = self.gru(self.embedding(ids))
        return self.head(output)


def encode(text):
    return torch.tensor([[LETTERS.index(c) if c in LETTERS else 0 for c in text]]), list(text)


torch.manual_seed(0)
model = Characters(len(LETTERS))
optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
ids = encode(TEXT)[0][0]
for _ in range(120):
    starts = torch.randint(len(ids) - 65, (16,))
    batch = torch.stack([ids[start : start + 65] for start in starts])
    scores = model(batch[:, :-1])
    loss = nn.functional.cross_entropy(scores.flatten(0, 1), batch[:, 1:].flatten())
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

text = "the sun "
lstm_viz.show(
    model, encode=encode, decode=lambda s: (s, LETTERS), text=text, predicts="tokens", reads="characters"
)
