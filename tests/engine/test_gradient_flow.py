import numpy as np
import pytest
import torch

from lstm_viz.analysis.gradient_flow import gradient_flow
from lstm_viz.engine import run_queries as module
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.runs import RunModels
from lstm_viz.messages import GradientFlowQuery
from lstm_viz.subjects.tagger import readout_of
from lstm_viz.training.checkpoints import load
from lstm_viz.uris import of_run

SENTENCE = "The dog ate the apple"


@pytest.fixture
def desk():
    return RunQueries(RunModels())


def flow_of(tagger, words, targets, layer=-1, direction=0):
    with torch.no_grad():
        x = tagger.inputs(words)
    readout = readout_of(tagger)
    return gradient_flow(tagger.recurrent, readout, x, targets, layer=layer, direction=direction)


def test_the_loss_is_that_of_the_true_tags(desk, tutorial_run):
    answer = desk.gradient_flow(GradientFlowQuery(of_run(tutorial_run), 4, SENTENCE))
    assert (answer.epoch, answer.is_gold) == (4, True)
    assert answer.targets == ("DET", "NN", "V", "DET", "NN")
    expected = flow_of(load(tutorial_run, 4).tagger, SENTENCE.split(), [0, 1, 2, 0, 1])
    np.testing.assert_array_equal(answer.norms, expected)


def test_without_true_tags_it_is_that_of_what_the_newest_checkpoint_says(desk, tutorial_run):
    early, late = (
        desk.gradient_flow(GradientFlowQuery(of_run(tutorial_run), epoch, "that zebra read"))
        for epoch in (0, 6)
    )
    assert not early.is_gold and early.targets == late.targets
    assert not np.array_equal(early.norms, late.norms)


def test_layer_and_direction(desk, treebank_run):
    words, targets = ["They", "read", "that", "book"], ["PRON", "VERB", "DET", "NOUN"]
    preset = load(treebank_run, 2)
    places = [preset.settings.tags.index(tag) for tag in targets]
    for layer, direction in ((0, 0), (0, 1), (1, 1)):
        answer = desk.gradient_flow(
            GradientFlowQuery(of_run(treebank_run), 2, " ".join(words), layer, direction)
        )
        np.testing.assert_array_equal(answer.norms, flow_of(preset.tagger, words, places, layer, direction))
    beyond = desk.gradient_flow(GradientFlowQuery(of_run(treebank_run), 2, " ".join(words), 7, 7))
    np.testing.assert_array_equal(beyond.norms, answer.norms)


def test_a_true_tag_that_the_net_does_not_know_has_no_loss(desk, treebank_run):
    answer = desk.gradient_flow(GradientFlowQuery(of_run(treebank_run), 3, "Wow that dog"))
    assert answer.targets[0] == "INTJ"
    assert not answer.norms[0].any() and answer.norms[1:].all()


def test_no_words_have_no_flow(desk, tutorial_run):
    assert desk.gradient_flow(GradientFlowQuery(of_run(tutorial_run), 6, " ")).norms.shape == (0, 0)


def test_a_large_net_takes_a_shorter_sentence(desk, tutorial_run, monkeypatch):
    monkeypatch.setattr(module, "MOST_STATES", 6 * 3)
    answer = desk.gradient_flow(GradientFlowQuery(of_run(tutorial_run), 6, SENTENCE))
    assert answer.words == ("The", "dog", "ate") and answer.norms.shape == (3, 3)
