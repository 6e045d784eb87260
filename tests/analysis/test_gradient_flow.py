"""The oracle: the net written out step by step, and one gradient for every word and every step."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from lstm_viz.analysis import gradient_flow as module
from lstm_viz.analysis.gradient_flow import gradient_flow as flow_of
from lstm_viz.crf import NO_TAG
from lstm_viz.subjects.tagger import readout_of
from lstm_viz.tagging.models import CharWordTagger, Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

WORDS = ("the", "dog", "ate", "that", "book")
TAGS = 4


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tagger_of(cell="LSTM", *, bias=True, relu=False, double=True, seed=0, **sizes):
    torch.manual_seed(seed)
    tagger = WordTagger(Vocabulary(WORDS), TAGS, Sizes(3, 4, cell=cell, **sizes))
    net = tagger.recurrent
    options = {"nonlinearity": "relu"} if relu else {}
    tagger.recurrent = type(net)(3, 4, net.num_layers, bias=bias, bidirectional=net.bidirectional, **options)
    for weight in tagger.parameters():
        nn.init.normal_(weight, std=0.6)
    return (tagger.double() if double else tagger).eval()


def gradient_flow(tagger, words, targets, layer=-1, direction=0):
    """Return the gradient flow of a tagger over words."""
    with torch.no_grad():
        x = tagger.inputs(words) if words else torch.zeros(0, 1, 3)
    return flow_of(tagger.recurrent, readout_of(tagger), x, targets, layer=layer, direction=direction)


def one_step(net, x, state, suffix):
    """The equations of torch's documentation, written out."""
    w_ih, w_hh = getattr(net, "weight_ih" + suffix), getattr(net, "weight_hh" + suffix)
    a, b = w_ih @ x, w_hh @ state[0]
    if net.bias:
        a, b = a + getattr(net, "bias_ih" + suffix), b + getattr(net, "bias_hh" + suffix)
    if net.mode == "LSTM":
        i, f, g, o = (a + b).chunk(4)
        c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
    if net.mode == "GRU":
        (a_r, a_z, a_n), (b_r, b_z, b_n) = a.chunk(3), b.chunk(3)
        r, z = (a_r + b_r).sigmoid(), (a_z + b_z).sigmoid()
        return ((1 - z) * (a_n + r * b_n).tanh() + z * state[0],)
    return ((a + b).relu() if net.mode == "RNN_RELU" else (a + b).tanh(),)


def unrolled(tagger, words, nudge=None):
    """Return scores (T, K) and h of every (layer, direction, word).

    ``nudge`` is a place and what is added to its h.
    """
    net, h = tagger.recurrent, {}
    xs = list(tagger.inputs(words)[:, 0])
    for layer in range(net.num_layers):
        for direction in range(1 + net.bidirectional):
            state = (torch.zeros(4, dtype=xs[0].dtype),) * (2 if net.mode == "LSTM" else 1)
            places = range(len(xs))
            for t in reversed(places) if direction else places:
                state = one_step(net, xs[t], state, f"_l{layer}" + ("_reverse" if direction else ""))
                if nudge is not None and nudge[0] == (layer, direction, t):
                    state = (state[0] + nudge[1], *state[1:])
                h[layer, direction, t] = state[0]
        xs = [torch.cat([h[layer, d, t] for d in range(1 + net.bidirectional)]) for t in range(len(xs))]
    return tagger.hidden_to_tag(torch.stack(xs)).log_softmax(-1), h


def by_double_loop(tagger, words, targets, layer, direction):
    scores, h = unrolled(tagger, words)
    found = np.zeros((len(words), len(words)))
    for t, k in itertools.product(range(len(words)), repeat=2):
        node = h[layer % tagger.recurrent.num_layers, direction, k]
        (gradient,) = torch.autograd.grad(
            -scores[t, targets[t]], node, retain_graph=True, materialize_grads=True
        )
        found[t, k] = gradient.norm()
    return found


nets = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(["LSTM", "GRU", "RNN"]),
        "num_layers": st.integers(1, 3),
        "bidirectional": st.booleans(),
        "bias": st.booleans(),
        "double": st.booleans(),
        "seed": st.integers(0, 1000),
    }
)


