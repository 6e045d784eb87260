"""All that a training needs to go on: weights, what the optimiser remembers, and how many steps were taken.

Random numbers need no place here: they depend on the seed and the step alone (`lstm_viz.training.loop`).
"""

from typing import Any

import torch
from safetensors.torch import save as _save_tensors
from torch import Tensor

from lstm_viz.tagging.tensors import load_tensors
from lstm_viz.training.checkpoints import cpu_weights
from lstm_viz.training.loop import Training

_STEP = "step"
_BYTES_A_WEIGHT, _HEADER_BYTES = 4 * 8, 1 << 22


def pack(training: Training) -> bytes:
    """Return the training as safetensors: ``step``, ``tagger.…`` and ``optimiser.<parameter>.…``."""
    tensors = {f"tagger.{name}": tensor for name, tensor in cpu_weights(training.tagger).items()}
    for place, kept in training.optimiser.state_dict()["state"].items():
        for name, value in kept.items():
            tensors[f"optimiser.{place}.{name}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return _save_tensors(tensors | {_STEP: torch.tensor(training.step)})


def most_bytes(training: Training) -> int:
    """Return how large a saved training of this task can be: Adam keeps two numbers a weight beside it."""
    weights = sum(tensor.numel() for tensor in training.tagger.state_dict().values())
    return _BYTES_A_WEIGHT * int(weights) + _HEADER_BYTES


def unpack(training: Training, data: bytes) -> None:
    """Put a training where `pack` saw one of the same task.

    Raises
    ------
    ValueError
        If it does not fit; the training is as it was.
    """
    before = {name: tensor.clone() for name, tensor in training.tagger.state_dict().items()}
    try:
        tensors = load_tensors(data)
        step = int(tensors[_STEP])
        training.tagger.load_state_dict(_below("tagger.", tensors))
        training.optimiser.load_state_dict(
            {**training.optimiser.state_dict(), "state": _optimiser_state(_below("optimiser.", tensors))}
        )
    except (RuntimeError, KeyError, ValueError) as error:
        training.tagger.load_state_dict(before)
        raise ValueError(f"the saved training does not fit ({error})") from error
    training.step, training.measured = step, step // training.task.steps_per_epoch


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


def _optimiser_state(tensors: dict[str, Tensor]) -> dict[int, dict[str, Any]]:
    state: dict[int, dict[str, Any]] = {}
    for path, tensor in tensors.items():
        place, _, name = path.partition(".")
        state.setdefault(int(place), {})[name] = tensor
    return state
