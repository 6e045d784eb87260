"""The confusion matrix of an epoch with its labels, and its tables."""

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.panels.tags.measures import Counts, Measure, counts, measures
from lstm_viz.app.runs.epochs import evaluated
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.tables import Table

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
    line = evaluated(tuple(data.by_epoch.values()), epoch)
    if line is None or line.confusion is None:
        return None
    tags = data.run.tags
    return ConfusionCounts(line.epoch, tags, counts(line.confusion, len(tags)), data.run.corpus.measured_on)


def _translated(text: str) -> str:
    return QCoreApplication.translate("Tags", text)


def measures_table(counts: ConfusionCounts) -> Table:
    """Return a table with a row per tag, in the order of the tagset; a share of 0/0 is an empty cell."""
    header = ("epoch", "tag", "precision", "recall", "f1", "words", "tagged_so", "right")
    return Table(header, [_row(counts, measure) for measure in counts.measures])


def _row(counts: ConfusionCounts, m: Measure) -> tuple[float | int | str | None, ...]:
    precision = m.precision if m.predicted else None
    recall = m.recall if m.support else None
    f1 = m.f1 if m.support + m.predicted else None
    return (counts.epoch, counts.name(m.tag), precision, recall, f1, m.support, m.predicted, m.right)


def confusion_table(counts: ConfusionCounts) -> Table:
    """Return the confusion matrix: a row per true tag, a column per predicted tag."""
    rows: list[tuple[str | int, ...]] = [
        (counts.name(row), *(int(n) for n in counts.table[row])) for row in range(counts.rows)
    ]
    return Table(("true_tag", *counts.tags), rows)
