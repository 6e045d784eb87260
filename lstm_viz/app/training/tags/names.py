"""What is shown of the tags: which epoch, what was counted, and how it is called."""

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.painting import shown_text
from lstm_viz.app.run_data import RunData
from lstm_viz.app.training.epochs import measured
from lstm_viz.app.training.tags.measures import Counts, Measure, counts, measures

#: Marked here, where a translator's tools find them.
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
class Counted:
    """The confusions of one epoch of a run; ``table`` is (K + 1, K), see `counts`."""

    epoch: int
    tags: tuple[str, ...]
    table: Counts
    measured_on: str

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        return measures(self.table)

    @property
    def rows(self) -> int:
        """How many rows of the table are shown: the last only if it counts anything."""
        return len(self.tags) + bool(self.table[len(self.tags)].any())

    def name(self, tag: int) -> str:
        """Return what a tag is called; one that the net does not know has no name of its own."""
        return shown_text(self.tags[tag]) if tag < len(self.tags) else _translated("(unknown)")

    def gold(self, tag: int) -> str:
        """Return the tag as the engine is asked for it: "" for those that the net does not know."""
        return self.tags[tag] if tag < len(self.tags) else ""

    @property
    def part(self) -> str:
        """What was measured on, in words."""
        return _translated(_PARTS[self.measured_on])


def counted(data: RunData | None, epoch: int | None) -> Counted | None:
    """Return what was counted at ``epoch``, or at the last one before it that was measured."""
    if data is None or data.run is None:
        return None
    line = measured(tuple(data.by_epoch.values()), epoch)
    if line is None or line.confusion is None:
        return None
    tags = data.run.tags
    return Counted(line.epoch, tags, counts(line.confusion, len(tags)), data.run.corpus.measured_on)


def _translated(text: str) -> str:
    return QCoreApplication.translate("Tags", text)
