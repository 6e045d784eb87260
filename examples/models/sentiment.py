"""A packed, bidirectional LSTM of two layers that classes sentences, trained for a few seconds."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

import lstm_viz

DATA = {
    "the film was good": 1,
    "the film was bad": 0,
    "the film was not good": 0,
    "the film was not bad at all": 1,
    "a really good film": 1,
    "a really bad film": 0,
    "not a good film at all": 0,
    "not bad": 1,
    "i liked it": 1,
    "i did not like it": 0,
    "boring and long": 0,
    "funny and not long": 1,
}
WORDS = ["<pad>", "<unk>", *sorted({word for sentence in DATA for word in sentence.split()})]


class Sentiment(nn.Module):
    def __init__(self, classes=2):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS), 16, padding_idx=0)
        self.lstm = nn.LSTM(16, 12, num_layers=2, bidirectional=True, batch_first=True, dropout=0.2)
        self.fc = nn.Linear(24, classes)

    def forward(self, ids, lengths):
        x = pack_padded_sequence(self.embedding(ids), lengths, batch_first=True, enforce_sorted=False)
        _, (hidden, _) = self.lstm(x)
        return self.fc(torch.cat([hidden[-2], hidden[-1]], dim=1))


def encode(sentence):
    words = sentence.split()
    ids = [WORDS.index(word) if word in WORDS else 1 for word in words]
    return (torch.tensor([ids]), torch.tensor([len(ids)])), words


torch.manual_seed(0)
model = Sentiment()
optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
sequences = [encode(sentence)[0][0][0] for sentence in DATA]
ids, lengths = pad_sequence(sequences, batch_first=True), torch.tensor([len(one) for one in sequences])
for _ in range(60):
    loss = nn.functional.cross_entropy(model(ids, lengths), torch.tensor(list(DATA.values())))
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

text, names = "not a good film", ["negative", "positive"]
lstm_viz.show(
    model, encode=encode, decode=lambda s: (s, names), text=text, reads="words", occlude_with="<unk>"
)
