"""The numbers of a training run, from its files and its checkpoints: the window's are not used."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lstm_viz.runs.folder import Run, RunFolder
from lstm_viz.runs.gates import GatesReader, Saturation
from lstm_viz.runs.history import Epoch, read_all
from lstm_viz.subjects.tagger import TaggerSubject
from lstm_viz.training.checkpoints import Checkpoints


@dataclass(frozen=True)
class Trained:
    """A run folder."""

    path: Path

    @cached_property
    def run(self) -> Run:
        return RunFolder(self.path).run()

    @cached_property
    def epochs(self) -> dict[int, Epoch]:
        """The evaluated epochs, by number."""
        return {line.epoch: line for line in read_all(self.path).lines if isinstance(line, Epoch)}

    @property
    def accuracies(self) -> dict[int, float]:
        """The validation accuracy of each epoch."""
        return {n: epoch.dev_accuracy for n, epoch in self.epochs.items() if epoch.dev_accuracy is not None}

    @property
    def losses(self) -> dict[int, float]:
        """The validation loss of each epoch."""
        return {n: epoch.dev_loss for n, epoch in self.epochs.items() if epoch.dev_loss is not None}

    def f1(self, number: int) -> dict[str, float]:
        """Return F1 of each tag that occurs, at an epoch."""
        pairs = self.epochs[number].confusion or ()
        found: dict[str, float] = {}
        for k, tag in enumerate(self.run.tags):
            true = sum(n for gold, _, n in pairs if gold == k)
            predicted = sum(n for _, guess, n in pairs if guess == k)
            if true:
                found[tag] = 2 * sum(n for gold, guess, n in pairs if gold == guess == k) / (true + predicted)
        return found

    def saturation(self, number: int) -> Saturation:
        """Return the gate saturation at the end of an epoch."""
        reader = GatesReader(self.path)
        reader.poll()
        found = reader.up_to(self.epochs[number].step)
        assert found is not None
        return found

    def subject(self, number: int) -> TaggerSubject:
        checkpoints = Checkpoints(self.path)
        checkpoints.refresh()
        return TaggerSubject("", checkpoints.load(number))

    @property
    def _tracked(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of the tracked sentence, and their true tags."""
        tokenized = self.run.tracked_tokens
        assert tokenized is not None
        return tuple(token.text for token in tokenized.tokens), tokenized.tags

    @property
    def tracked_words(self) -> tuple[str, ...]:
        return self._tracked[0]

    def predicted(self, number: int) -> tuple[str, ...]:
        """Return the tags of the tracked sentence at an epoch."""
        return tuple(self.run.tags[k] for k in self.subject(number).predict([self.tracked_words])[0])

    def first_right(self) -> int:
        """Return the first epoch at which every word of the tracked sentence has its true tag."""
        return next(n for n in sorted(self.epochs) if self.predicted(n) == self._tracked[1])
