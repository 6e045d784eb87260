"""What is read of a file is what ``torch.load(weights_only=True)`` reads of it."""

from collections import Counter, OrderedDict
from random import Random

import pytest
import torch
from torch import nn

from lstm_viz.opening.describe import describe
from lstm_viz.opening.inference import infer
from lstm_viz.rebuilding.numbers import read_numbers
from tests.fuzz.mutators.torch_files import mutate_torch_file
from tests.fuzz.targets.opening import TARGETS

_SHARED = torch.arange(24.0)
_TREES = {
    "a state dict": nn.LSTM(3, 4).state_dict(),
    "parameters": dict(nn.LSTM(3, 4).named_parameters()),
    "views of one storage": {"a": _SHARED[:6].view(2, 3), "b": _SHARED[6:].view(3, 6).t(), "c": _SHARED[3:9]},
    "halves": {"a": torch.randn(3, 5).half(), "b": torch.randn(4).bfloat16(), "c": torch.randn(2).double()},
    "other types": {"a": torch.arange(5), "b": torch.ones(2) > 0, "c": torch.ones(3, dtype=torch.int8)},
    "float8": {"a": torch.randn(4, 4).to(torch.float8_e4m3fn)},
    "empty and single": {"a": torch.empty(0, 3), "b": torch.tensor(2.5)},
    "a checkpoint": {
        "state_dict": OrderedDict(a=torch.ones(2)),
        "epoch": 2**40,
        "best": (0.5, None, "x", {1, 2}, Counter("aab"), b"\xff", True, 1 + 2j),
        "size": torch.Size((2, 3)),
        "pairs": {("a", "b"): 3},
        "device": torch.device("cpu"),
        "dtype": torch.float16,
    },
    "tied": dict.fromkeys(("a", "b"), torch.randn(3, 2)),
}  # fmt: skip


def _tensors(tree):
    return {name: tensor for name, tensor in tree.items() if isinstance(tensor, torch.Tensor)}


#: torch before 1.6 had no float8, and torch does not read it from such a file.
_FILES = [(name, is_zip) for name in _TREES for is_zip in (True, False) if is_zip or name != "float8"]


@pytest.mark.parametrize(("name", "is_zip"), _FILES)
def test_tensors_are_those_of_torch(name, is_zip, tmp_path):
    path = tmp_path / "file"
    torch.save(_TREES[name], path, _use_new_zipfile_serialization=is_zip)
    loaded = torch.load(path, weights_only=True)
    found = describe(path)
    for state_dict in found.state_dicts:
        numbers = read_numbers(found, state_dict.tensors.values())
        expected = _tensors(loaded.get("state_dict", loaded))
        assert state_dict.tensors.keys() == expected.keys()
        for key, stored in state_dict.tensors.items():
            assert stored.dtype == str(expected[key].dtype).removeprefix("torch.")
            torch.testing.assert_close(
                numbers[stored].double(), expected[key].double(), check_stride=False, rtol=0, atol=0
            )
    assert not found.notices


@pytest.mark.parametrize("is_zip", [True, False])
def test_words_and_tags_saved_beside_the_weights_are_found(is_zip, tmp_path):
    tree = {
        "model": nn.LSTM(2, 3).state_dict(),
        "word_to_ix": {"the": 0, "dog": 1, "ate": 2},
        "tags": ["DET", "NN", "V"],
        "names": {"itos": {0: "a", 2: "c"}},
        "scores": {"x": 0.5},
    }
    torch.save(tree, tmp_path / "file", _use_new_zipfile_serialization=is_zip)
    found = {".".join(labels.path): labels.items for labels in describe(tmp_path / "file").labels}
    assert found == {
        "word_to_ix": ("the", "dog", "ate"), "tags": ("DET", "NN", "V"), "names.itos": ("a", "", "c")
    }  # fmt: skip


def test_a_changed_byte_is_told(tmp_path):
    path = tmp_path / "file"
    torch.save(nn.LSTM(30, 40).state_dict(), path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert [notice.code for notice in describe(path).notices] == ["file_maybe_damaged"]


def test_of_an_average_beside_the_model_the_model_is_opened(tmp_path):
    model, average = nn.GRU(2, 3), nn.GRU(2, 3)
    torch.save({"ema": average.state_dict(), "model": model.state_dict()}, tmp_path / "file")
    found = describe(tmp_path / "file")
    layout = infer(found.state_dicts)
    (notice,) = layout.notices
    assert notice.code == "state_dict_copies" and notice.parameters == {"taken": "model", "others": "ema"}
    weight = layout.recurrents[0].weights["weight_hh_l0"].sources[0]
    assert torch.equal(read_numbers(found, [weight])[weight], model.weight_hh_l0.data)


def test_parts_that_are_saved_on_their_own_are_one_model(tmp_path):
    parts = {"en": nn.GRU(2, 3).state_dict(), "de": nn.LSTM(3, 4).state_dict()}
    torch.save(parts, tmp_path / "file")
    layout = infer(describe(tmp_path / "file").state_dicts)
    assert [(part.path, part.kind) for part in layout.recurrents] == [("en", "GRU"), ("de", "LSTM")]


def test_a_tensor_that_has_the_name_of_another_is_told(tmp_path):
    one, other = nn.GRU(2, 3).state_dict(), nn.GRU(2, 3).state_dict()
    tree = {"a.b": one, "a": {f"b.{name}": value for name, value in other.items()} | {"more": torch.ones(2)}}
    torch.save(tree, tmp_path / "file")
    found = describe(tmp_path / "file")
    layout = infer(found.state_dicts)
    (notice,) = (notice for notice in layout.notices if notice.code == "state_dict_names")
    assert notice.parameters["names"].startswith("a.b.weight_ih_l0, a.b.weight_hh_l0")
    weight = layout.recurrents[0].weights["weight_hh_l0"].sources[0]
    assert torch.equal(read_numbers(found, [weight])[weight], one["weight_hh_l0"])


def _same(tree, found):
    """Tell whether the tensors of a state dict are those that torch read."""
    numbers = read_numbers(found, found.state_dicts[0].tensors.values())
    expected = _tensors(tree)
    return numbers and all(
        torch.equal(numbers[stored].nan_to_num(), expected[name].to(numbers[stored].dtype).nan_to_num())
        for name, stored in found.state_dicts[0].tensors.items()
    )


@pytest.mark.filterwarnings("ignore::UserWarning")  # of torch, about protocols
def test_a_mutated_file_that_both_read_is_read_alike(tmp_path):
    """A file that one reads otherwise than the other would be safe for one of them only."""
    chance, path, compared = Random(1), tmp_path / "file", 0
    seeds = [seed for target in TARGETS[:2] for seed in target.seeds()]
    for _ in range(600):
        path.write_bytes(mutate_torch_file(chance, chance.choice(seeds), chance.choice(seeds)))
        try:
            found = describe(path)
            tree = torch.load(path, weights_only=True)
        except Exception:  # torch declares none
            continue
        if found.state_dicts[0].path == ():
            compared += 1
            assert _same(tree, found), path.read_bytes()
    assert compared > 40
