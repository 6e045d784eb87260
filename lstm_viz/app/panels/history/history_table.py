"""The table of a history, for export."""

from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import History, Picture


def history_table(history: History, epochs: tuple[int, ...]) -> Table:
    """Return a table with a row per word and epoch: reference tag, tag, and the quantity of every unit."""
    pictures = [picture for picture in history.pictures if picture.epoch in epochs]
    units = pictures[0].values.shape[1] if pictures else 0
    against = "true_tag" if history.is_gold else "last_tag"
    header = ("epoch", "word_number", "word", against, "tag", "probability")
    names = (f"{history.quantity}_{unit}" for unit in range(units))
    words = range(len(history.words))
    return Table((*header, *names), [_row(history, picture, k) for picture in pictures for k in words])


def _row(history: History, picture: Picture, k: int) -> tuple[float | int | str, ...]:
    word = (k + 1, history.words[k], history.gold[k], picture.tags[k], float(picture.probabilities[k]))
    return (picture.epoch, *word, *map(float, picture.values[k]))
