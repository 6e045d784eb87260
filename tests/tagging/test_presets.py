import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from lstm_viz.data import conllu
from lstm_viz.errors import coded
from lstm_viz.resources import resource
from lstm_viz.tagging import presets
from lstm_viz.tagging.models import CharWordTagger, Sizes
from lstm_viz.tagging.presets import PresetError
from lstm_viz.text.tokens import tokenize

NAMES = ("tutorial", "tutorial-gru", "tutorial-rnn", "english", "english-both")
ENGLISH = NAMES[3:]
SETTINGS = presets.PresetSettings(
    title="Small · GRU",
    about="A test.",
    home="a b",
    before=None,
    tags=("X", "Y"),
    epochs=(0, 5),
    sizes=Sizes(2, 3, "GRU"),
    dev_accuracy=None,
    notice=None,
    words=("a", "b"),
    characters=(),
)
#: Sentences whose tags nobody disputes.
CERTAIN = {
    "The old man quickly ate a red apple.": "DET ADJ NOUN ADV VERB DET ADJ NOUN PUNCT",
    "She will park the car near the park.": "PRON AUX VERB DET NOUN ADP DET NOUN PUNCT",
    "She didn't call me yesterday.": "PRON AUX PART VERB PRON NOUN PUNCT",
    "We saw Peter in London with his wife.": "PRON VERB PROPN ADP PROPN ADP PRON NOUN PUNCT",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a copy of the tutorial's preset."""
    for suffix in ("json", "safetensors"):
        shutil.copy(resource("presets", f"tutorial.{suffix}"), tmp_path)
    return tmp_path


def weights(settings: presets.PresetSettings = SETTINGS) -> dict[str, torch.Tensor]:
    return dict(settings.tagger().state_dict())


def test_the_chooser_has_every_preset_in_order() -> None:
    assert presets.names() == NAMES
    titles = [presets.title(name) for name in NAMES]
    assert len(set(titles)) == len(NAMES)
    assert titles[0] == "Tutorial tagger · LSTM · 6 units"
    assert "forward" in titles[3]
    assert "both" in titles[4]


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_reads_its_home_sentence(name: str) -> None:
    preset = presets.load(name)
    assert preset.epoch == preset.settings.epochs[-1]
    assert not preset.tagger.training
    words = [token.text for token in tokenize(preset.settings.home)]
    assert all(word in preset.tagger.words for word in words)
    output, _ = preset.tagger.recurrent(preset.tagger.inputs(words))
    assert preset.tagger.scores(output).shape == (len(words), 1, len(preset.settings.tags))


@pytest.mark.parametrize("name", NAMES[:3])
def test_the_tutorials_presets_hold_every_tenth_epoch(name: str) -> None:
    assert presets.load(name).settings.epochs == tuple(range(0, 301, 10))
    losses = []
    for epoch in (0, 50, 300):
        preset = presets.load(name, epoch)
        assert preset.epoch == epoch
        scores = preset.tagger(preset.tagger.batch([preset.settings.home.split()]))[:, 0]
        losses.append(torch.nn.functional.nll_loss(scores, torch.tensor([0, 1, 2, 0, 1])).item())
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1


def test_loading_leaves_the_random_stream_where_it_was() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    presets.load("english")
    assert torch.equal(torch.rand(3), expected)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    first, last = weights(), weights()
    state = {"state.h": torch.rand(1, 1, 3)}
    presets.save("small", SETTINGS, [{**first, **state}, {**last, **state}], tmp_path)
    preset = presets.load("small", folder=tmp_path)
    assert preset.settings == SETTINGS
    assert torch.equal(preset.state, state["state.h"])
    for key, tensor in preset.tagger.state_dict().items():
        assert torch.equal(tensor, last[key])
    for key, tensor in presets.load("small", 0, tmp_path).tagger.state_dict().items():
        assert torch.equal(tensor, first[key])
    assert presets.title("small", tmp_path) == "Small · GRU"


def test_an_lstms_state_is_a_pair_and_no_state_is_none(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(SETTINGS, sizes=Sizes(2, 3), epochs=(1,))
    state = {"state.h": torch.rand(1, 1, 3), "state.c": torch.rand(1, 1, 3)}
    presets.save("pair", settings, [{**weights(settings), **state}], tmp_path)
    h, c = presets.load("pair", folder=tmp_path).state
    assert torch.equal(h, state["state.h"])
    assert torch.equal(c, state["state.c"])
    assert presets.load("english").state is None


# ---------------------------------------------------------------- something is wrong


def refused(code: str, match: str, name: str, folder: Path | None, epoch: int | None = None) -> None:
    with pytest.raises(PresetError, match=match) as error:
        presets.load(name, epoch, folder)
    assert error.value.code == code
    assert str(error.value).startswith(f"The preset “{name}” ")


@pytest.mark.parametrize("suffix", ["json", "safetensors"])
def test_a_missing_file(folder: Path, suffix: str) -> None:
    (folder / f"tutorial.{suffix}").unlink()
    refused("preset_unreadable", "No such file", "tutorial", folder)
    refused("preset_unreadable", "No such file", "another", None)


def test_a_missing_epoch() -> None:
    refused("preset_epoch_missing", "has no epoch 7", "tutorial", None, 7)


@pytest.mark.parametrize("suffix", ["json", "safetensors"])
@pytest.mark.parametrize("length", [0, 1, 9, 500])
def test_a_truncated_file(folder: Path, suffix: str, length: int) -> None:
    path = folder / f"tutorial.{suffix}"
    path.write_bytes(path.read_bytes()[:length])
    refused("preset_damaged", "is damaged", "tutorial", folder)


@pytest.mark.parametrize("suffix", ["json", "safetensors"])
def test_a_flipped_bit_is_found_wherever_it_is(folder: Path, suffix: str) -> None:
    path = folder / f"tutorial.{suffix}"
    data = path.read_bytes()
    for place in range(0, len(data), len(data) // 200):
        if not data[place : place + 1].isspace():
            path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
            refused("preset_damaged", "is damaged", "tutorial", folder)


def test_another_layout_of_the_same_settings_is_no_damage(folder: Path) -> None:
    path = folder / "tutorial.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=3).replace("\n", "\r\n"))
    assert presets.load("tutorial", folder=folder).settings == presets.load("tutorial").settings


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"title": 3}', '{"a":' + "[" * 100_000, "\ud800", "null"])
def test_settings_that_are_none(folder: Path, text: str) -> None:
    (folder / "tutorial.json").write_bytes(text.encode(errors="surrogatepass"))
    refused("preset_damaged", "is damaged", "tutorial", folder)
    assert presets.title("tutorial", folder) == "tutorial"


def test_numbers_that_are_not_finite(tmp_path: Path) -> None:
    for number in (float("nan"), float("inf")):
        bad = weights()
        bad["recurrent.weight_hh_l0"][2, 1] = number
        presets.save("bad", SETTINGS, [weights(), bad], tmp_path)
        refused("preset_damaged", r"a number in recurrent\.weight_hh_l0 is not finite", "bad", tmp_path)
        presets.load("bad", 0, tmp_path)


def test_weights_that_do_not_fit(tmp_path: Path) -> None:
    wide = weights(msgspec.structs.replace(SETTINGS, sizes=Sizes(2, 4, "GRU")))
    lacking = {key: tensor for key, tensor in weights().items() if key != "hidden_to_tag.bias"}
    for wrong in (wide, lacking, {**weights(), "more": torch.zeros(1)}):
        presets.save("bad", SETTINGS, [wrong, wrong], tmp_path)
        refused("preset_damaged", "do not fit its settings", "bad", tmp_path)
    presets.save("bad", SETTINGS, [weights()] * 3, tmp_path)
    refused("preset_damaged", "does not hold 2 epochs", "bad", tmp_path)


def test_a_word_twice(tmp_path: Path) -> None:
    twice = msgspec.structs.replace(SETTINGS, words=("a", "a"))
    presets.save("bad", twice, [weights()] * 2, tmp_path)
    refused("preset_damaged", "“a” is in the vocabulary twice", "bad", tmp_path)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"words": []}, "preset_empty"), ({"characters": ["a"]}, "preset_characters_differ")],
)
def test_the_reason_of_a_damage_has_a_code(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    """Also where msgspec raises its own error from it: so that the window can translate it."""
    presets.save("bad", SETTINGS, [weights()] * 2, tmp_path)
    path = tmp_path / "bad.json"
    path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | change))
    with pytest.raises(presets.PresetError) as refusal:
        presets.load("bad", folder=tmp_path)
    assert refusal.value.parameters["reason"] == coded(code)


