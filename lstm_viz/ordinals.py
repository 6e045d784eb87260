"""The one base in which units, words, steps and layers are counted.

Inside, everything is an index from 0, as in torch. What is read or typed counts from 1: the window, the
tables that it exports, the command line, and messages. That is the base of the equations in torch's
documentation, where x₁ is the first input and h₀ the initial state, and of the word IDs of CoNLL-U. Where
code is meant, it is written as code, with torch's index: ``weight_ih_l0``, ``trace.f[0, 0, 2, 0, 3]``.
"""


def ordinal(index: int) -> int:
    """Return the number of the element at ``index``: 1 for the first."""
    return index + 1


def index_of(ordinal: int) -> int:
    """Return the index of the element with this number: 0 for the first."""
    return ordinal - 1


def weight_name(layer: int, direction: int) -> str:
    """Return torch's name of the input weights of a layer and direction: "weight_ih_l1_reverse"."""
    return f"weight_ih_l{layer}{'_reverse' * direction}"


def trace_element(
    quantity: str, layer: int, direction: int, step: int, unit: int, *, sequence: int | None = 0
) -> str:
    """Return the code of a number of a trace, of a sequence of its batch; "" without one.

    The input ``x`` has no layers: above the first it is the h of the layer below, and the code is "".
    """
    if sequence is None:
        return ""
    if quantity != "x":
        return f"trace.{quantity}[{layer}, {direction}, {step}, {sequence}, {unit}]"
    return "" if layer else f"trace.x[{step}, {sequence}, {unit}]"
