"""Margin, logit and log-softmax: what they are, and what float32 can tell of them, against float64."""

from copy import copy, deepcopy
from typing import get_args

import numpy as np
import pytest
import torch
from torch import nn

from lstm_viz.analysis.ablation import ablations
from lstm_viz.analysis.attribution import gradients
from lstm_viz.analysis.integrated_gradients import integrated_gradients
from lstm_viz.analysis.occlusion import occlusion
from lstm_viz.analysis.tag_score import TagScore
from lstm_viz.analysis.target import Target, TargetName, possible, target_at
from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.tagger import readout_of
from lstm_viz.tagging import presets

TARGETS = get_args(TargetName)
TEXT = ["The", "dog", "ate", "the", "apple", ",", "and", "she", "read", "it", "."]


def tagger_of(name="tutorial", *, head=1.0, recurrent=1.0):
    """Return a trained tagger with its weights scaled: a large head is as certain as can be."""
    tagger = presets.load(name).tagger
    with torch.no_grad():
        for module, factor in ((tagger.hidden_to_tag, head), (tagger.recurrent, recurrent)):
            for weight in module.parameters():
                weight.mul_(factor)
    return tagger


@torch.no_grad()
def score_of(tagger, target, step, words=TEXT):
    x = tagger.inputs(words)
    logits = tagger.logits(tagger.recurrent(x)[0][step, 0])
    return TagScore(
        tagger.recurrent, readout_of(tagger), x, step, target_at(target, int(logits.argmax()), logits)
    )


def linear(head):
    """Return a readout of a linear layer."""
    return Readout("classes", tuple(map(str, range(head.out_features))), head, head)


def exactly(score):
    """Return the same score in float64, of the same float32 weights and inputs."""
    tagger = copy(score.readout.logits.__self__)
    tagger._modules = {name: deepcopy(module).double() for name, module in tagger._modules.items()}
    return TagScore(tagger.recurrent, readout_of(tagger), score.x.double(), score.step, score.target)


@torch.no_grad()
def resolution(score):
    return score.resolution(score.read(score.x[: score.reach]).output)


def changes(score):
    """Return what every unit and every gate changes, (A,)."""
    found = ablations(score.net, score.readout, score.x, step=score.step, layer=0, direction=0)
    whole, *rest = [score.target.of(scored.logits).double() for scored in found if scored is not None]
    return (torch.cat(rest) - whole).numpy()


# ---------------------------------------------------------------- what they are


def test_they_are_what_their_names_say():
    torch.manual_seed(0)
    logits = 3 * torch.randn(5, 4, dtype=torch.float64)
    torch.testing.assert_close(Target("logit", 2).of(logits), logits[:, 2])
    torch.testing.assert_close(Target("margin", 2, 0).of(logits), logits[:, 2] - logits[:, 0])
    torch.testing.assert_close(Target("log_softmax", 2).of(logits), logits.log_softmax(-1)[:, 2])


def test_a_margin_is_to_the_largest_other_logit():
    logits = torch.tensor([1.0, 4.0, 3.0, -2.0])
    assert target_at("margin", 1, logits) == Target("margin", 1, 2)
    assert target_at("margin", 3, logits) == Target("margin", 3, 1)
    assert float(target_at("margin", 3, logits).of(logits)) == -6
    assert target_at("logit", 1, logits).margin_to is None


def test_of_two_tags_the_margins_are_each_others_negative_and_of_one_there_is_none():
    logits = torch.tensor([1.5, -2.0])
    margins = [float(target_at("margin", tag, logits).of(logits)) for tag in (0, 1)]
    assert margins == [3.5, -3.5]
    assert target_at("margin", 0, torch.tensor([1.5])) == Target("logit", 0)
    assert [possible(name, 1) for name in TARGETS] == ["logit", *TARGETS[1:]]


def test_the_log_softmax_of_a_single_tag_never_moves():
    logits, head = torch.tensor([[1.5], [-3.0]], requires_grad=True), nn.Linear(3, 1)
    values = Target("log_softmax", 0).of(logits)
    values.sum().backward()
    assert values.tolist() == [0, 0] and logits.grad.tolist() == [[0], [0]]
    assert 0 < Target("log_softmax", 0).resolution(linear(head), torch.ones(3)) < 1e-6


@pytest.mark.parametrize("wrong", [("margin", 1, None), ("margin", 1, 1), ("logit", 1, 0)])
def test_what_is_no_target_is_refused(wrong):
    with pytest.raises(ValueError, match="no "):
        Target(*wrong)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_not_a_number_stays_none(target):
    value = target_at(target, 1, torch.ones(3)).of(torch.tensor([0.0, torch.nan, 1.0]))
    assert torch.isnan(value)
    head = nn.Linear(2, 3)
    with torch.no_grad():
        head.weight[1] = torch.nan
    assert np.isnan(target_at(target, 1, torch.ones(3)).resolution(linear(head), torch.ones(2)))


