"""All that a training needs to go on: weights, what the optimiser remembers, and how many steps were taken.

Random numbers need no place here: they depend on the seed and the step alone (`lstm_viz.training.loop`).
"""

from typing import Any

import torch
from torch import Tensor

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.tagging import tensors
from lstm_viz.training.checkpoints import cpu_weights
from lstm_viz.training.loop import Training

_STEP = "step"
_BYTES_A_WEIGHT, _HEADER_BYTES = 4 * 8, 1 << 22


def pack(training: Training) -> bytes:
    """Return the training as safetensors: ``step``, ``tagger.…`` and ``optimiser.<parameter>.…``."""
    packed = {f"tagger.{name}": tensor for name, tensor in cpu_weights(training.tagger).items()}
    for place, kept in training.optimiser.state_dict()["state"].items():
        for name, value in kept.items():
            packed[f"optimiser.{place}.{name}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return tensors.save(packed | {_STEP: torch.tensor(training.step)})


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
        packed = tensors.load(data)
        step = int(packed[_STEP])
        training.tagger.load_state_dict(_below("tagger.", packed))
        training.optimiser.load_state_dict(
            {**training.optimiser.state_dict(), "state": _optimiser_state(_below("optimiser.", packed))}
        )
    except (RuntimeError, KeyError, ValueError) as error:
        training.tagger.load_state_dict(before)
        if is_out_of_memory(error):
            raise
        raise ValueError(f"the saved training does not fit ({error})") from error
    training.step, training.measured = step, step // training.task.steps_per_epoch


def _below(prefix: str, packed: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in packed.items() if name.startswith(prefix)}


def _optimiser_state(packed: dict[str, Tensor]) -> dict[int, dict[str, Any]]:
    state: dict[int, dict[str, Any]] = {}
    for path, tensor in packed.items():
        place, _, name = path.partition(".")
        state.setdefault(int(place), {})[name] = tensor
    return state
