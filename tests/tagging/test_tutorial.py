"""The numbers that the PyTorch tutorial prints, to all four decimals."""

import json
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor, nn

from lstm_viz.tagging import presets
from lstm_viz.tagging.models import WordTagger

HOME = ["The", "dog", "ate", "the", "apple"]
BEFORE = ["Everybody", "read", "that", "book"]


@pytest.fixture(scope="module")
def printed(data: Path) -> dict[str, dict[str, list]]:
    return json.loads((data / "tutorial.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def recipe(example) -> ModuleType:
    return example("tutorial_presets")


@pytest.fixture(scope="module")
def trained(recipe: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the recipe has just trained all three taggers."""
    folder = tmp_path_factory.mktemp("presets")
    recipe.main(folder)
    return folder


@pytest.fixture(params=["shipped", "trained anew"])
def folder(request: pytest.FixtureRequest) -> Path | None:
    return None if request.param == "shipped" else request.getfixturevalue("trained")


def agree(found: Tensor, printed: list) -> None:
    """Four decimals are printed: half a unit of the last one, and what float32 cannot tell apart."""
    torch.testing.assert_close(found.detach().squeeze(), torch.tensor(printed), atol=5e-5 + 1e-7, rtol=0)


def scores(tagger: WordTagger, words: list[str], state=None) -> Tensor:
    return tagger.scores(tagger.recurrent(tagger.inputs(words), state)[0])[:, 0]


def test_one_step_by_hand(printed) -> None:
    torch.manual_seed(0)
    lstm, x = nn.LSTM(3, 2), torch.randn(1, 1, 3)
    _, (h, c) = lstm(x, (torch.randn(1, 1, 2), torch.randn(1, 1, 2)))
    agree(x, printed["single_step"]["x"])
    agree(h, printed["single_step"]["h1"])
    agree(c, printed["single_step"]["c1"])


def test_five_steps_one_at_a_time_and_all_at_once(printed) -> None:
    torch.manual_seed(0)
    lstm, x = nn.LSTM(3, 2), torch.randn(5, 1, 3)
    state = start = torch.randn(1, 1, 2), torch.randn(1, 1, 2)
    hs, cs = [], []
    for step in x:
        _, state = lstm(step[None], state)
        hs.append(state[0])
        cs.append(state[1])
    agree(torch.cat(hs), printed["five_steps"]["h"])
    agree(torch.cat(cs), printed["five_steps"]["c"])
    output, (_, c) = lstm(x, start)
    agree(output, printed["five_steps"]["h"])
    agree(c, printed["five_steps"]["c"][-1])


def test_stepping_and_then_all_at_once(printed) -> None:
    torch.manual_seed(1)
    lstm = nn.LSTM(3, 3)
    inputs = [torch.randn(1, 3) for _ in range(5)]
    state = torch.randn(1, 1, 3), torch.randn(1, 1, 3)
    for x in inputs:
        output, state = lstm(x.view(1, 1, -1), state)
    agree(output, printed["tutorial_stepping"]["out_last"])
    agree(state[1], printed["tutorial_stepping"]["c_last"])
    state = torch.randn(1, 1, 3), torch.randn(1, 1, 3)
    output, (_, c) = lstm(torch.cat(inputs).view(5, 1, -1), state)
    agree(output, printed["tutorial_all_at_once"]["out"])
    agree(c, printed["tutorial_all_at_once"]["c_last"])


def test_the_tagger_before_training(printed, folder) -> None:
    tagger = presets.load("tutorial", 0, folder).tagger
    agree(scores(tagger, HOME), printed["tutorial_tagger"]["before"])


def test_the_tagger_after_training(printed, folder) -> None:
    tagger = presets.load("tutorial", 300, folder).tagger
    agree(scores(tagger, HOME), printed["tutorial_tagger"]["after"])


def test_the_tagger_that_carries_its_state_on(printed, folder) -> None:
    preset = presets.load("tutorial", 300, folder)
    agree(scores(preset.tagger, HOME, preset.state), printed["tutorial_tagger_stateful"]["after"])
    _, state = preset.tagger.recurrent(preset.tagger.inputs(BEFORE))
    read_again = scores(preset.tagger, HOME, state)
    expected = torch.tensor(printed["tutorial_tagger_stateful"]["after"])
    assert 1e-4 < (read_again - expected).abs().max() < 1e-3  # one update of the weights lies between


def test_before_training_the_state_is_zero(folder) -> None:
    h, c = presets.load("tutorial", 0, folder).state
    assert not h.any()
    assert not c.any()


@pytest.mark.parametrize("name", ["tutorial", "tutorial-gru", "tutorial-rnn"])
def test_every_cell_has_learnt_both_sentences(folder, name: str) -> None:
    preset = presets.load(name, folder=folder)
    tags = preset.settings.tags
    for words, expected in ((HOME, "DET NN V DET NN"), (BEFORE, "NN V DET NN")):
        best = scores(preset.tagger, words).exp().max(-1)
        assert " ".join(tags[place] for place in best.indices) == expected
        assert best.values.min() > 0.9
        assert all(word in preset.tagger.words for word in words)


def test_a_word_it_does_not_know_leaves_the_others_alone() -> None:
    tagger = presets.load("tutorial").tagger
    assert "cat" not in tagger.words
    assert not tagger.inputs(["cat"]).any()
    found = scores(tagger, ["The", "cat", "ate"])
    # one row and three are summed in another order on some processors
    torch.testing.assert_close(found[0], scores(tagger, ["The"])[0], atol=1e-6, rtol=0)
    assert found.isfinite().all()


@pytest.mark.parametrize("name", ["tutorial", "tutorial-gru", "tutorial-rnn"])
def test_the_recipe_writes_what_is_shipped(trained: Path, name: str) -> None:
    for epoch in (0, 10, 300):
        shipped, anew = presets.load(name, epoch), presets.load(name, epoch, trained)
        assert shipped.settings == anew.settings
        for ours, theirs in zip(shipped.tagger.parameters(), anew.tagger.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)
