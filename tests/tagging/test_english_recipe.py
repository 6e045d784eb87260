"""The English recipe on a few sentences: it learns, and ships what it measured."""

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from lstm_viz.data import conllu
from lstm_viz.runs.folder import RunFolder
from lstm_viz.tagging import presets

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
    shipped = recipe.RECIPES["english-both"]
    small = msgspec.structs.replace(
        shipped.settings,
        embedding_size=8,
        hidden_size=8,
        char_embedding_size=4,
        char_hidden_size=4,
        epochs=12,
        batch_size=4,
        dropout=0.0,
    )
    monkeypatch.setitem(recipe.RECIPES, "english-both", replace(shipped, settings=small))


@pytest.mark.usefixtures("quick")
def test_it_learns_and_writes_the_accuracy_of_what_it_ships(recipe, treebanks: Path, tmp_path: Path) -> None:
    recipe.make("english-both", treebanks, tmp_path, tmp_path / "run")
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
    assert (preset.settings.home, preset.settings.epochs) == (recipe.HOME, (12,))
    assert RunFolder(tmp_path / "run").status().best_accuracy == 1.0


@pytest.mark.parametrize("name", ["english", "english-both"])
def test_the_recipe_is_that_of_what_is_shipped(recipe, name: str) -> None:
    settings, shipped = recipe.RECIPES[name].settings, presets.load(name).settings
    assert shipped.sizes.hidden_size == settings.hidden_size
    assert shipped.sizes.bidirectional == settings.bidirectional
    assert shipped.title == recipe.RECIPES[name].title.format(settings.hidden_size)
    assert shipped.home == recipe.HOME and shipped.notice == recipe.NOTICE


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