@settings(deadline=None, max_examples=40)
@given(
    net=nets,
    relu=st.booleans(),
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5),
    pick=st.data(),
)
def test_it_is_the_gradient_of_each_loss_by_each_state(net, relu, words, pick):
    tagger = tagger_of(relu=relu and net["cell"] == "RNN", **net)
    targets = pick.draw(st.lists(st.integers(0, TAGS - 1), min_size=len(words), max_size=len(words)))
    layer = pick.draw(st.integers(-net["num_layers"], net["num_layers"] - 1))
    direction = pick.draw(st.integers(0, int(net["bidirectional"])))
    ours = gradient_flow(tagger, words, targets, layer, direction)
    assert ours.dtype == (np.float64 if net["double"] else np.float32)
    theirs = by_double_loop(tagger, words, targets, layer, direction)
    np.testing.assert_allclose(
        ours, theirs, **({"rtol": 1e-9} if net["double"] else {"rtol": 1e-3, "atol": 1e-6})
    )


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
def test_it_is_how_much_the_loss_moves_with_the_state(cell):
    tagger = tagger_of(cell, num_layers=2, bidirectional=True)
    targets, step = [0, 1, 2, 3, 0], 1e-6
    ours = gradient_flow(tagger, WORDS, targets, layer=0, direction=1)
    with torch.no_grad():
        for k in range(5):
            moved = []
            for unit in torch.eye(4, dtype=torch.float64):
                up, down = (
                    unrolled(tagger, WORDS, ((0, 1, k), sign * step * unit))[0][range(5), targets]
                    for sign in (1, -1)
                )
                moved.append((up - down) / (2 * step))
            np.testing.assert_allclose(ours[:, k], torch.stack(moved).norm(dim=0), rtol=1e-5)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
def test_a_net_that_reads_forward_reaches_only_back(cell):
    forward = gradient_flow(tagger_of(cell, num_layers=2), WORDS, [0, 1, 2, 3, 0], layer=0)
    assert not np.triu(forward, 1).any() and (np.tril(forward) > 0).sum() == 15
    both = tagger_of(cell, bidirectional=True)
    assert not np.tril(gradient_flow(both, WORDS, [0] * 5, direction=1), -1).any()


def test_below_another_bidirectional_layer_every_state_reaches_every_word():
    flow = gradient_flow(tagger_of(num_layers=2, bidirectional=True), WORDS, [0] * 5, layer=0)
    assert (flow > 0).all()


def test_in_parts_it_is_the_same(monkeypatch):
    tagger = tagger_of(num_layers=2, bidirectional=True)
    whole = gradient_flow(tagger, WORDS, [0, 1, 2, 3, 0], layer=0)
    monkeypatch.setattr(module, "_MOST_NUMBERS", 200)
    np.testing.assert_allclose(gradient_flow(tagger, WORDS, [0, 1, 2, 3, 0], layer=0), whole, rtol=1e-12)


def test_a_word_without_a_tag_has_no_loss():
    flow = gradient_flow(tagger_of(), WORDS, [0, NO_TAG, 1, 1, 1])
    assert not flow[1].any() and flow[2, 1] > 0


def test_a_chain_over_the_tags_does_not_change_it():
    """The loss is that of each word by itself."""
    plain, chained = tagger_of(), tagger_of(decoder="crf")
    chained.load_state_dict(plain.state_dict(), strict=False)
    np.testing.assert_array_equal(
        gradient_flow(chained, WORDS, [0] * 5), gradient_flow(plain, WORDS, [0] * 5)
    )


def test_a_tagger_that_spells_too():
    letters = Vocabulary(tuple("abdehkot"))
    tagger = CharWordTagger(
        Vocabulary(WORDS), letters, TAGS, Sizes(3, 4, char_embedding_size=2, char_hidden_size=3)
    )
    tagger = tagger.double().eval()
    theirs = by_double_loop(tagger, WORDS, [0] * 5, 0, 0)
    np.testing.assert_allclose(gradient_flow(tagger, WORDS, [0] * 5), theirs, rtol=1e-9)


def test_nothing_of_the_tagger_is_changed():
    tagger = tagger_of()
    with torch.no_grad():
        gradient_flow(tagger, WORDS, [0] * 5)
    assert all(weight.grad is None and weight.requires_grad for weight in tagger.parameters())


def test_what_is_not_computed_is_said():
    projecting = tagger_of()
    projecting.recurrent = nn.LSTM(3, 4, proj_size=2)
    with pytest.raises(ValueError, match="projects"):
        gradient_flow(projecting, WORDS, [0] * 5)
    for layer, direction in ((1, 0), (-2, 0), (0, 1), (0, -1)):
        with pytest.raises(ValueError, match="no layer"):
            gradient_flow(tagger_of(), WORDS, [0] * 5, layer, direction)
    for words, targets in ((WORDS, [0]), ((), [])):
        with pytest.raises(ValueError, match="do not fit"):
            gradient_flow(tagger_of(), words, targets)


def test_all_words_are_read_at_once():
    """Five times as many words take five times as many operations of torch, not twenty-five times."""
    few, many = (_operations(WORDS * times) for times in (2, 10))
    assert many < 5.5 * few


def _operations(words):
    with _Counting() as counting:
        gradient_flow(tagger_of(), words, [0] * len(words))
    return counting.operations


class _Counting(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.operations = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.operations += 1
        return func(*args, **(kwargs or {}))
