"""Models as people write them: each with its own idea of inputs, batches and outputs."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

WORDS = ("<pad>", "<unk>", "the", "film", "was", "not", "good", "bad", "at", "all", "really")
CLASSES = ["negative", "neutral", "positive"]


def word_ids(text):
    words = text.split()
    return [WORDS.index(word) if word in WORDS else 1 for word in words], words


class Sentiment(nn.Module):
    """Packed, bidirectional, two layers; one class for each sequence by some pooling."""

    def __init__(self, pooling="last", size=5):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS), 6, padding_idx=0)
        self.lstm = nn.LSTM(6, size, num_layers=2, bidirectional=True, batch_first=True, dropout=0.3)
        self.dropout = nn.Dropout(0.5)
        self.attention = nn.Linear(2 * size, 1)
        self.fc = nn.Linear(2 * size, len(CLASSES))
        self.pooling = pooling

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(
            self.dropout(self.embedding(ids)), lengths, batch_first=True, enforce_sorted=False
        )
        output, (hidden, _) = self.lstm(packed)
        output, _ = pad_packed_sequence(output, batch_first=True)
        return self.fc(self.dropout(self.pooled(output, hidden, lengths)))

    def pooled(self, output, hidden, lengths):
        if self.pooling == "last":
            return torch.cat([hidden[-2], hidden[-1]], -1)
        past = torch.arange(output.shape[1])[None] >= lengths[:, None]
        if self.pooling == "mean":
            return output.sum(1) / lengths[:, None]
        if self.pooling == "max":
            return output.masked_fill(past[..., None], -torch.inf).amax(1)
        weights = self.attention(output)[..., 0].masked_fill(past, -torch.inf).softmax(-1)
        return (weights[..., None] * output).sum(1)


def encode_sentence(text):
    ids, words = word_ids(text)
    return (torch.tensor([ids]), torch.tensor([len(ids)])), words


class Forecaster(nn.Module):
    """A real value for each step, from vectors; the hidden state is projected."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(2, 6, proj_size=3, batch_first=True)
        self.head = nn.Linear(3, 1)

    def forward(self, series):
        output, _ = self.rnn(series)
        return self.head(output)


class PackedForecaster(nn.Module):
    """Two real values for each step of each sequence of a packed batch."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 4, batch_first=True)
        self.head = nn.Linear(4, 2)

    def forward(self, series, lengths):
        packed = pack_padded_sequence(series, lengths, batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        return self.head(output)


def encode_pairs(text):
    labels = text.split()
    return torch.tensor([[[float(number) for number in pair.split(",")] for pair in labels]]), labels


class Regressor(nn.Module):
    """One real value for a sequence, from the last state of a GRU."""

    def __init__(self, features=2):
        super().__init__()
        self.gru = nn.GRU(features, 4)
        self.head = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))

    def forward(self, series):  # (T, B, 2)
        return self.head(self.gru(series)[1][-1]).squeeze(-1)


class Controller(nn.Module):
    """A loop over a cell that reads its own last action."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(3, 4)
        self.policy = nn.Linear(4, 2)

    def forward(self, observations):  # (T, 1)
        h = c = torch.zeros(1, 4, dtype=observations.dtype)
        action, found = torch.zeros(1, 2, dtype=observations.dtype), []
        for observation in observations:
            h, c = self.cell(torch.cat([observation[None], action], -1), (h, c))
            action = torch.tanh(self.policy(h))
            found.append(action)
        return torch.stack(found)  # (T, 1, 2)


LETTERS = "abcdefgh "


class Characters(nn.Module):
    """A character model: the logits of the next token at each step."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(len(LETTERS), 4)
        self.rnn = nn.GRU(4, 6, batch_first=True)
        self.out = nn.Linear(6, len(LETTERS))

    def forward(self, ids):
        return self.out(self.rnn(self.embed(ids))[0])


def encode_characters(text):
    return torch.tensor([[LETTERS.index(letter) for letter in text]]), list(text)


class Stacked(nn.Module):
    """A second recurrent module reads the output of the first, through a norm and a linear layer."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS), 6)
        self.first = nn.GRU(6, 4, bidirectional=True, batch_first=True)
        self.norm, self.between, self.dropout = nn.LayerNorm(8), nn.Linear(8, 5), nn.Dropout(0.5)
        self.second = nn.LSTM(5, 3, batch_first=True)
        self.direct = nn.RNN(8, 3, nonlinearity="relu", batch_first=True)
        self.tags = nn.Linear(6, 2)

    def forward(self, ids):
        x, _ = self.first(self.embedding(ids))
        a, _ = self.second(self.dropout(torch.relu(self.between(self.norm(x)))))
        b, _ = self.direct(x)
        return self.tags(torch.cat([a, b], -1))


def made(kind, *arguments, dtype=torch.float32):
    """Return a model of a kind with seeded weights, in training mode as its author left it."""
    torch.manual_seed(len(kind.__name__))
    return kind(*arguments).to(dtype)
