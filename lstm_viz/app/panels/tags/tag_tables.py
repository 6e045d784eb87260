"""The tables of the measures and of the confusion matrix, for export."""

from lstm_viz.app.panels.tags.confusion_counts import ConfusionCounts
from lstm_viz.app.panels.tags.measures import Measure
from lstm_viz.app.widgets.tables import Table


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
