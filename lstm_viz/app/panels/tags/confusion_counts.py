"""The confusion matrix of an epoch, with its labels."""

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.panels.tags.measures import Counts, Measure, counts, measures
from lstm_viz.app.run_data import RunData
from lstm_viz.app.texts import shown_text
from lstm_viz.app.training.epochs import measured

#: Marked here for Qt's lupdate.
_MARKED = (
    QT_TRANSLATE_NOOP("Tags", "(unknown)"),
    QT_TRANSLATE_NOOP("Tags", "on the dev part"),
    QT_TRANSLATE_NOOP("Tags", "on sentences held out"),
    QT_TRANSLATE_NOOP("Tags", "on the training sentences"),
)
_PARTS = {
    "dev": "on the dev part",
    "held out": "on sentences held out",
    "train": "on the training sentences",
}


@dataclass(frozen=True)
class ConfusionCounts:
    """The confusion matrix of one epoch of a run; ``table`` is (K + 1, K), see `counts`."""

    epoch: int
    tags: tuple[str, ...]
    table: Counts
    measured_on: str

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        return measures(self.table)

    @property
    def rows(self) -> int:
        """The number of rows to show: the last one only if it is not empty."""
        return len(self.tags) + bool(self.table[len(self.tags)].any())

    def name(self, tag: int) -> str:
        """Return the label of a tag; true tags that are not in the tagset share one."""
        return shown_text(self.tags[tag]) if tag < len(self.tags) else _translated("(unknown)")

    def gold(self, tag: int) -> str:
        """Return the true tag as in a `ConfusionQuery`: "" for those that are not in the tagset."""
        return self.tags[tag] if tag < len(self.tags) else ""

    @property
    def part(self) -> str:
        """The label of the set that was evaluated."""
        return _translated(_PARTS[self.measured_on])


def confusion_counts(data: RunData | None, epoch: int | None) -> ConfusionCounts | None:
    """Return the confusion matrix of ``epoch``, or of the last evaluated one before it."""
    if data is None or data.run is None:
        return None
    line = measured(tuple(data.by_epoch.values()), epoch)
    if line is None or line.confusion is None:
        return None
    tags = data.run.tags
    return ConfusionCounts(line.epoch, tags, counts(line.confusion, len(tags)), data.run.corpus.measured_on)


def _translated(text: str) -> str:
    return QCoreApplication.translate("Tags", text)
