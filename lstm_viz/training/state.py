"""Serialisation of the training state: weights, optimiser state and step number.

Random state is not part of it: random numbers depend on the seed and the step alone
(`lstm_viz.training.loop`).
"""

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from lstm_viz.tagging import tensors
from lstm_viz.training.checkpoints import cpu_weights
from lstm_viz.training.loop import Training
from lstm_viz.training.optimisers import SGD, Adam

_STEP = "step"
#: The optimiser state of a parameter, in torch's names: tensors of its shape, except Adam's step count.
_KEPT: Mapping[type[torch.optim.Optimizer], frozenset[str]] = MappingProxyType(
    {Adam: frozenset((_STEP, "exp_avg", "exp_avg_sq")), SGD: frozenset()}
)
_BYTES_A_WEIGHT, _HEADER_BYTES = 4 * 8, 1 << 22


def pack(training: Training) -> bytes:
    """Return the training state as safetensors: ``step``, ``tagger.…`` and ``optimiser.<parameter>.…``."""
    packed = {f"tagger.{name}": tensor for name, tensor in cpu_weights(training.tagger).items()}
    for place, kept in training.optimiser.state_dict()["state"].items():
        for name, value in kept.items():
            packed[f"optimiser.{place}.{name}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return tensors.save(packed | {_STEP: torch.tensor(training.step)})


def most_bytes(training: Training) -> int:
    """Return the largest size of a saved state of this task: Adam keeps two more numbers per weight."""
    weights = sum(tensor.numel() for tensor in training.tagger.state_dict().values())
    return _BYTES_A_WEIGHT * int(weights) + _HEADER_BYTES


def unpack(training: Training, data: bytes) -> None:
    """Restore a training from the bytes that `pack` returned for the same task.

    Raises
    ------
    ValueError
        If the state does not fit; the training is unchanged.
    MemoryError, RuntimeError
        If there is not enough memory; the training is unchanged.
    """
    try:
        packed = tensors.load(data)
        step = _checked_step(packed, training)
        weights = _checked_weights(_below("tagger.", packed), training)
        kept = _checked_optimiser(_below("optimiser.", packed), training)
    except ValueError as error:
        raise ValueError(f"the saved training does not fit ({error})") from error
    # The optimiser first: it allocates memory, which may fail; the tagger copies in place.
    training.optimiser.load_state_dict({**training.optimiser.state_dict(), "state": kept})
    training.tagger.load_state_dict(weights)
    training.step, training.evaluated = step, step // training.task.steps_per_epoch


def _checked_step(packed: dict[str, Tensor], training: Training) -> int:
    step = packed.get(_STEP)
    if step is None or step.shape or step.dtype != torch.int64:
        raise ValueError("it has no step")
    if not 0 <= int(step) <= training.task.steps:
        raise ValueError(f"there is no step {int(step)}")
    return int(step)


def _checked_weights(weights: dict[str, Tensor], training: Training) -> dict[str, Tensor]:
    expected = training.tagger.state_dict()
    if weights.keys() != expected.keys():
        raise ValueError("its weights are those of another tagger")
    for name, tensor in weights.items():
        _check_like(name, tensor, expected[name])
    return weights


def _checked_optimiser(packed: dict[str, Tensor], training: Training) -> dict[int, dict[str, Tensor]]:
    """Return the optimiser state of each parameter; torch itself does not validate it."""
    parameters = dict(enumerate(training.tagger.parameters()))
    names = _KEPT[type(training.optimiser)]
    state: dict[int, dict[str, Tensor]] = {}
    for path, tensor in packed.items():
        place, _, name = path.partition(".")
        parameter = parameters.get(int(place)) if place.isascii() and place.isdigit() else None
        if parameter is None or name not in names:
            raise ValueError(f"its optimiser keeps something else ({path})")
        _check_like(path, tensor, torch.zeros(()) if name == _STEP else parameter)
        if name == _STEP and not 0 <= float(tensor) < float("inf"):
            raise ValueError(f"its optimiser has taken {float(tensor)} steps")
        state.setdefault(int(place), {})[name] = tensor
    if any(kept.keys() != names for kept in state.values()):
        raise ValueError("its optimiser keeps less of some parameters")
    return state


def _check_like(name: str, tensor: Tensor, expected: Tensor) -> None:
    if (tensor.shape, tensor.dtype) != (expected.shape, expected.dtype):
        raise ValueError(f"{name} is {list(tensor.shape)} of {tensor.dtype}, not {list(expected.shape)}")


def _below(prefix: str, packed: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in packed.items() if name.startswith(prefix)}