@pytest.mark.parametrize("change", [{"tags": ()}, {"words": ()}, {"epochs": ()}, {"characters": ("a",)}])
def test_settings_that_contradict_themselves(change) -> None:
    with pytest.raises(ValueError, match=r"it has no tags|no character-level module"):
        msgspec.structs.replace(SETTINGS, **change)


def test_a_character_net_needs_characters() -> None:
    sizes = replace(SETTINGS.sizes, char_embedding_size=2, char_hidden_size=2)
    with pytest.raises(ValueError, match="no character-level module"):
        msgspec.structs.replace(SETTINGS, sizes=sizes)


# ---------------------------------------------------------------- English


@pytest.mark.parametrize(("name", "goal"), [("english", 0.91), ("english-both", 0.935)])
def test_the_english_taggers_are_as_good_as_their_settings_say(data: Path, name: str, goal: float) -> None:
    preset = presets.load(name)
    dev = sorted(
        conllu.read(data / "en_ewt-ud-dev.conllu").sentences, key=lambda sentence: len(sentence.words)
    )
    right = total = 0
    with torch.no_grad():
        for start in range(0, len(dev), 50):
            sentences = dev[start : start + 50]
            batch = preset.tagger.batch([sentence.words for sentence in sentences])
            found = preset.tagger(batch).argmax(-1).T[batch.mask.T].tolist()
            gold = [tag for sentence in sentences for tag in sentence.tags]
            right += sum(preset.settings.tags[k] == tag for k, tag in zip(found, gold, strict=True))
            total += len(gold)
    assert total == 25_147
    assert right / total >= goal
    assert right / total == pytest.approx(preset.settings.dev_accuracy, abs=1e-4)


