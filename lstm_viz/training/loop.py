"""The training loop, as a generator of events.

The random numbers of a step depend on the seed and the step number alone, the batches of an epoch on the seed
and the epoch number alone. So a training that is resumed from a saved state continues exactly as if it had
never stopped, and the steps after that state are repeated bit by bit.
"""

import time
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from lstm_viz.runs.gates import Saturation
from lstm_viz.runs.history import Epoch, Step
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tracing import Capture, CaptureError, capture
from lstm_viz.training.batches import Labelled, hiding_rates, labelled, plan, seed_of
from lstm_viz.training.divergence import (
    DivergedError,
    first_non_finite,
    first_non_finite_gradient,
    first_non_finite_weight,
)
from lstm_viz.training.evaluation import evaluate
from lstm_viz.training.optimisers import SGD, Adam
from lstm_viz.training.processes import Processes
from lstm_viz.training.saturation import saturation
from lstm_viz.training.task import Task

#: Gate saturation is recorded at the first step, at every n-th after it, and at the end of an epoch whose
#: checkpoint is kept.
GATES_EVERY = 20


@dataclass(frozen=True, slots=True)
class Stepped:
    """A step was taken; ``gates`` is the saturation of its gates if it was recorded."""

    line: Step
    gates: Saturation | None = None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The tagger was evaluated at the end of an epoch; epoch 0 is before training."""

    line: Epoch


Event = Stepped | Evaluated


class Training:
    """The state of a training: the tagger, its optimiser and the progress.

    Attributes
    ----------
    task : Task
    tagger : WordTagger
    optimiser : torch.optim.Optimizer
    step : int
        How many steps have been taken.
    evaluated : int
        The last epoch at whose end the tagger was evaluated; -1 before epoch 0.
    """

    def __init__(
        self,
        task: Task,
        device: torch.device | str = "cpu",
        processes: Processes | None = None,
        record_gates: bool = True,
    ) -> None:
        self.task = task
        self.step, self.evaluated = 0, -1
        self._device = torch.device(device)
        self._processes = processes or Processes()
        self._record_gates = record_gates
        self.tagger: WordTagger = task.fresh_tagger().to(self._device)
        self.optimiser = _optimiser(self.tagger, task)
        self._tags = task.tags
        self._hiding_rates = hiding_rates(self.tagger.words, task.train, task.settings.word_dropout)
        self._model: nn.Module = self.tagger
        if self._processes.count > 1:
            self._model = DistributedDataParallel(self.tagger)

    @property
    def epoch(self) -> int:
        """How many epochs have ended."""
        return self.step // self.task.steps_per_epoch

    @property
    def finished(self) -> bool:
        """Whether every step has been taken and the last epoch evaluated."""
        return self.step >= self.task.steps and self.settled

    @property
    def settled(self) -> bool:
        """Whether the training can be saved and resumed here: not between an epoch and its evaluation."""
        return self.step % self.task.steps_per_epoch != 0 or self.evaluated == self.epoch

    def events(self) -> Iterator[Event]:
        """Train from the current step, and yield an event after every step and epoch.

        Raises
        ------
        DivergedError
            If the loss, a gradient or a weight is not finite; the weights are then unusable.
        """
        if self.step == 0:
            yield Evaluated(self._evaluate())
        while self.step < self.task.steps:
            epoch, done = self.epoch + 1, self.step % self.task.steps_per_epoch
            self._set_rate(epoch)
            self.tagger.train()
            for places in plan(self.task.train, self.task.settings, epoch)[done:]:
                yield self._take_step(epoch, places)
            yield Evaluated(self._evaluate())

    def _take_step(self, epoch: int, places: list[int]) -> Stepped:
        words = sum(self.task.train[place].tagged for place in places)
        mine = self._processes.share(places)
        weight = float(bool(mine))  # a rank without a sentence of its own takes part with weight 0
        mine = mine or places[:1]
        batch, targets = self._drawn(mine)
        with self._gate_capture() as captured:
            scores = self._model(batch)
        summed = weight * self.tagger.loss(scores, targets, batch.lengths)
        loss = self._processes.all_reduce(summed.detach()).item() / words
        if not _finite(loss):
            raise self._diverged(epoch, mine)
        self.optimiser.zero_grad()
        mean = summed * (self._processes.count / words)  # DistributedDataParallel divides by the count
        mean.backward()  # type: ignore[no-untyped-call]
        norm = self._clip()
        if not _finite(norm):
            raise DivergedError(self.step + 1, epoch, first_non_finite_gradient(self.tagger))
        self.optimiser.step()
        weight_norm = self._weight_norm()
        if not _finite(weight_norm):
            raise DivergedError(self.step + 1, epoch, first_non_finite_weight(self.tagger))
        self.step += 1
        line = Step(
            step=self.step,
            epoch=epoch,
            loss=loss,
            learning_rate=float(self.optimiser.param_groups[0]["lr"]),
            gradient_norm=norm,
            weight_norm=weight_norm,
            tokens=words,
            time=time.time(),
        )
        return Stepped(line, None if captured is None else self._saturation(captured, batch.mask, epoch))

    def _saturation(self, captured: Capture, mask: Tensor, epoch: int) -> Saturation | None:
        """Return the gate saturation of this step; if the gates cannot be read, warn and return None."""
        try:
            return saturation(captured[""], mask, self.step, epoch)
        except CaptureError as error:
            warnings.warn(f"the gates of step {self.step} were not measured: {error}", stacklevel=2)
            return None

    def _drawn(self, places: list[int]) -> Labelled:
        """Seed torch for the next step and return these sentences as its batch, with word dropout."""
        torch.manual_seed(seed_of(self.task.settings.seed, self.step + 1, self._processes.rank))
        batch, targets = labelled(self.tagger, self._tags, [self.task.train[place] for place in places])
        if self.task.settings.word_dropout:
            hidden = torch.rand(batch.words.shape) < self._hiding_rates[batch.words]
            batch = replace(batch, words=batch.words.masked_fill(hidden, self.tagger.words.unknown))
        return Labelled(batch.to(self._device), targets.to(self._device))

    def _gate_capture(self) -> AbstractContextManager[Capture | None]:
        due = self.step % GATES_EVERY == 0 or self._ends_checkpoint_epoch
        recorded = self._record_gates and self._processes.first and due
        return capture(self.tagger.recurrent) if recorded else nullcontext()

    @property
    def _ends_checkpoint_epoch(self) -> bool:
        """Whether the next step is the last of an epoch whose checkpoint is kept."""
        epoch, rest = divmod(self.step + 1, self.task.steps_per_epoch)
        return rest == 0 and self.task.settings.keeps_checkpoint(epoch)

    def _clip(self) -> float:
        """Clip the gradients to the norm of the settings and return their norm before."""
        max_norm = self.task.settings.clip or float("inf")
        return float(nn.utils.clip_grad_norm_(self.tagger.parameters(), max_norm))

    def _weight_norm(self) -> float:
        norms: Any = torch._foreach_norm([parameter.detach() for parameter in self.tagger.parameters()])
        return float(torch.linalg.vector_norm(torch.stack(norms).cpu().double()))

    def _set_rate(self, epoch: int) -> None:
        """Set the learning rate, which decays linearly from the first epoch to the last."""
        settings = self.task.settings
        done = (epoch - 1) / max(1, settings.epochs - 1)
        for group in self.optimiser.param_groups:
            group["lr"] = settings.learning_rate * (1 - done * (1 - settings.final_rate))

    def _evaluate(self) -> Epoch:
        self.evaluated = self.epoch
        evaluation = evaluate(self.tagger, self._tags, self.task.dev)
        return Epoch(
            step=self.step,
            epoch=self.epoch,
            dev_loss=evaluation.loss if _finite(evaluation.loss) else None,
            dev_accuracy=evaluation.accuracy,
            confusion=evaluation.confusion,
            time=time.time(),
        )

    def _diverged(self, epoch: int, places: list[int]) -> DivergedError:
        batch, _ = self._drawn(places)
        found = first_non_finite(self.tagger, batch, [self.task.train[place].words for place in places])
        every = self._processes.all_gather(found)
        located = next((one for one in every if one.quantity != "loss"), every[0])
        return DivergedError(self.step + 1, epoch, located)


def _optimiser(tagger: WordTagger, task: Task) -> torch.optim.Optimizer:
    rate = task.settings.learning_rate
    if task.settings.optimiser == "sgd":
        return SGD(tagger.parameters(), lr=rate)
    return Adam(tagger.parameters(), lr=rate)


def _finite(value: float | Tensor) -> bool:
    return abs(float(value)) < float("inf")
