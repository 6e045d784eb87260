"""Recurrent modules by the names and shapes of their weights.

``weight_hh`` of an LSTM has four times as many rows as columns, that of a GRU three times, that of an RNN as
many; with a projection, ``weight_hr`` has the hidden size.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lstm_viz.errors import CodedText
from lstm_viz.opening.errors import InvalidFileError, check
from lstm_viz.opening.layout import RecurrentKind, RecurrentPart
from lstm_viz.opening.weights import Weight

_LEAF = re.compile(r"(?:(?:weight|bias)_(?:ih|hh)|weight_hr)(?:_l(?P<layer>\d{1,4})(?:_reverse)?)?")
_KINDS: Mapping[int, RecurrentKind] = MappingProxyType({1: "RNN", 3: "GRU", 4: "LSTM"})
_PROJECTED_GATES = 4  # torch projects the h of an LSTM only

Weights = Mapping[str, Weight]
#: A path, and whether the names there are those of a cell.
_Place = tuple[str, bool]


def recurrent_parts(weights: Weights) -> tuple[tuple[RecurrentPart, ...], tuple[CodedText, ...]]:
    """Return the recurrent modules, in order, and why what looks like one is none."""
    parts, notices = list[RecurrentPart](), list[CodedText]()
    for (path, is_cell), group in _groups(weights).items():
        if not any("_hh" in name for name in group):
            continue
        try:
            parts.append(_part(path, is_cell, group))
        except InvalidFileError as error:
            notices.append(error.reason)
    return tuple(parts), tuple(notices)


def shown_path(path: str) -> str:
    """Return a path for a message; that of the model itself is empty."""
    return path or "(root)"


def is_recurrent(name: str) -> bool:
    """Return whether a name is that of a weight of a recurrent module."""
    return bool(_LEAF.fullmatch(name.rpartition(".")[2]))


def _groups(weights: Weights) -> dict[_Place, dict[str, Weight]]:
    found = dict[_Place, dict[str, Weight]]()
    for name, weight in weights.items():
        path, _, leaf = name.rpartition(".")
        match = _LEAF.fullmatch(leaf)
        if match:
            found.setdefault((path, match["layer"] is None), {})[leaf] = weight
    return found


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The sizes of a recurrent module."""

    gates: int
    input_size: int
    hidden_size: int
    proj_size: int
    directions: int
    bias: bool

    def shapes(self, layer: int, mark: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield name and shape of each weight of a layer and direction."""
        rows, output = self.gates * self.hidden_size, self.proj_size or self.hidden_size
        yield f"weight_ih{mark}", (rows, output * self.directions if layer else self.input_size)
        yield f"weight_hh{mark}", (rows, output)
        if self.bias:
            yield f"bias_ih{mark}", (rows,)
            yield f"bias_hh{mark}", (rows,)
        if self.proj_size:
            yield f"weight_hr{mark}", (self.proj_size, self.hidden_size)


def _part(path: str, is_cell: bool, group: Weights) -> RecurrentPart:
    """Return the module whose weights have these names and shapes; raises `InvalidFileError` for none."""
    shown = shown_path(path)
    directions = 2 if any(name.endswith("_reverse") for name in group) else 1
    layers = len({name.removesuffix("_reverse").rpartition("_l")[2] for name in group})
    sizes = _sizes(shown, group, "" if is_cell else "_l0", directions)
    marks = [("", 0)] if is_cell else _marks(layers, directions)
    expected = {name: shape for mark, layer in marks for name, shape in sizes.shapes(layer, mark)}
    for name in sorted(expected.keys() ^ group.keys()):
        check(name in group, "recurrent_lacks", path=shown, name=name)
        check(name in expected, "recurrent_has_more", path=shown, name=name)
    for name, shape in expected.items():
        given = group[name]
        check(given.shape == shape, "recurrent_shape", path=shown, name=name, given=str(list(given.shape)))
        check(given.is_floating, "recurrent_type", path=shown, name=name, dtype=given.sources[0].dtype)
    return RecurrentPart(
        path,
        _KINDS[sizes.gates],
        is_cell,
        sizes.input_size,
        sizes.hidden_size,
        1 if is_cell else layers,
        directions == 2,
        sizes.bias,
        sizes.proj_size,
        dict(group),
    )


def _marks(layers: int, directions: int) -> list[tuple[str, int]]:
    return [(f"_l{layer}{mark}", layer) for layer in range(layers) for mark in ("", "_reverse")[:directions]]


def _sizes(shown: str, group: Weights, mark: str, directions: int) -> _Sizes:
    """Return the sizes that the first layer has."""
    first = {kind: group.get(f"weight_{kind}{mark}") for kind in ("ih", "hh", "hr")}
    input_, hidden, projection = first["ih"], first["hh"], first["hr"]
    for kind, weight in (("ih", input_), ("hh", hidden)):
        check(weight is not None, "recurrent_lacks", path=shown, name=f"weight_{kind}{mark}")
    assert input_ is not None
    assert hidden is not None
    for kind, weight in first.items():
        is_matrix = weight is None or (len(weight.shape) == 2 and all(weight.shape))
        given = "" if weight is None else str(list(weight.shape))
        check(is_matrix, "recurrent_shape", path=shown, name=f"weight_{kind}{mark}", given=given)
    units = projection.shape[1] if projection else hidden.shape[1]
    gates = hidden.shape[0] / units
    rows, columns = hidden.shape
    check(gates in _KINDS, "recurrent_kind", path=shown, rows=rows, columns=columns)
    proj_size = projection.shape[0] if projection else 0
    fits = not proj_size or (gates == _PROJECTED_GATES and proj_size < units)
    check(fits, "recurrent_has_more", path=shown, name=f"weight_hr{mark}")
    has_bias = any(name.startswith("bias") for name in group)
    return _Sizes(int(gates), input_.shape[1], units, proj_size, directions, has_bias)
