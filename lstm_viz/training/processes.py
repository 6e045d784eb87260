"""The processes that train together: one, or as many as ``torchrun`` started."""

import gc
import os
import signal
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

T = TypeVar("T")

_PATIENCE = timedelta(days=7)  # a paused training waits as long as its person does


@dataclass(frozen=True, slots=True)
class Processes:
    """Which of how many processes this is; the one of rank 0 speaks and writes for all.

    Alone, every method returns what it was given.
    """

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        return self.rank == 0

    def total(self, value: Tensor) -> Tensor:
        """Return the sum of ``value`` over all processes."""
        if self.count > 1:
            value = value.clone()
            dist.all_reduce(value)
        return value

    def agreed(self, value: bool) -> bool:
        """Return what the first process says, to all of them."""
        if self.count == 1:
            return value
        said = torch.tensor(int(value), device=_talking_device())
        dist.broadcast(said, 0)
        return bool(said.item())

    def gathered(self, thing: T) -> list[T]:
        """Return what each process says, in the order of their ranks."""
        if self.count == 1:
            return [thing]
        said: list[T | None] = [None] * self.count
        dist.all_gather_object(said, thing)
        return said  # type: ignore[return-value]

    def share(self, places: list[int]) -> list[int]:
        """Return this process's part of a batch: every so manieth sentence; empty where there are too few."""
        return places[self.rank :: self.count]


def join(device: torch.device) -> Processes:
    """Return the processes of this training, which ``torchrun`` told by the environment."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return Processes()
    if not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=_PATIENCE)
    return Processes(dist.get_rank(), dist.get_world_size())


def leave(processes: Processes) -> None:
    """Say goodbye, so that nobody waits for us; no training may be held any more.

    What held the processes together must go here and not with the last training: torch (2.13) then waits in
    its destructor, now and then, for a thread that waits for Python.
    """
    if processes.count > 1 and dist.is_initialized():
        gc.collect()
        dist.destroy_process_group()


def ignore_signals() -> None:
    """Leave Ctrl+C and polite kills to the first process, which tells the others when it is over."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def choose_device(name: str) -> torch.device:
    """Return the device of this process: "auto" takes CUDA, then MPS, then the CPU.

    Raises
    ------
    ValueError
        If there is no such device here.
    """
    if name == "auto":
        name = _best_device()
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(f"there is no device {name!r} here") from error
    if device.type == "cuda" and device.index is None:
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    return device


def _best_device() -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _talking_device() -> str:
    return "cuda" if dist.get_backend() == "nccl" else "cpu"
