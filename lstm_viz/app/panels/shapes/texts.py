"""The texts of the shapes: headers, places, and the description of the number under the mouse."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from lstm_viz.app.panels.shapes import code
from lstm_viz.app.panels.shapes.configuration import Configuration
from lstm_viz.app.panels.shapes.parameters import Parameter
from lstm_viz.app.panels.shapes.tensors import Entry, Place, Tensor
from lstm_viz.app.texts import put
from lstm_viz.app.widgets.labels import direction_name, layer_name, quantity_name, unit_name
from lstm_viz.ordinals import ordinal

translate = QCoreApplication.translate

ARROWS = ("→", "←")
#: Marked here for Qt's lupdate.
_AXES = {
    "time": QT_TRANSLATE_NOOP("Shapes", "time"),
    "batch": QT_TRANSLATE_NOOP("Shapes", "batch"),
    "layers": QT_TRANSLATE_NOOP("Shapes", "layers"),
}


def sizes_text(sizes: tuple[int, ...]) -> str:
    """Return sizes as Python prints them."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


def axes_text(tensor: Tensor) -> str:
    """Return what is drawn from top to bottom, from left to right, and within a cell."""
    of = tensor.of
    rows, *columns = ["batch", "time"] if tensor.is_packed else [axis.name for axis in tensor.axes[:-1]]
    parts = [put(translate("Shapes", "rows %1"), translate("Shapes", str(_AXES[rows])))]
    parts += [
        put(translate("Shapes", "columns %1"), translate("Shapes", str(_AXES[name]))) for name in columns
    ]
    if tensor.parts == 2:
        parts.append(put(translate("Shapes", "halves %1"), " ".join(ARROWS)))
    if tensor.name == "packed.data":
        parts.append(put(translate("Shapes", "below: %1"), "batch_sizes"))
    if tensor.name == "h_n" and of.num_layers > 1:
        parts.append(translate("Shapes", "filled: in output"))
    return ", ".join(parts)


def was_text(value: str) -> str:
    """Return what is added to a size that is not that of the call."""
    return "  " + put(translate("Shapes", "was %1"), value)


def state_name(layer: int, direction: int, of: Configuration) -> str:
    """Return the name of a row of h_n: "layer 1", with an arrow where there are two directions."""
    return f"{layer_name(layer)} {ARROWS[direction]}" if of.num_directions == 2 else layer_name(layer)


def verdict(of: Configuration) -> str:
    """Return whether ``output[-1]`` is ``h_n[-1]``."""
    return put(
        translate("Shapes", "%1 is %2") if code.is_state(of) else translate("Shapes", "%1 is not %2"),
        "output[-1]",
        "h_n[-1]",
    )


def states_lines(of: Configuration) -> list[str]:
    """Return for each direction where its final h is in the output; nothing more where `verdict` says it."""
    if code.is_state(of):
        return []
    pairs = code.states_in_output(of)
    lines = [put(translate("Shapes", "%1 is %2"), state, output) for state, output in pairs]
    if of.num_directions == 1:
        return lines
    return [f"{direction_name(d)}: {line}" for d, line in enumerate(lines)]


def cell_line(of: Configuration) -> str:
    """Return how a cell is called."""
    states = ", ".join(of.kind.states)
    given = f"({states})" if len(of.kind.states) > 1 else states
    call = f"{states} = cell(input, {given})"
    return put(translate("Shapes", "Called once for each step: %1"), call)


def place_text(place: Place, of: Configuration) -> str:
    """Return what a number is of.

    Its place in time is that of the input in both directions, and not the step at which it is computed.
    """
    step = "" if place.step is None else put(translate("Shapes", "time %1"), ordinal(place.step))
    sequence = put(translate("Shapes", "sequence %1"), ordinal(place.sequence)) if of.batch > 1 else ""
    if place.direction is None:
        return _joined(step, sequence, put(translate("Shapes", "input %1"), ordinal(place.unit)))
    direction = direction_name(place.direction) if of.num_directions == 2 else ""
    layer = layer_name(place.layer) if of.num_layers > 1 else ""
    return _joined(layer, direction, step, sequence, unit_name(place.unit))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def indexed(name: str, index: tuple[int, ...]) -> str:
    """Return the code of an element."""
    return f"{name}[{', '.join(map(str, index))}]"


def entry_text(entry: Entry, of: Configuration) -> str:
    """Return what a number is, and what it also is, without its code."""
    lines = (indexed(entry.tensor, entry.index), place_text(entry.place, of), _also(entry))
    padding = _padding_text(of) if entry.is_padding else ""
    return "\n".join(line for line in (*lines, padding) if line)


def _also(entry: Entry) -> str:
    """Return where the same number is, of h_n and the output."""
    if entry.state is not None:
        return put(translate("Shapes", "the same number as %1"), indexed("h_n", entry.state))
    if entry.output is not None:
        return put(translate("Shapes", "the same number as %1"), indexed("output", entry.output))
    return translate("Shapes", "not in the output") if entry.tensor in ("c_n", "h_n") else ""


def _padding_text(of: Configuration) -> str:
    if of.packed:
        return translate("Shapes", "padding, not read")
    return translate("Shapes", "padding, which is read like a step")


def parameter_text(parameter: Parameter, index: tuple[int, ...]) -> str:
    """Return what a number of a parameter is: the gate and the unit of its row, and its column."""
    band = parameter.band_of(index[0])
    unit = unit_name(index[0] - band.start)
    gate = f"{band.symbol} {quantity_name(band.symbol)}" if band.symbol else ""
    rows = put(translate("Shapes", "rows %1 to %2"), band.start, band.end - 1) if band.symbol else ""
    return "\n".join((indexed(parameter.name, index), _joined(gate, unit, rows)))


def batch_size_text(of: Configuration, step: int) -> str:
    """Return what an element of ``batch_sizes`` is."""
    text = put(
        translate("Shapes", "time %1 · sequences that have it: %2"), ordinal(step), of.batch_sizes[step]
    )
    return f"{indexed('packed.batch_sizes', (step,))}\n{text}"
