"""Word embeddings through the epochs of a run, on the principal axes of the last one.

Shapes: E epochs, N words, I numbers of an embedding.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from lstm_viz.messages import EmbeddingMap, Floats

_AXES = 2

Doubles = npt.NDArray[np.float64]


def embedding_map(
    model: str, words: Sequence[str], counts: Mapping[str, int] | None, rows: Mapping[int, Floats]
) -> EmbeddingMap:
    """Return the map of the embeddings (N, I) by epoch; ``counts`` are None where they are not known."""
    order = list(range(len(words)))
    if counts is not None:
        order.sort(key=lambda k: -counts.get(words[k], 0))  # stable: then in the order of the vocabulary
    centre, axes, shares = _principal_axes(list(rows.values()))
    with np.errstate(all="ignore"):  # weights that have diverged are drawn nowhere
        points = [((each.astype(np.float64) - centre) @ axes)[order] for each in rows.values()]
        placed = np.array(points, np.float64).reshape(len(rows), len(words), _AXES).astype(np.float32)
    return EmbeddingMap(
        model=model,
        words=tuple(words[k] for k in order),
        counts=() if counts is None else tuple(counts.get(words[k], 0) for k in order),
        epochs=tuple(rows),
        points=placed,
        shares=shares,
    )


def _principal_axes(rows: Sequence[Floats]) -> tuple[Doubles, Doubles, tuple[float, float]]:
    """Return the mean (I,) of the last rows that are all finite, their principal axes (I, 2), and the shares.

    The sign of an axis is that of its largest element. What there are no numbers for is 0.
    """
    finite = next((each for each in reversed(rows) if len(each) and np.isfinite(each).all()), None)
    if finite is None:
        size = rows[0].shape[1] if rows else 0
        return np.zeros(size), np.zeros((size, _AXES)), (0.0, 0.0)
    last = finite.astype(np.float64)
    centre = last.mean(axis=0)
    _, values, vectors = np.linalg.svd(last - centre, full_matrices=False)
    axes = np.zeros((last.shape[1], _AXES))
    for k, vector in enumerate(vectors[:_AXES]):
        axes[:, k] = vector * (np.sign(vector[np.abs(vector).argmax()]) or 1.0)
    variances = np.zeros(_AXES)
    variances[: len(values[:_AXES])] = values[:_AXES] ** 2
    first, second = (variances / (float((values**2).sum()) or 1.0)).tolist()
    return centre, axes, (first, second)
