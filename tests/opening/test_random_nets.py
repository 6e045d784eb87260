"""Kind, sizes, layers and directions follow from names and shapes: 300 nets of every option and prefix."""

import warnings
from random import Random

import pytest
import torch
from torch import nn

from lstm_viz.opening.describe import describe
from lstm_viz.opening.inference import infer
from lstm_viz.opening.notes import ModelNotes
from lstm_viz.rebuilding.modules import recurrent_module
from lstm_viz.rebuilding.numbers import read_numbers
from tests.opening.random_nets import random_net, saved

_NETS = 300
_PREFIXES = ("", "model.")


def _options(module):
    kind = next(base for base in type(module).__mro__ if base.__module__ == nn.LSTM.__module__)
    is_cell = isinstance(module, nn.RNNCellBase)
    more = (1, False, 0) if is_cell else (module.num_layers, module.bidirectional, module.proj_size)
    return (
        kind.__name__.removesuffix("Cell"),
        is_cell,
        module.input_size,
        module.hidden_size,
        module.bias,
        *more,
    )


def _found_options(part):
    return (
        part.kind, part.is_cell, part.input_size, part.hidden_size, part.bias, part.num_layers,
        part.bidirectional, part.proj_size,
    )  # fmt: skip


def _run(module):
    with torch.no_grad():
        x = torch.randn(3, 2, module.input_size, generator=torch.Generator().manual_seed(1))
        dtype = next(module.parameters()).dtype
        if isinstance(module, nn.RNNCellBase):
            found = module(x[0].to(dtype))
            return found[0] if isinstance(found, tuple) else found
        return module(x.to(dtype))[0]


def _part_at(layout, path):
    return next((part for name in _PREFIXES if (part := layout.recurrent((name + path).strip(".")))), None)


@pytest.fixture(scope="module")
def nets(tmp_path_factory):
    """Return (net, file, layout) for each of the nets."""
    folder, found = tmp_path_factory.mktemp("nets"), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch's first weight_norm
        for seed in range(_NETS):
            net, path = random_net(seed), folder / f"{seed}"
            saved(Random(seed), net.weights(), path)
            weights = describe(path)
            found.append((net, weights, infer(weights.state_dicts)))
    return found


def test_what_names_and_shapes_tell_is_right(nets):
    total = right = 0
    for net, _, layout in nets:
        for path, module in net.recurrents.items():
            part = _part_at(layout, path)
            fits = part is not None and _found_options(part) == _options(module)
            total, right = total + 1, right + fits
            told = any(notice.parameters.get("path") == path for notice in layout.notices)
            assert fits or told, (path, module, layout)
    print(f"{right} of {total} recurrent modules in {len(nets)} nets are recognised: {right / total:.1%}")
    assert len(nets) == _NETS and right >= 0.98 * total


def test_nothing_else_is_taken_for_a_recurrent_module(nets):
    for net, _, layout in nets:
        assert len(layout.recurrents) <= len(net.recurrents)


@pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # oneDNN has none
def test_a_module_with_these_weights_computes_the_same(nets):
    compared = 0
    for net, weights, layout in nets:
        for path, module in net.recurrents.items():
            part = _part_at(layout, path)
            notes = ModelNotes(batch_first=getattr(module, "batch_first", False))
            numbers = read_numbers(weights, (s for weight in part.weights.values() for s in weight.sources))
            again = recurrent_module(part, notes, numbers)
            torch.testing.assert_close(_run(again).float(), _run(module), rtol=1e-5, atol=1e-6)
            compared += 1
    assert compared >= _NETS
