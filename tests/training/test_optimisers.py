"""The optimisers of a training are those of torch, without its compiler."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lstm_viz.training.optimisers import SGD, Adam

_TRAIN = """
import sys
from lstm_viz.training.arguments import parse
from lstm_viz.training.command import run

optimiser, out, *more = sys.argv[1:]
options = ["--epochs", "2", "--quiet", "--optimiser", optimiser, "--out", out, *more]
assert run(parse(["tutorial", *options])) == 0
loaded = [name for name in ("torch._dynamo", "torch._inductor", "sympy") if name in sys.modules]
assert not loaded, loaded
"""


@pytest.mark.parametrize(
    ("ours", "theirs"), [(Adam, torch.optim.Adam), (SGD, torch.optim.SGD)], ids=["adam", "sgd"]
)
def test_steps_and_states_are_those_of_torch(
    ours: type[torch.optim.Optimizer], theirs: type[torch.optim.Optimizer]
) -> None:
    nets = [torch.nn.LSTM(3, 4) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    optimisers = [
        kind(net.parameters(), lr=0.01)  # type: ignore[call-arg]
        for kind, net in zip((ours, theirs), nets, strict=True)
    ]
    x = torch.randn(5, 1, 3)
    for _ in range(4):
        for net, optimiser in zip(nets, optimisers, strict=True):
            optimiser.zero_grad()
            net(x)[0].square().sum().backward()
            optimiser.step()
        optimisers[0].load_state_dict(optimisers[0].state_dict())
    state, expected = (optimiser.state_dict() for optimiser in optimisers)
    assert state["param_groups"] == expected["param_groups"]
    for place, entries in expected["state"].items():
        assert entries.keys() == state["state"][place].keys()
        assert all(torch.equal(state["state"][place][name], entry) for name, entry in entries.items())
    for one, other in zip(*(net.parameters() for net in nets), strict=True):
        assert torch.equal(one, other) and one.requires_grad


@pytest.mark.parametrize("name", ["adam", "sgd --chars --decoder crf --clip 1"])
def test_a_training_loads_no_compiler(tmp_path: Path, name: str) -> None:
    optimiser, *more = name.split()
    arguments = [sys.executable, "-c", _TRAIN, optimiser, str(tmp_path / "run"), *more]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
