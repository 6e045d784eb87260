"""The numbers of the pictures as a table, to be saved."""

from lstm_viz.app.tables import Table
from lstm_viz.messages import Picture, Probed


def probe_table(probed: Probed, epochs: tuple[int, ...]) -> Table:
    """Return a row a word and epoch: its tag, what it is held against, and the quantity of every unit."""
    pictures = [picture for picture in probed.pictures if picture.epoch in epochs]
    units = pictures[0].values.shape[1] if pictures else 0
    against = "true_tag" if probed.is_gold else "last_tag"
    header = ("epoch", "word_number", "word", against, "tag", "probability")
    names = (f"{probed.quantity}_{unit}" for unit in range(units))
    words = range(len(probed.words))
    return Table((*header, *names), [_row(probed, picture, k) for picture in pictures for k in words])


def _row(probed: Probed, picture: Picture, k: int) -> tuple[float | int | str, ...]:
    word = (k + 1, probed.words[k], probed.gold[k], picture.tags[k], float(picture.probabilities[k]))
    return (picture.epoch, *word, *map(float, picture.values[k]))
