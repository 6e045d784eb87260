"""The oracles: captum's attributions, torch's own cells under autograd, and reading the shorter sentence."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import torch
from captum.attr import InputXGradient, IntegratedGradients, LayerIntegratedGradients
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lstm_viz.analysis import integrated_gradients as integrated_gradients_module
from lstm_viz.analysis import occlusion
from lstm_viz.analysis.attribution import gradients
from lstm_viz.analysis.integrated_gradients import integrated_gradients, integrations
from lstm_viz.analysis.occlusion import occlusions
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import Target, TargetName
from lstm_viz.analysis.unrolled import Clamp
from lstm_viz.subjects.tagger import readout_of
from lstm_viz.tagging.models import CharWordTagger, Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.tracing.weights import weights_of

WORDS = ("the", "dog", "ate", "that", "book", "and")
TAGS = 4
TARGETS = get_args(TargetName)


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tagger_of(cell="LSTM", *, bias=True, relu=False, double=True, seed=0, spells=False, **sizes):
    torch.manual_seed(seed)
    if spells:
        sizes = {**sizes, "char_embedding_size": 2, "char_hidden_size": 3}
        letters = Vocabulary(tuple("abdehknot"))
        tagger = CharWordTagger(Vocabulary(WORDS), letters, TAGS, Sizes(3, 4, cell=cell, **sizes))
    else:
        tagger = WordTagger(Vocabulary(WORDS), TAGS, Sizes(3, 4, cell=cell, **sizes))
    net = tagger.recurrent
    options = {"nonlinearity": "relu"} if relu else {}
    tagger.recurrent = type(net)(
        net.input_size, 4, net.num_layers, bias=bias, bidirectional=net.bidirectional, **options
    )
    for weight in tagger.parameters():
        nn.init.normal_(weight, std=0.6)
    return (tagger.double() if double else tagger).eval()


def score_of(tagger, words=WORDS, step=2, tag=1, *, target="log_softmax", state=False, interventions=None):
    with torch.no_grad():
        x = tagger.inputs(words)
    started = start_of(tagger.recurrent, x.dtype) if state else None
    other = (tag + 1) % TAGS if target == "margin" else None
    return TagScore(
        tagger.recurrent,
        readout_of(tagger),
        x,
        step,
        Target(target, tag, other),
        started,
        interventions or {},
    )


def tagger_in(score):
    """Return the tagger whose readout it is."""
    return score.readout.logits.__self__


def start_of(net, dtype):
    torch.manual_seed(5)
    h, c = torch.randn(2, net.num_layers * (1 + net.bidirectional), 1, net.hidden_size, dtype=dtype)
    return (h, c) if net.mode == "LSTM" else h


def torchs_logits(score, x):
    """Return the logits (B, T, K) that torch's own module gives for x (B, T, I)."""
    net, batch = score.net, len(x)
    state = score.state
    if state is not None:
        parts = state if isinstance(state, tuple) else (state,)
        parts = [part.expand(-1, batch, -1).contiguous() for part in parts]
        state = tuple(parts) if len(parts) == 2 else parts[0]
    return score.readout.linear(net(x.transpose(0, 1), state)[0]).transpose(0, 1)


def explained(score, logits):
    """Return the number that is explained (...), by its definition, for logits (..., K)."""
    target = score.target
    if target.name == "log_softmax":
        return logits.log_softmax(-1)[..., target.tag]
    if target.name == "probability":
        return logits.softmax(-1)[..., target.tag]
    rest = logits[..., target.margin_to] if target.name == "margin" else 0.0
    return logits[..., target.tag] - rest


def torchs_scores(score, x):
    """Return the score of each copy (B,) by torch's own module for x (B, T, I)."""
    return explained(score, torchs_logits(score, x)[:, score.step])


nets = st.fixed_dictionaries(
    {
        "cell": st.sampled_from(["LSTM", "GRU", "RNN"]),
        "num_layers": st.integers(1, 2),
        "bidirectional": st.booleans(),
        "bias": st.booleans(),
        "spells": st.booleans(),
        "decoder": st.sampled_from(["argmax", "crf"]),
        "seed": st.integers(0, 1000),
    }
)
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)


@st.composite
def scores(draw):
    tagger, words = tagger_of(**draw(nets)), draw(sentences)
    step, tag = draw(st.integers(0, len(words) - 1)), draw(st.integers(0, TAGS - 1))
    target = draw(st.sampled_from(TARGETS))
    return score_of(tagger, words, step, tag, target=target, state=draw(st.booleans()))


