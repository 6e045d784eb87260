from functools import partial

import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing import CaptureWarning
from tests.tracing.zoo import networks, subclasses
from tests.tracing.zoo.checking import check

LENGTHS = [3, 7, 5]


def x(*shape):
    return torch.randn(shape or (7, 3, 5))


MODELS = {
    "learned initial state": (lambda: subclasses.LearnedStart(5, 6), lambda m: m(x())),
    "residual GRU": (lambda: subclasses.ResidualGRU(5, 5), lambda m: m(x())),
    "dropped input and output": (lambda: subclasses.DroppedLSTM(5, 6), lambda m: m(x())),
    "batch-major": (lambda: subclasses.BatchMajor(5, 6), lambda m: m(x(3, 7, 5))),
    "last state only": (lambda: subclasses.LastOnly(5, 6, 2), lambda m: m(x())),
    "message passing": (subclasses.Graph, lambda m: m(x(4, 6), x(4, 4))),
    "weights dropped, LSTM": (lambda: subclasses.WeightDrop(nn.LSTM(5, 6)), lambda m: [m(x())[0], m(x())[0]]),
    "weights dropped, GRU": (lambda: subclasses.WeightDrop(nn.GRU(5, 6)), lambda m: [m(x())[0], m(x())[0]]),
    "weights shared": (subclasses.SharedLayers, lambda m: m(x())),
    "parametrized": (subclasses.spectral_lstm, lambda m: m(x())),
    "decoder": (networks.Decoder, lambda m: m(x(3, 5))),
    "stacked cells": (networks.StackedCells, lambda m: m(x())),
    "state dropped": (networks.SpeechDecoder, lambda m: m(x())),
    "characters and words": (networks.CharacterTagger, lambda m: m([x(n, 3) for n in (2, 5, 1)])),
    "agent": (networks.Agent, lambda m: networks.play(m, x(7, 2, 5), resets=(0, 3))),
    "projection": (lambda: nn.LSTM(5, 6, 2, proj_size=3, bidirectional=True), lambda m: m(x())),
    "relu": (lambda: nn.RNN(5, 6, 2, nonlinearity="relu"), lambda m: m(x())),
    "data parallel": (lambda: nn.DataParallel(networks.Tagger()), lambda m: m(x())),
    "unbatched": (lambda: nn.Sequential(nn.LSTM(5, 6)), lambda m: m(x(7, 5))),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_every_gate_is_that_of_the_kernel(name, gradients):
    make, run = MODELS[name]
    with torch.set_grad_enabled(gradients):
        check(make, run)


@pytest.mark.parametrize("gradients", [True, False])
def test_packed_by_lengths(gradients):
    with torch.set_grad_enabled(gradients):
        lengths = torch.tensor(LENGTHS)
        for how in ({}, {"batch_first": True}):
            check(
                partial(subclasses.WithLengths, 5, 6, 2, dropout=0.3, bidirectional=True, **how),
                lambda m: m(x(3, 7, 5) if m.batch_first else x(), lengths),
                lengths={"": LENGTHS},
            )
        check(
            networks.Attending,
            lambda m: m(x(3, 7, 5), lengths, x(3, 4, 5)),
            lengths={"encoder": LENGTHS},
        )


@pytest.mark.parametrize(("kind", "gates"), [("lstm", 4), ("gru", 3), ("rnn_tanh", 1)])
def test_a_module_that_calls_the_kernel_itself(kind, gates):
    check(lambda: nn.Sequential(subclasses.OwnKernel(kind, gates)), lambda m: m(x()), owner="0")


def test_a_module_that_gives_its_named_weights_to_the_kernel_is_not_listed():
    capture = check(lambda: nn.Sequential(subclasses.FusedCell()), lambda m: m(x()), owner="0")
    assert capture.skipped == ()


def test_a_cell_written_by_hand_is_said():
    with pytest.warns(CaptureWarning, match=r"cell \(LayerNormCell\): it computes its gates itself"):
        capture = check(networks.NormedTagger, lambda m: m(x()))
    assert [part.path for part in capture.skipped] == ["cell"]


def test_an_agent_has_a_sequence_for_each_episode():
    agent = networks.Agent()
    with lstm_viz.capture(agent) as capture:
        networks.play(agent, x(7, 2, 5), resets=(0, 3))
    assert [trace.steps for trace in capture.sequences("memory")] == [3, 4]