@pytest.mark.parametrize("text", CERTAIN)
@pytest.mark.parametrize("name", ENGLISH)
def test_plain_english_is_tagged_right(name: str, text: str) -> None:
    preset = presets.load(name)
    output, _ = preset.tagger.recurrent(preset.tagger.inputs([token.text for token in tokenize(text)]))
    found = preset.tagger.scores(output)[:, 0].argmax(-1)
    assert [preset.settings.tags[place] for place in found] == CERTAIN[text].split()


def test_forward_depends_on_the_words_so_far_and_both_on_all() -> None:
    for name, same in (("english", True), ("english-both", False)):
        tagger = presets.load(name).tagger
        scores = [
            tagger.scores(tagger.recurrent(tagger.inputs(["Time", "flies", last]))[0])[:2]
            for last in ("quickly", "!")
        ]
        assert torch.allclose(*scores, atol=1e-6) is same
    assert "forward only" in presets.load("english").settings.about


@pytest.mark.parametrize("name", ENGLISH)
def test_an_unknown_word_is_tagged_by_its_spelling_and_place(name: str) -> None:
    preset = presets.load(name)
    assert isinstance(preset.tagger, CharWordTagger)
    words = ["She", "flumphingly", "zorgled", "."]
    assert [word in preset.tagger.words for word in words] == [True, False, False, True]
    found = preset.tagger(preset.tagger.batch([words]))[:, 0].argmax(-1)
    assert [preset.settings.tags[place] for place in found] == ["PRON", "ADV", "VERB", "PUNCT"]


def test_they_are_small_and_carry_the_treebanks_notice() -> None:
    files = [
        resource("presets", f"{name}.{suffix}") for name in ENGLISH for suffix in ("json", "safetensors")
    ]
    assert sum(path.stat().st_size for path in files) <= 6_000_000
    for name in ENGLISH:
        assert "CC BY-SA 4.0" in presets.load(name).settings.notice
    notice = resource("presets", "NOTICE").read_text(encoding="utf-8")
    assert "Universal Dependencies English EWT" in notice
    assert "CC BY-SA 4.0" in notice


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_are_plain_json(name: str) -> None:
    content = json.loads(resource("presets", f"{name}.json").read_bytes())
    assert len(content["sha256"]) == 64
    assert content["title"] == presets.title(name)
