"""The measures and the counts as tables, to be saved."""

from lstm_viz.app.tables import Table
from lstm_viz.app.training.tags.measures import Measure
from lstm_viz.app.training.tags.names import Counted


def measures_table(counted: Counted) -> Table:
    """Return a row a tag, in the order of the tagset; a share that would be 0/0 is an empty cell."""
    header = ("epoch", "tag", "precision", "recall", "f1", "words", "tagged_so", "right")
    return Table(header, [_row(counted, measure) for measure in counted.measures])


def _row(counted: Counted, m: Measure) -> tuple[float | int | str | None, ...]:
    precision = m.precision if m.said else None
    recall = m.recall if m.support else None
    f1 = m.f1 if m.support + m.said else None
    return (counted.epoch, counted.name(m.tag), precision, recall, f1, m.support, m.said, m.right)


def confusion_table(counted: Counted) -> Table:
    """Return the counts: a row a true tag, a column a tag that was said."""
    rows: list[tuple[str | int, ...]] = [
        (counted.name(row), *(int(n) for n in counted.table[row])) for row in range(counted.rows)
    ]
    return Table(("true_tag", *counted.tags), rows)
