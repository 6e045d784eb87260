"""The English recipe on a few sentences: it learns, and ships what it measured."""

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

from lstm_viz.tagging import conllu, presets
from lstm_viz.tagging.models import NO_TAG, Sizes
from lstm_viz.tagging.vocabulary import Vocabulary

ROW = "{}\t{}\t_\t{}\t_\t_\t_\t_\t_\t_\n"
SENTENCES = (
    "the/DET dog/NOUN sleeps/VERB",
    "a/DET cat/NOUN",
    "dogs/NOUN eat/VERB the/DET red/ADJ apples/NOUN",
    "stop/VERB",
)


@pytest.fixture(scope="module")
def recipe(example) -> ModuleType:
    return example("english")


@pytest.fixture(scope="module")
def treebanks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("treebanks")
    text = ""
    for sentence in SENTENCES * 20:
        for place, pair in enumerate(sentence.split(), 1):
            text += ROW.format(place, *pair.split("/"))
        text += "\n"
    for part in ("train", "dev"):
        (folder / f"en_ewt-ud-{part}.conllu").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def quick(recipe: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = Sizes(8, 8, bidirectional=True, char_embedding_size=4, char_hidden_size=4)
    small = replace(recipe.RECIPES["english-both"], sizes=sizes, epochs=12, batch_size=4, dropout=0.0)
    monkeypatch.setitem(recipe.RECIPES, "english-both", small)


@pytest.mark.usefixtures("quick")
def test_it_learns_and_writes_the_accuracy_of_what_it_ships(recipe, treebanks: Path, tmp_path: Path) -> None:
    recipe.make("english-both", treebanks, tmp_path)
    preset = presets.load("english-both", folder=tmp_path)
    dev = conllu.read(treebanks / "en_ewt-ud-dev.conllu").sentences
    right = [
        tuple(preset.settings.tags[k] for k in preset.tagger(preset.tagger.batch([s.words]))[:, 0].argmax(-1))
        == s.tags
        for s in dev
    ]
    assert all(right)
    assert preset.settings.dev_accuracy == 1.0
    assert "100.0%" in preset.settings.about
    assert "2 × 8 units" in preset.settings.title
    assert preset.settings.notice == recipe.NOTICE


def test_batches_hold_every_word_once_beside_its_tag(recipe, treebanks: Path) -> None:
    sentences = conllu.read(treebanks / "en_ewt-ud-train.conllu").sentences
    settings = recipe.settings(recipe.RECIPES["english"], sentences)
    tags, tagger = Vocabulary(settings.tags), settings.tagger()
    seen = []
    for batch, targets in recipe.batches(tagger, tags, sentences, 16):
        assert batch.words.shape == targets.shape
        assert torch.equal(batch.mask, targets != NO_TAG)
        seen += list(zip(batch.words[batch.mask].tolist(), targets[batch.mask].tolist(), strict=True))
    pairs = [
        pair
        for s in sentences
        for pair in zip(tagger.words.indices(s.words), tags.indices(s.tags), strict=True)
    ]
    assert sorted(seen) == sorted(pairs)


def test_rare_words_are_dropped_more_often_and_the_unknown_never(recipe, treebanks: Path) -> None:
    sentences = conllu.read(treebanks / "en_ewt-ud-train.conllu").sentences
    words = Vocabulary(("the", "dog"))
    assert recipe.drop_rates(words, sentences, 10.0).tolist() == pytest.approx([10 / 50, 10 / 30, 0.0])


@pytest.mark.parametrize("options", [["--only", "klingon"], ["--data", "nowhere"]])
def test_the_command_line_refuses_what_is_not_there(recipe, options, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["english.py", *options])
    with pytest.raises(SystemExit, match="2"):
        recipe.main()
    assert options[1] in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_the_command_line_makes_the_preset_that_it_is_asked_for(
    recipe, treebanks: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    options = ["--data", str(treebanks), "--out", str(tmp_path), "--only", "english-both"]
    monkeypatch.setattr(sys, "argv", ["english.py", *options])
    recipe.main()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "english-both.json",
        "english-both.safetensors",
    ]
    assert capsys.readouterr().out.count("english-both epoch") == 12
