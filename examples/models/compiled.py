"""A tagger that is compiled by torch.compile, which needs a C++ compiler; without one it runs as it is."""

import shutil

import torch
from torch import nn

import lstm_viz

DATA = [
    ("the dog ate the apple", "DET NN V DET NN"),
    ("everybody read that book", "NN V DET NN"),
    ("the book fell", "DET NN V"),
    ("that dog read everybody", "DET NN V NN"),
]
TAGS = ["DET", "NN", "V"]
WORDS = ["<unk>", *sorted({word for sentence, _ in DATA for word in sentence.split()})]


class Tagger(nn.Module):
    def __init__(self, size=12):
        super().__init__()
        self.embedding = nn.Embedding(len(WORDS), size)
        self.lstm = nn.LSTM(size, size)
        self.hidden2tag = nn.Linear(size, len(TAGS))

    def forward(self, ids):
        output, _ = self.lstm(self.embedding(ids).view(len(ids), 1, -1))
        return self.hidden2tag(output.view(len(ids), -1)).log_softmax(dim=1)


def encode(sentence):
    words = sentence.split()
    return torch.tensor([WORDS.index(word) if word in WORDS else 0 for word in words]), words


torch.manual_seed(0)
tagger = Tagger()
optimiser = torch.optim.Adam(tagger.parameters(), lr=0.02)
for _ in range(30):
    for sentence, tags in DATA:
        target = torch.tensor([TAGS.index(tag) for tag in tags.split()])
        loss = nn.functional.nll_loss(tagger(encode(sentence)[0]), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

has_compiler = any(map(shutil.which, ("c++", "g++", "clang++", "cl")))
model = torch.compile(tagger, backend="inductor" if has_compiler else "eager", dynamic=True)
lstm_viz.show(model, encode=encode, decode=lambda s: (s, TAGS), text="the dog read that book", reads="words")
