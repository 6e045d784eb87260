"""Networks with recurrent modules inside: taggers, decoders, agents."""

import torch
from torch import nn
from torch.nn.functional import dropout
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Decoder(nn.Module):
    """Writes step by step with an LSTMCell."""

    def __init__(self) -> None:
        super().__init__()
        self.cell, self.out = nn.LSTMCell(5, 6), nn.Linear(6, 5)

    def forward(self, x, steps=4):
        state, written = None, []
        for _ in range(steps):
            state = self.cell(x, state)
            x = self.out(state[0])
            written.append(x)
        return torch.stack(written)


class StackedCells(nn.Module):
    """Cells one above the other, with dropout between."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.ModuleList(
            [nn.GRUCell(5, 6), nn.GRUCell(6, 6), nn.RNNCell(6, 6, nonlinearity="relu")]
        )

    def forward(self, x):
        states = [x.new_zeros(x.shape[1], 6) for _ in self.cells]
        for step in x:
            for k, cell in enumerate(self.cells):
                states[k] = cell(step, states[k])
                step = dropout(states[k], 0.3, self.training)  # noqa: PLW2901
        return states


class SpeechDecoder(nn.Module):
    """An LSTM cell whose hidden state is dropped in part after every step, as in Tacotron 2."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.cell = nn.LSTM(5, 3, bidirectional=True), nn.LSTMCell(6, 7)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[1], 7)
        for step in self.encoder(x)[0]:
            h, c = self.cell(step, (h, c))
            h = dropout(h, 0.1, self.training)
        return h, c


class Attending(nn.Module):
    """Sequence to sequence: a packed encoder, a decoder cell that attends to it."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.LSTM(5, 6, batch_first=True), nn.LSTMCell(11, 6)

    def forward(self, x, lengths, targets):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        memory, (h, c) = self.encoder(packed)
        memory, _ = pad_packed_sequence(memory, batch_first=True)
        state, outputs = (h[-1], c[-1]), []
        for target in targets.unbind(1):
            weights = (memory @ state[0][..., None]).softmax(1)
            state = self.decoder(torch.cat((target, (weights * memory).sum(1)), -1), state)
            outputs.append(state[0])
        return torch.stack(outputs)


class CharacterTagger(nn.Module):
    """Words are read letter by letter, in both directions; a second LSTM reads the words."""

    def __init__(self) -> None:
        super().__init__()
        self.characters = nn.LSTM(3, 4, bidirectional=True)
        self.words = nn.LSTM(8, 5, 2, batch_first=True, bidirectional=True, dropout=0.2)
        self.tags = nn.Linear(10, 2)

    def forward(self, words):
        pieces = [torch.cat(tuple(self.characters(word)[1][0]), -1) for word in words]
        return self.tags(self.words(torch.stack(pieces)[None])[0])


class Agent(nn.Module):
    """Acts step by step; the state starts anew with each episode."""

    def __init__(self) -> None:
        super().__init__()
        self.memory, self.policy = nn.LSTM(5, 6), nn.Linear(6, 2)

    def forward(self, seen, state=None):
        y, state = self.memory(seen[None], state)
        return self.policy(y[0]), state


def play(agent, observations, resets):
    state, actions = None, []
    for t, seen in enumerate(observations):
        action, state = agent(seen, None if t in resets else state)
        actions.append(action)
    return actions


class LayerNormCell(nn.Module):
    """A cell written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.weight_ih, self.weight_hh = nn.Linear(5, 24), nn.Linear(6, 24)
        self.norm = nn.LayerNorm(24)

    def forward(self, x, state):
        h, c = state
        i, f, g, o = self.norm(self.weight_ih(x) + self.weight_hh(h)).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


class NormedTagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.reader, self.cell = nn.GRU(5, 5), LayerNormCell()

    def forward(self, x):
        state = (x.new_zeros(x.shape[1], 6),) * 2
        for step in self.reader(x)[0]:
            state = self.cell(step, state)
        return state


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.out = nn.LSTM(5, 6), nn.Linear(6, 2)

    def forward(self, x):
        return self.out(self.lstm(x)[0])
