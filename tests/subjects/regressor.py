"""The smallest subjects that are no taggers: GRUs over pairs of real numbers.

One predicts a real number, one classes by a function that is not linear, and one nothing.
"""

from dataclasses import dataclass, field

import torch
from torch import nn

from lstm_viz.subjects.errors import InvalidInputError
from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.subject import Columns, Identity, Recurrent, Source
from lstm_viz.text.token import Token

URI = "test:regressor"
SERIES = "0.5,-1 2,0.25 -0.75,1.5 0,1"


def _net():
    torch.manual_seed(0)
    return nn.GRU(2, 4).eval()


def _head():
    torch.manual_seed(1)
    return nn.Linear(4, 1)


def _pair(column):
    try:
        first, second = map(float, column.split(","))
    except ValueError as error:
        raise InvalidInputError("input_invalid", column=column, reason="it is not a pair") from error
    return first, second


@dataclass(frozen=True, eq=False)
class Regressor:
    """Reads "0.5,-1 2,0.25": a column is a point in time; there is no vocabulary and there are no tags."""

    uri: str = URI
    net: nn.GRU = field(default_factory=_net)
    head: nn.Linear = field(default_factory=_head)
    state: None = None
    rules: str = "comma"

    @property
    def identity(self):
        return Identity(self.uri, "A regressor", "Pairs of numbers", SERIES, 0, ())

    @property
    def recurrents(self):
        return (Recurrent("net", self.net, "words", (("values", 2),)),)

    @property
    def readout(self):
        return Readout("values", ("next",), self.head, self.head)

    def columns(self, text, tokenized_texts, limit):
        tokens, end = [], 0
        for part in text.split():
            start = text.index(part, end)
            end = start + len(part)
            _pair(part)
            tokens.append(Token(part, start, end))
        return Columns(tuple(tokens[:limit]), len(tokens))

    def knows(self, column):
        return True

    def inputs(self, columns):
        return torch.tensor([[_pair(column)] for column in columns])

    def trace_within(self, path, column):
        raise LookupError("nothing reads within a column")

    def sources(self, path, column):
        return (Source("values", self.inputs((column,))[0, 0].numpy(), column),)


class Classifier(Regressor):
    """Predicts one of three classes from h by a network that is not linear."""

    @property
    def readout(self):
        torch.manual_seed(2)
        return Readout("classes", ("a", "b", "c"), nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)))


class Bare(Regressor):
    """Has no readout: only its states are of interest."""

    readout = None
