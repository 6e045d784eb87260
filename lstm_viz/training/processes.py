"""The processes of a distributed training: one, or as many as ``torchrun`` started."""

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

_TIMEOUT = timedelta(days=7)  # a training may be paused for days


@dataclass(frozen=True, slots=True)
class Processes:
    """The rank of this process and the number of processes; rank 0 prints and writes for all.

    With one process, every method returns its argument.
    """

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        return self.rank == 0

    def all_reduce(self, value: Tensor) -> Tensor:
        """Return the sum of ``value`` over all processes."""
        if self.count > 1:
            value = value.clone()
            dist.all_reduce(value)
        return value

    def broadcast(self, value: bool) -> bool:
        """Return the value of rank 0 on all processes."""
        if self.count == 1:
            return value
        sent = torch.tensor(int(value), device=_collective_device())
        dist.broadcast(sent, 0)
        return bool(sent.item())

    def all_gather(self, value: T) -> list[T]:
        """Return the values of all processes, by rank."""
        if self.count == 1:
            return [value]
        gathered: list[T | None] = [None] * self.count
        dist.all_gather_object(gathered, value)
        return gathered  # type: ignore[return-value]

    def share(self, places: list[int]) -> list[int]:
        """Return this process's share of a batch: every ``count``-th sentence; may be empty."""
        return places[self.rank :: self.count]


def join(device: torch.device) -> Processes:
    """Join the process group that ``torchrun`` describes in the environment, if any."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return Processes()
    if not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=_TIMEOUT)
    return Processes(dist.get_rank(), dist.get_world_size())


def leave(processes: Processes) -> None:
    """Destroy the process group, so that no other process waits; no training may be referenced any more.

    The reducer must be freed here and not with the last training: its destructor in torch (2.13) sometimes
    waits for a thread that waits for Python.
    """
    if processes.count > 1 and dist.is_initialized():
        gc.collect()
        dist.destroy_process_group()


def ignore_signals() -> None:
    """Ignore SIGINT and SIGTERM: rank 0 handles them and stops the other processes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def choose_device(name: str) -> torch.device:
    """Return the device of this process; "auto" prefers CUDA, then MPS, then the CPU.

    Raises
    ------
    ValueError
        If the device is not available.
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


def _collective_device() -> str:
    return "cuda" if dist.get_backend() == "nccl" else "cpu"
