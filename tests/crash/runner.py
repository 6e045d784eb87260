"""A process that has loaded torch and trained once: what it forks for each attempt trains at once.

The operations are known by their names, since they keep what an undisturbed training leaves.
"""

import gc

import torch
from msgspec.structs import replace

from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.training import train
from tests.crash.attempts import Operation, attempts, points
from tests.crash.system import Plan
from tests.crash.trainings import Resuming, Training

_ALL = ("--decoder", "crf", "--chars", "--char-hidden", "2", "--char-embedding", "2", "--optimiser", "adam")
_25_EPOCHS = ("--epochs", "25", "--checkpoint-every", "5")
_2_EPOCHS = ("--epochs", "2", "--checkpoint-every", "2")

_DEATHS = ("killed", "power lost")

TRAININGS: tuple[Operation, ...] = (
    Training("4 steps of adam, crf and characters", *_ALL, *_2_EPOCHS),
    Resuming("4 steps, killed late, resumed", *_ALL, *_2_EPOCHS, killed_at=0.8),
)
#: Too long for every day. Each of 50 steps makes the same calls as one of 4.
LONG_TRAININGS: tuple[Operation, ...] = (
    Training("4 steps of sgd, both ways, saved at the end", *_2_EPOCHS, "--bidirectional", often=False),
    Resuming("4 steps, killed early, resumed", *_ALL, *_2_EPOCHS, killed_at=0.2, kinds=_DEATHS),
    Resuming("4 steps, killed midway, resumed", *_ALL, *_2_EPOCHS, killed_at=0.5, kinds=_DEATHS),
    Resuming("4 steps, killed at the end, resumed", *_ALL, *_2_EPOCHS, killed_at=1.0, kinds=_DEATHS),
    Training("50 steps of adam, crf and characters", *_ALL, *_25_EPOCHS, kinds=("killed",)),
    Training(
        "50 steps of sgd, both ways, saved at the end",
        *_25_EPOCHS,
        "--bidirectional",
        often=False,
        kinds=("killed",),
    ),
)
OPERATIONS = {operation.name: operation for operation in (*TRAININGS, *LONG_TRAININGS)}


def warm() -> None:
    """Do once what torch does the first time only, and takes longer for than for all of a short training."""
    torch.set_num_threads(1)
    for decoder in ("argmax", "crf"):
        for _ in train(replace(TUTORIAL, decoder=decoder, characters=True, optimiser="adam", epochs=1)):
            pass
    gc.freeze()  # so that the garbage collector of a fork touches, and copies, less


def plans_of(name: str) -> dict[str, list[Plan]]:
    return points(OPERATIONS[name])


def attempts_of(name: str, plans: list[Plan]) -> list[str]:
    return attempts(OPERATIONS[name], plans)