# ---------------------------------------------------------------- what float32 can tell


def test_near_certainty_a_log_softmax_and_its_gradient_keep_their_digits():
    """Torch's own are rounding there: 1 − p is a difference of two numbers near 1."""
    logits = torch.tensor([16.0, 0.0, -1.0], requires_grad=True)
    exact = logits.detach().double().requires_grad_()
    value, wanted = Target("log_softmax", 0).of(logits), exact.log_softmax(-1)[0]
    value.backward()
    wanted.backward()
    torch.testing.assert_close(value.double(), wanted, rtol=1e-6, atol=0)
    torch.testing.assert_close(logits.grad.double(), exact.grad, rtol=1e-6, atol=0)
    torchs = logits.detach().log_softmax(-1)[0].double()
    assert abs(torchs - wanted) > 0.01 * abs(wanted)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("name", "head", "recurrent"),
    [
        ("tutorial", 1, 1),
        ("tutorial-gru", 1, 1),
        ("tutorial-rnn", 30, 3),
        ("english", 1, 1),
        ("english", 100, 1),
        ("english-both", 1, 1),
        ("english-both", 1, 3),
    ],
)
def test_rounding_is_below_the_resolution(name, head, recurrent, target):
    tagger = tagger_of(name, head=head, recurrent=recurrent)
    for step in (1, 4, len(TEXT) - 1):
        score = score_of(tagger, target, step)
        exact, least = exactly(score), resolution(score)
        of_logits = resolution(score_of(tagger, "margin", step))
        pairs = [(of(score), of(exact)) for of in (changes, _falls, _by_words)]
        for found, wanted in pairs:
            large = np.abs(wanted) > least  # a large change of a log-softmax has the rounding of the logits
            assert np.abs(found - wanted)[~large].max(initial=0) < least
            assert np.abs(found - wanted)[large].max(initial=0) < max(least, of_logits)
        assert least < 1e-4 * head


def _falls(score):
    return np.delete(occlusion(score).decreases, score.step)


def _by_words(score):
    return gradients(score).gradient_input


@pytest.mark.parametrize("name", ["tutorial", "english"])
def test_a_certain_tag_has_no_log_softmax_to_rank_but_a_margin(name):
    """A saturated head: float64 says which units matter, and the margin ranks them so in float32."""
    tagger, step = tagger_of(name, head=100.0), 4
    flat, margin = score_of(tagger, "log_softmax", step), score_of(tagger, "margin", step)
    units = tagger.recurrent.hidden_size
    assert np.abs(changes(flat)[:units]).max() < resolution(flat)
    for values in (gradients(flat).gradient_input, gradients(flat).h_flow):
        assert np.abs(values).max() < resolution(flat)

    found, exact = changes(margin)[:units], changes(exactly(margin))[:units]
    assert np.abs(exact).max() > 100 * resolution(margin)
    order = np.argsort(-np.abs(found))
    assert (np.diff(np.abs(exact)[order]) < 2 * resolution(margin)).all()  # those apart stand in their order
    np.testing.assert_array_equal(order[:5], np.argsort(-np.abs(exact))[:5])


@pytest.mark.parametrize("target", TARGETS)
def test_integrated_gradients_of_a_trained_tagger_add_up(target):
    score = score_of(tagger_of("english"), target, len(TEXT) - 1)
    found = integrated_gradients(score)
    assert found.error < 1e-3 and found.score == pytest.approx(gradients(score).score, abs=1e-5)
    assert abs(found.values.sum() - (found.score - found.baseline)) < 2e-3


def test_an_uncertain_tag_has_the_rounding_of_its_logits():
    """Half of the probability: then the log-softmax is as exact as the logits, and no more."""
    head = nn.Linear(4, 2, bias=False)
    with torch.no_grad():
        head.weight.fill_(50.0)
    h = torch.full((4,), 0.5)
    one, other, both = (
        target.resolution(linear(head), h)
        for target in (Target("logit", 0), Target("margin", 0, 1), Target("log_softmax", 0))
    )
    assert one == pytest.approx(4 * 200 * 2.0**-23) and other == pytest.approx(2 * one)
    assert one < both < 1.1 * one


def test_a_margin_to_no_tag_of_the_model_is_refused():
    score = score_of(tagger_of(), "margin", 2)
    with pytest.raises(ValueError, match="no tag 7"):
        TagScore(score.net, score.readout, score.x, 2, Target("margin", 1, 7))


def test_what_is_set_by_hand_is_known_less_well():
    """h beyond 1, as only a hand or a rectifier makes it: its products are larger, so is their rounding."""
    head, target = nn.Linear(3, 2), Target("margin", 0, 1)
    assert target.resolution(linear(head), torch.full((3,), 1e6)) > 1e5 * target.resolution(
        linear(head), torch.ones(3)
    )


def test_float64_tells_more():
    score = score_of(tagger_of(), "margin", 2)
    assert resolution(exactly(score)) < 1e-8 * resolution(score)
