"""What the input of a recurrent module is made of, recognised by its values.

Shapes: T columns, I inputs, n numbers of a part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from lstm_viz.subjects.axes import Axes
from lstm_viz.tracing import Trace
from lstm_viz.tracing.portable import as_array

_MATCH = 1e-5  # torch's h and the recomputed one differ by rounding


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of the input of a recurrent module, recognised by its values (T, n).

    ``rows`` (T,) are the rows of an embedding, None where it is none. ``module`` is the path of the recurrent
    module whose output it is, None where it is none.
    """

    name: str
    values: npt.NDArray[Any]
    rows: tuple[int, ...] | None = None
    module: str | None = None


def input_parts(
    calls: Mapping[str, tuple[Trace, ...]],
    aligned: tuple[str, ...],
    looked_up: Mapping[str, tuple[Tensor, Tensor]],
    axes: Axes,
) -> dict[str, tuple[Part, ...]]:
    """Return the parts of the input of each module that reads the columns.

    ``looked_up`` are the indices and the output of each embedding, by path.
    """
    known: list[Part] = []
    for path, (indices, values) in looked_up.items():
        for rows, where in zip(axes.columns(values), axes.columns(indices[..., None]), strict=False):
            known.append(Part(path, as_array(rows), tuple(where[:, 0].tolist())))
    for path in aligned:
        known.append(Part(path, np.concatenate(tuple(calls[path][0].h[-1, :, :, 0]), -1), module=path))
    return {path: _recognised(path, calls[path][0].x[:, 0], known) for path in aligned}


def _recognised(path: str, x: npt.NDArray[Any], known: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts of x (T, I) by their values; what is not recognised is called input."""
    found, start, rest = list[Part](), 0, 0
    places = [(part, _places(part, x)) for part in known if part.module != path]
    while start < x.shape[1]:
        part = next((one for one, starts in places if start in starts and _is_at(one, x, start)), None)
        if part is None:
            start += 1
            continue
        if rest < start:
            found.append(Part("input", x[:, rest:start]))
        found.append(part)
        start = rest = start + part.values.shape[1]
    return (*found, Part("input", x[:, rest:])) if rest < x.shape[1] else tuple(found)


def _places(part: Part, x: npt.NDArray[Any]) -> frozenset[int]:
    """Return where the first row of a part is in that of x: the others are compared only there."""
    if len(part.values) != len(x) or not 0 < part.values.shape[1] <= x.shape[1]:
        return frozenset()
    windows = np.lib.stride_tricks.sliding_window_view(x[0], part.values.shape[1])
    return frozenset(np.flatnonzero((np.abs(windows - part.values[0]) <= _MATCH).all(-1)).tolist())


def _is_at(part: Part, x: npt.NDArray[Any], start: int) -> bool:
    return bool(np.allclose(x[:, start : start + part.values.shape[1]], part.values, rtol=0, atol=_MATCH))


def part_sizes(parts: Sequence[Part]) -> tuple[tuple[str, int], ...]:
    """Return the name and the width of each part."""
    return tuple((part.name, part.values.shape[1]) for part in parts)
