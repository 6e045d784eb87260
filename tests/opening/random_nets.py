"""Random nets with recurrent modules of every option, and the files that people save them in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune, weight_norm

Recurrent = nn.RNNBase | nn.RNNCellBase
Weights = dict[str, Tensor]

_MODULES = (nn.LSTM, nn.GRU, nn.RNN)
_CELLS = (nn.LSTMCell, nn.GRUCell, nn.RNNCell)
_PATHS = ("lstm", "rnn", "encoder.rnn", "decoder.layers.0.cell", "net.0", "a.b.c.gru", "cells.1", "core")


@dataclass(frozen=True)
class RandomNet:
    """A model, its recurrent modules by path, and the state dict that it has."""

    model: nn.Module
    recurrents: dict[str, Recurrent]

    def weights(self) -> Weights:
        return self.model.state_dict()


def random_net(seed: int) -> RandomNet:
    """Return a net with one to three recurrent modules among other modules; the same for a seed."""
    chance = Random(seed)
    torch.manual_seed(seed)
    if chance.random() < 0.1:
        bare = _recurrent(chance)
        return RandomNet(bare, {"": bare})
    root, found = nn.Module(), dict[str, Recurrent]()
    _embed(chance, root)
    for path in chance.sample(_PATHS, chance.choice((1, 1, 2, 3))):
        found[path] = module = _recurrent(chance)
        _put(root, path, module)
        _reparametrise(chance, module)
    for name, other in _others(chance, next(iter(found.values()))):
        _put(root, name, other)
    return RandomNet(root.eval(), found)


def _recurrent(chance: Random) -> Recurrent:
    sizes = chance.randint(1, 6), chance.randint(1, 6)
    bias = chance.random() < 0.8
    if chance.random() < 0.25:
        cell = chance.choice(_CELLS)(*sizes, bias=bias)
        assert isinstance(cell, nn.RNNCellBase)
        return cell
    kind = chance.choice(_MODULES)
    options: dict[str, int | bool | str | float] = {}
    if kind is nn.LSTM and sizes[1] > 1 and chance.random() < 0.4:
        options["proj_size"] = chance.randint(1, sizes[1] - 1)
    layers, bidirectional = chance.choice((1, 1, 2, 3, 11)), chance.random() < 0.4
    return kind(
        *sizes, layers, bias=bias, bidirectional=bidirectional, batch_first=chance.random() < 0.5, **options
    )


def _embed(chance: Random, root: nn.Module) -> None:
    if chance.random() < 0.6:
        _put(root, chance.choice(("embedding", "encoder.embed", "word_embeddings")), nn.Embedding(9, 3))


def _others(chance: Random, recurrent: Recurrent) -> list[tuple[str, nn.Module]]:
    known = [
        ("fc", nn.Linear(recurrent.hidden_size, 3)),
        ("head.out", nn.Linear(recurrent.hidden_size, 4, bias=False)),
        ("norm", nn.BatchNorm1d(3)),
        ("ln", nn.LayerNorm(4)),
        ("conv", nn.Conv1d(2, 3, 2)),
        ("attention", nn.MultiheadAttention(4, 2)),
    ]
    return chance.sample(known, chance.randint(0, 3))


def _put(root: nn.Module, path: str, module: nn.Module) -> None:
    *above, last = path.split(".")
    for name in above:
        if not hasattr(root, name):
            root.add_module(name, nn.Module())
        root = getattr(root, name)
    root.add_module(last, module)


def _reparametrise(chance: Random, module: Recurrent) -> None:
    """Let some weights be computed, as torch's own functions do it."""
    names = [name for name, _ in module.named_parameters() if name.startswith("weight_hh")]
    ways: tuple[Callable[[str], object], ...] = (
        lambda name: weight_norm(module, name, dim=chance.choice((0, 1, None))),
        lambda name: parametrizations.weight_norm(module, name, dim=chance.choice((0, 1))),
        lambda name: prune.random_unstructured(module, name, 0.5),
        lambda name: parametrizations.spectral_norm(module, name),
    )
    if chance.random() < 0.4:
        way = chance.choice(ways)
        for name in names:
            way(name)


def saved(chance: Random, weights: Weights, path: Path) -> None:
    """Save weights as one of the many ways has it."""
    prefix = chance.choice(("", "", "module.", "_orig_mod.", "module._orig_mod.", "model."))
    named = {prefix + name: tensor.contiguous() for name, tensor in weights.items()}
    if chance.random() < 0.2:
        named = {
            name: tensor.to(torch.float64) if tensor.is_floating_point() else tensor
            for name, tensor in named.items()
        }
    kind = chance.random()
    if kind < 0.25:
        save_file({name: tensor.clone() for name, tensor in named.items()}, path)
        return
    whole: object = named
    if chance.random() < 0.5:
        key = chance.choice(("state_dict", "model", "model_state_dict", "net"))
        whole = {
            "epoch": 3,
            key: named,
            "optimizer": {"state": {0: {"exp_avg": torch.ones(3)}}, "param_groups": []},
        }
        if chance.random() < 0.3:
            whole = {"checkpoint": whole, "loss": 0.25}
    torch.save(whole, path, _use_new_zipfile_serialization=kind > 0.4)
