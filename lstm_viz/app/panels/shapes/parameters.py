"""The parameters of a recurrent module: their names, sizes, and which rows belong to which gate."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from lstm_viz.app.panels.shapes.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Band:
    """The rows ``start`` to ``end`` (exclusive) of a weight that are of a quantity; "" for no single one."""

    symbol: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A weight or bias of a layer and direction.

    ``kind`` is the beginning of its name: "weight_ih". ``sizes`` are (rows, columns), or (rows,) of a bias.
    """

    name: str
    kind: str
    layer: int
    direction: int
    sizes: tuple[int, ...]
    bands: tuple[Band, ...]

    @property
    def count(self) -> int:
        """The number of its entries."""
        return prod(self.sizes)

    def band_of(self, row: int) -> Band:
        """Return the band that a row is in."""
        return next(band for band in self.bands if row < band.end)


def parameters(of: Configuration, *, is_cell: bool = False) -> tuple[Parameter, ...]:
    """Return the parameters in torch's order; those of a cell have no layer in their names."""
    return tuple(one for layer, direction in of.layers() for one in _of_layer(of, layer, direction, is_cell))


def _of_layer(of: Configuration, layer: int, direction: int, is_cell: bool) -> Iterator[Parameter]:
    suffix = "" if is_cell else f"_l{layer}{'_reverse' * direction}"
    gates = of.kind.activated
    rows, h = len(gates) * of.hidden_size, of.output_size
    bands = tuple(Band(g, k * of.hidden_size, (k + 1) * of.hidden_size) for k, g in enumerate(gates))
    x = of.input_size if layer == 0 else of.num_directions * h
    for kind, sizes in (("weight_ih", (rows, x)), ("weight_hh", (rows, h))):
        yield Parameter(kind + suffix, kind, layer, direction, sizes, bands)
    for kind in ("bias_ih", "bias_hh") if of.has_biases else ():
        yield Parameter(kind + suffix, kind, layer, direction, (rows,), bands)
    if of.proj_size:
        whole = (Band("", 0, of.proj_size),)
        yield Parameter(
            "weight_hr" + suffix, "weight_hr", layer, direction, (of.proj_size, of.hidden_size), whole
        )
