"""A word language model with DropConnect on its hidden-to-hidden weights, after Merity et al., 2017."""

import torch
from torch import nn
from torch.nn.functional import dropout

import lstm_viz

TEXT = "the cat sat on the mat . the dog sat on the rug . the cat saw the dog . the dog saw the cat ."
WORDS = sorted(set(TEXT.split()))


class WeightDrop(nn.Module):
    def __init__(self, module, weights, p):
        super().__init__()
        self.module, self.weights, self.p = module, weights, p
        for name in weights:
            raw = getattr(module, name)
            del module._parameters[name]
            module.register_parameter(f"{name}_raw", nn.Parameter(raw.data))

    def forward(self, *args):
        for name in self.weights:
            raw = getattr(self.module, f"{name}_raw")
            setattr(self.module, name, dropout(raw, self.p, self.training))
        return self.module(*args)


class LanguageModel(nn.Module):
    def __init__(self, size=24):
        super().__init__()
        self.encoder = nn.Embedding(len(WORDS), size)
        self.rnn = WeightDrop(nn.LSTM(size, size), ["weight_hh_l0"], 0.5)
        self.decoder = nn.Linear(size, len(WORDS))
        self.decoder.weight = self.encoder.weight  # tied

    def forward(self, ids):  # (T, B)
        return self.decoder(self.rnn(self.encoder(ids))[0])


def encode(text):
    words = [word for word in text.split() if word in WORDS]
    return torch.tensor([[WORDS.index(word)] for word in words]), words


torch.manual_seed(0)
model = LanguageModel()
optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
ids = encode(TEXT)[0]
for _ in range(80):
    loss = nn.functional.cross_entropy(model(ids[:-1])[:, 0], ids[1:, 0])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

lstm_viz.show(
    model, encode=encode, decode=lambda s: (s, WORDS), text="the dog", predicts="tokens", reads="words"
)
