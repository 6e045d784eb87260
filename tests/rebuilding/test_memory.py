"""A model takes no more memory than twice its file, and no time for what is not needed of it."""

import os

import pytest
import torch
from torch import nn

from lstm_viz.opening.describe import describe
from lstm_viz.opening.inference import infer
from lstm_viz.opening.notes import guessed
from lstm_viz.rebuilding.model import rebuild
from tests.fuzz.watch import Resident

_MARGIN = 12 << 20


def _opened(path):
    weights = describe(path)
    layout = infer(weights.state_dicts)
    return rebuild(weights, layout, guessed(layout, weights.labels))


@pytest.fixture
def opened_before(tmp_path):
    """Open a small model, so that all is loaded that is loaded late."""
    torch.save(nn.LSTM(2, 3).half().state_dict(), tmp_path / "small")
    _opened(tmp_path / "small")


@pytest.mark.usefixtures("opened_before")
@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="the system does not tell")
@pytest.mark.parametrize(("kind", "times"), [(torch.float16, 2), (torch.float32, 1), (torch.float64, 1)])
def test_memory_is_bounded_by_the_size_of_the_file(kind, times, tmp_path):
    weights = {
        f"lstm.{name}": value for name, value in nn.LSTM(1200, 1200, device="meta").state_dict().items()
    }
    filled = {name: torch.zeros(value.shape, dtype=kind) for name, value in weights.items()}
    optimiser = {"state": {0: {"exp_avg": torch.zeros(1 << 23)}}, "param_groups": []}
    torch.save({"model": filled, "optimizer": optimiser}, tmp_path / "model.pt")
    size = sum(tensor.nbytes for tensor in filled.values())
    del filled, optimiser
    resident = Resident()
    model = _opened(tmp_path / "model.pt")
    assert resident.grown() < times * size + _MARGIN
    assert model.recurrents[0].weight_hh_l0.shape == (4800, 1200)
