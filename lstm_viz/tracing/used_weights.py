"""The weights that a call used, for as long as they can be known."""

from array import array
from collections.abc import Sequence

from torch import Tensor

_SAMPLE = 32


class UsedWeights:
    """The weights of one call, in torch's order: a copy, or the tensors while nobody writes to them.

    An optimiser writes to the tensors that the call used. Where the gates come from oneDNN's workspace the
    weights only confirm them, and are not worth a copy.
    """

    def __init__(self, tensors: Sequence[Tensor], mark: "Mark | None" = None) -> None:
        self._tensors, self._mark = tuple(tensors), mark

    def tensors(self) -> tuple[Tensor, ...] | None:
        """Return the weights without their graph, or None where somebody has written to them since."""
        if self._mark is not None and self._mark != Mark(self._tensors):
            return None
        return tuple(w.detach() for w in self._tensors)


class Mark:
    """What tells the present numbers of some tensors from earlier and later ones.

    Torch counts every write in place in a version, but those through ``.data``; an optimiser or average that
    writes so changes the first row of the first matrices like all others.
    """

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._of = (*((w.data_ptr(), _version(w)) for w in tensors), *map(_sample, tensors[:2]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mark) and self._of == other._of

    __hash__ = None  # type: ignore[assignment]


class WeightCopies:
    """Copies of weights, one for as long as nobody writes to them: the steps of a loop share it."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[tuple[Tensor, ...], Mark, UsedWeights]] = {}

    def of(self, owner: str, tensors: Sequence[Tensor]) -> UsedWeights:
        """Return a copy of ``tensors``, as they are now, of the module at the path ``owner``."""
        mark, latest = Mark(tensors), self._latest.get(owner)
        if latest is not None and latest[1] == mark:
            return latest[2]
        used = UsedWeights([w.detach().clone() for w in tensors])
        self._latest[owner] = (tuple(tensors), mark, used)  # what is held keeps its address for itself
        return used


def _version(tensor: Tensor) -> int:
    return -1 if tensor.is_inference() else tensor._version


def _sample(tensor: Tensor) -> bytes:
    """Return numbers of the first row of a matrix; as bytes, as NaN is not equal to itself."""
    return array("d", tensor[0, :_SAMPLE].tolist()).tobytes() if tensor.dim() == 2 else b""