# ---------------------------------------------------------------- captum


@settings(deadline=None, max_examples=30)
@given(scores())
def test_gradient_times_input_is_captums(score):
    x = score.x.transpose(0, 1).clone().requires_grad_()
    theirs = InputXGradient(lambda x: torchs_scores(score, x)).attribute(x)
    ours = gradients(score)
    np.testing.assert_allclose(ours.gradient_input, theirs.detach()[0].sum(-1), atol=1e-12)
    expected = torchs_scores(score, x)[0]
    assert ours.score == pytest.approx(float(expected.detach()), abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(scores())
def test_integrated_gradients_are_captums(score):
    x = score.x.transpose(0, 1).clone().requires_grad_()
    method = IntegratedGradients(lambda x: torchs_scores(score, x), multiply_by_inputs=True)
    theirs, delta = method.attribute(x, n_steps=20, method="gausslegendre", return_convergence_delta=True)
    ours = integrated_gradients(score, panels=1, points=20, most=0)
    np.testing.assert_allclose(ours.values, theirs.detach()[0].sum(-1), atol=1e-7)
    assert ours.copies == 22 and ours.error == pytest.approx(abs(float(delta)), abs=1e-7)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("target", TARGETS)
def test_they_are_captums_of_the_embedding_layer(cell, bidirectional, target):
    """From the tagger's own indices: the layer is the embedding, and the baseline its zero row."""
    tagger = tagger_of(cell, bidirectional=bidirectional)
    with torch.no_grad():
        tagger.word_embedding.weight[-1] = 0  # the unknown word
    score = score_of(tagger, target=target)

    def forward(indices):
        output = tagger.recurrent(tagger.word_embedding(indices).transpose(0, 1))[0]
        return explained(score, tagger.hidden_to_tag(output)[score.step])

    indices = torch.tensor([tagger.words.indices(WORDS)])
    theirs = LayerIntegratedGradients(forward, tagger.word_embedding).attribute(
        indices,
        baselines=torch.full_like(indices, tagger.words.unknown),
        n_steps=30,
        method="gausslegendre",
    )
    ours = integrated_gradients(score, panels=1, points=30, most=0)
    np.testing.assert_allclose(ours.values, theirs.detach()[0].sum(-1), atol=1e-7)


# ---------------------------------------------------------------- completeness


@settings(deadline=None, max_examples=30)
@given(scores())
def test_the_words_add_up_to_the_score_less_the_baseline(score):
    ours = integrated_gradients(score, tolerance=1e-7)
    with torch.no_grad():
        ends = torchs_scores(score, torch.stack([score.x[:, 0], 0 * score.x[:, 0]]))
    np.testing.assert_allclose([ours.score, ours.baseline], ends, atol=1e-12)
    assert ours.error == pytest.approx(abs(ours.values.sum() - (ours.score - ours.baseline)), abs=1e-12)
    assert ours.error <= 1e-6 * max(1.0, abs(ours.score - ours.baseline))


def test_more_points_leave_less_of_an_error():
    score = score_of(tagger_of("LSTM", num_layers=2, bidirectional=True, seed=3))
    errors = [integrated_gradients(score, panels=1, points=n, most=0).error for n in (2, 5, 20)]
    assert errors[0] > 10 * errors[1] > 100 * errors[2]


def test_a_score_that_rises_at_once_is_met_by_halving_where_it_does():
    tagger = tagger_of("LSTM", seed=4)
    with torch.no_grad():
        tagger.word_embedding.weight *= 300
    score = score_of(tagger, step=5)
    rounds = [one for one in integrations(score) if one is not None]
    last = rounds[-1]
    assert rounds[0].error > 0.01 and last.error < 1e-3 and last.copies < 1000
    exact = integrated_gradients(score, panels=300, points=20, most=0)
    np.testing.assert_allclose(last.values, exact.values, atol=2e-2)


def test_in_batches_they_are_the_same(monkeypatch):
    score = score_of(tagger_of(num_layers=2, bidirectional=True))
    integrated, left_out = integrated_gradients(score), occlusion.occlusion(score)
    monkeypatch.setattr(integrated_gradients_module, "_MOST_NUMBERS", 400)
    monkeypatch.setattr(occlusion, "_MOST_NUMBERS", 200)
    np.testing.assert_allclose(integrated_gradients(score).values, integrated.values, rtol=1e-12)
    parts = list(occlusions(score))
    assert len(parts) == 3 and np.isnan(parts[0].decreases).sum() == 4
    assert sum(one is None for one in integrations(score)) == 2
    np.testing.assert_allclose(parts[-1].decreases, left_out.decreases, rtol=1e-12)
    np.testing.assert_array_equal(parts[-1].tags, left_out.tags)


# ---------------------------------------------------------------- flows


def torchs_states(score, layer, direction):
    """Return h, c (LSTM) and gates of every step, stepped through by torch's own cells, and the score."""
    net, xs = score.net, list(score.x.clone().requires_grad_().unbind(0))
    kept = None
    for at in range(net.num_layers):
        outputs = []
        for way in range(1 + net.bidirectional):
            w = weights_of(net, at, way)
            row = at * (1 + net.bidirectional) + way
            parts = score.state if isinstance(score.state, tuple) else (score.state,)
            state = [p[row] for p in parts]
            found = {}
            for k in reversed(range(len(xs))) if way else range(len(xs)):
                arguments = (w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh)
                if net.mode == "LSTM":
                    sums = nn.functional.linear(xs[k], *arguments[::2]) + nn.functional.linear(
                        state[0], *arguments[1::2]
                    )
                    gate = sums.chunk(4, -1)[1].sigmoid()
                    state = torch.lstm_cell(xs[k], state, *arguments)
                elif net.mode == "GRU":
                    gate = (
                        nn.functional.linear(xs[k], *arguments[::2]).chunk(3, -1)[1]
                        + nn.functional.linear(state[0], *arguments[1::2]).chunk(3, -1)[1]
                    ).sigmoid()
                    state = (torch.gru_cell(xs[k], state[0], *arguments),)
                else:
                    gate, state = None, (torch.rnn_tanh_cell(xs[k], state[0], *arguments),)
                found[k] = (*state, gate)
            if (at, way) == (layer, direction):
                kept = found
            outputs.append([found[k][0] for k in range(len(xs))])
        xs = [torch.cat(parts, -1) for parts in zip(*outputs, strict=True)]
    return kept, explained(score, score.readout.linear(torch.stack(xs))[score.step, 0])


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize(("step", "target"), [(0, "margin"), (2, "logit"), (2, "margin"), (5, "log_softmax")])
def test_flows_are_those_of_torchs_own_cells(cell, bidirectional, layer, step, target):
    tagger = tagger_of(cell, num_layers=2, bidirectional=bidirectional)
    score = score_of(tagger, step=step, target=target, state=True)
    for direction in range(1 + bidirectional):
        kept, value = torchs_states(score, layer, direction)
        ours = gradients(score, layer, direction)
        flows = {"h": ours.h_flow, "c": ours.c_flow} if cell == "LSTM" else {"h": ours.h_flow}
        for place, flow in enumerate(flows.values()):
            nodes = [kept[k][place] for k in range(6)]
            by_node = torch.autograd.grad(value, nodes, retain_graph=True, materialize_grads=True)
            np.testing.assert_allclose(flow, [float(g.norm()) for g in by_node], rtol=1e-9, atol=1e-15)
        if cell == "RNN":
            assert ours.c_flow is None and ours.direct is None
            continue
        carrier = kept[step][1 if cell == "LSTM" else 0]
        (at_step,) = torch.autograd.grad(value, carrier, retain_graph=True, materialize_grads=True)
        for k in range(6):
            between = range(step + 1, 0)
            if k <= step and not direction:
                between = range(k + 1, step + 1)
            elif k >= step and direction:
                between = range(step, k)
            elif k != step:
                assert ours.direct[k] == 0
                continue
            product = at_step.detach().clone()
            for j in between:
                product *= kept[j][-1].detach()
            assert ours.direct[k] == pytest.approx(float(product.norm()), rel=1e-9)


def test_a_net_that_reads_forward_owes_nothing_to_later_words():
    score = score_of(tagger_of("GRU", num_layers=2), step=2)
    ours = gradients(score)
    for values in (ours.gradient_input, ours.h_flow, ours.direct, integrated_gradients(score).values):
        assert len(values) == 6 and not values[3:].any() and values[:3].all()
    left_out = occlusion.occlusion(score)
    assert not left_out.decreases[3:].any() and np.isnan(left_out.decreases[2])


# ---------------------------------------------------------------- leaving a word out


@settings(deadline=None, max_examples=30)
@given(scores())
def test_leaving_a_word_out_is_reading_the_shorter_sentence(score):
    ours, words = occlusion.occlusion(score), len(score.x)
    with torch.no_grad():
        whole = torchs_scores(score, score.x.transpose(0, 1))[0]
        for k in range(words):
            if k == score.step:
                assert np.isnan(ours.decreases[k]) and ours.tags[k] == occlusion.NO_TAG
                continue
            rest = torch.cat([score.x[:k], score.x[k + 1 :]])
            found, step = torchs_logits(score, rest.transpose(0, 1)), score.step - (k < score.step)
            tags = tagger_in(score).decode(found.log_softmax(-1).transpose(0, 1), torch.tensor([words - 1]))
            assert ours.decreases[k] == pytest.approx(
                float(whole - explained(score, found[0, step])), abs=1e-12
            )
            assert ours.tags[k] == tags[step, 0]


def test_the_characters_of_the_others_are_not_read_again():
    score = score_of(tagger_of(spells=True), step=3)
    with torch.no_grad():
        shorter = tagger_in(score).inputs(("the", "ate", "that", "book", "and"))
    np.testing.assert_allclose(torch.cat([score.x[:1], score.x[2:]]), shorter, atol=1e-12)
    ours = occlusion.occlusion(score)
    with torch.no_grad():
        found = explained(score, torchs_logits(score, shorter.transpose(0, 1))[0, 2])
    assert ours.decreases[1] == pytest.approx(gradients(score).score - float(found), abs=1e-12)


# ---------------------------------------------------------------- held by hand


def hand(place, name, where, value, words=6, units=4):
    mask = torch.zeros(words, 1, units, dtype=torch.bool)
    mask[where] = True
    return {place: {name: Clamp(mask, torch.full((words, 1, units), value, dtype=torch.float64))}}


def by_difference(score, word, size=1e-6):
    """Return x · ∂ score / ∂ x of a word by the score's own slope, in the same hands."""
    with torch.no_grad():
        moved = [score.x.clone() for _ in range(2)]
        for x, sign in zip(moved, (1, -1), strict=True):
            x[word] *= 1 + sign * size
        up, down = (float(score.at(score.read(x))) for x in moved)
    return (up - down) / (2 * size)


@pytest.mark.parametrize(
    ("cell", "name"), [("LSTM", "f"), ("LSTM", "c"), ("LSTM", "h"), ("GRU", "z"), ("GRU", "h")]
)
def test_clamped_values_are_clamped_in_all_methods(cell, name):
    tagger = tagger_of(cell, bidirectional=True)
    free = score_of(tagger, step=4)
    clamped = replace(free, interventions=hand((0, 0), name, (2, 0), 0.3))
    ours = gradients(clamped)
    assert ours.score != pytest.approx(gradients(free).score)
    expected = [by_difference(clamped, k) for k in range(6)]
    np.testing.assert_allclose(ours.gradient_input, expected, atol=1e-7)
    integrated = integrated_gradients(clamped, tolerance=1e-8)
    assert integrated.error < 1e-8 and integrated.score == pytest.approx(ours.score)


@pytest.mark.parametrize(("cell", "name"), [("LSTM", "c"), ("GRU", "h")])
def test_a_clamped_state_cuts_the_direct_path(cell, name):
    clamped = score_of(tagger_of(cell), step=4, interventions=hand((0, 0), name, (2, 0), 0.3))
    assert not gradients(clamped).direct[:2].any() and gradients(clamped).direct[2:5].all()
    one = replace(clamped, interventions=hand((0, 0), name, (2, 0, 1), 0.3))
    assert gradients(one).direct[:5].all()


def test_without_a_word_its_hand_is_gone_and_the_others_stay():
    tagger = tagger_of(bidirectional=True)
    interventions = hand((0, 1), "h", (3, 0), -0.5)
    score = score_of(tagger, step=4, interventions=interventions)
    ours = occlusion.occlusion(score)
    for k in (0, 3, 5):
        rest = torch.cat([score.x[:k], score.x[k + 1 :]])
        shorter = hand((0, 1), "h", (3 - (k < 3), 0), -0.5, words=5) if k != 3 else {}
        plain = TagScore(score.net, score.readout, rest, 4 - (k < 4), score.target, interventions=shorter)
        assert ours.decreases[k] == pytest.approx(gradients(score).score - gradients(plain).score, abs=1e-12)


def test_a_hand_on_every_word_stays_on_every_word():
    everywhere = {(0, 0): {"h": Clamp(torch.ones(1, 1, 4, dtype=torch.bool), torch.zeros(1, 1, 4).double())}}
    ours = occlusion.occlusion(score_of(tagger_of(), step=4, interventions=everywhere))
    np.testing.assert_array_equal(np.delete(ours.decreases, 4), 0)


# ---------------------------------------------------------------- edges


@pytest.mark.parametrize("decoder", ["argmax", "crf"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_what_is_no_number_stays_none(decoder, bidirectional):
    tagger = tagger_of(decoder=decoder, bidirectional=bidirectional)
    with torch.no_grad():
        tagger.recurrent.weight_hh_l0[5, 1] = torch.nan
    score = score_of(tagger)
    ours, integrated, left_out = gradients(score), integrated_gradients(score), occlusion.occlusion(score)
    assert np.isnan(ours.score) and np.isnan(ours.gradient_input[:3]).any()
    assert np.isnan(integrated.values[:3]).all() and np.isnan(integrated.error)
    assert np.isnan(left_out.decreases).all() and (left_out.tags == occlusion.NO_TAG).all()


def test_a_broken_chain_gives_no_tag_but_the_score():
    tagger = tagger_of(decoder="crf")
    with torch.no_grad():
        tagger.chain.transitions[0, 1] = torch.nan
    ours = occlusion.occlusion(score_of(tagger))
    assert (ours.tags == occlusion.NO_TAG).all() and np.isfinite(np.delete(ours.decreases, 2)).all()


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
def test_a_sentence_of_one_word(cell):
    score = score_of(tagger_of(cell, num_layers=2, bidirectional=True), ("dog",), step=0)
    ours, integrated, left_out = gradients(score), integrated_gradients(score), occlusion.occlusion(score)
    assert ours.gradient_input.shape == ours.h_flow.shape == integrated.values.shape == (1,)
    assert integrated.values[0] == pytest.approx(integrated.score - integrated.baseline, abs=1e-4)
    assert np.isnan(left_out.decreases).all() and left_out.tags.tolist() == [occlusion.NO_TAG]


def test_the_precision_is_that_of_the_weights():
    for double, dtype in ((True, np.float64), (False, np.float32)):
        score = score_of(tagger_of(double=double, bidirectional=True))
        ours = gradients(score)
        found = (ours.gradient_input, ours.h_flow, ours.c_flow, ours.direct)
        found += (integrated_gradients(score).values, occlusion.occlusion(score).decreases)
        assert {values.dtype for values in found} == {np.dtype(dtype)}


def test_nothing_of_the_tagger_is_changed_even_without_gradients():
    score = score_of(tagger_of(spells=True))
    with torch.no_grad():
        first = gradients(score), integrated_gradients(score), occlusion.occlusion(score)
    assert all(weight.grad is None and weight.requires_grad for weight in tagger_in(score).parameters())
    assert not score.x.requires_grad and np.isfinite(first[1].values).all()


def test_a_rectified_net_is_attributed_too():
    """Its score has corners, which no quadrature meets exactly; that is what the error is for."""
    tagger = tagger_of("RNN", relu=True, seed=2)
    with torch.no_grad():
        tagger.word_embedding.weight *= 3
    score = score_of(tagger, step=5)
    errors = [integrated_gradients(score, most=most).error for most in (0, 2000)]
    assert 10 * errors[1] < errors[0] and errors[1] < 3e-4 and gradients(score).c_flow is None


def test_what_is_no_place_is_refused():
    tagger = tagger_of()
    for step in (-1, 6):
        with pytest.raises(ValueError, match="no word"):
            score_of(tagger, step=step)
    for tag in (-1, TAGS):
        with pytest.raises(ValueError, match="no tag"):
            score_of(tagger, tag=tag)
    for layer, direction in ((1, 0), (-2, 0), (0, 1), (0, -1)):
        with pytest.raises(ValueError, match="no layer"):
            gradients(score_of(tagger), layer, direction)
