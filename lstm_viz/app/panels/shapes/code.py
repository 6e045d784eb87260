"""The code of what is drawn, in Python and torch: each line runs, where the names in it are defined.

The names are ``model``, ``input`` and ``lengths``, ``packed`` for the packed input, that of the module
(``lstm``, ``gru``, ``rnn``), and what `the_call` defines.
"""

from lstm_viz.app.panels.shapes.configuration import Configuration
from lstm_viz.app.panels.shapes.parameters import Parameter
from lstm_viz.app.panels.shapes.tensors import Entry


def module_name(of: Configuration) -> str:
    """Return the name of the module in the code: "lstm"."""
    return of.kind.name.lower()


def constructor(of: Configuration) -> str:
    """Return the call that makes such a module: "nn.LSTM(6, 6, num_layers=2)"."""
    options = {
        "num_layers": of.num_layers if of.num_layers > 1 else None,
        "nonlinearity": "'relu'" if of.kind["h"].activation == "relu" else None,
        "bias": None if of.has_biases else False,
        "batch_first": of.batch_first or None,
        "bidirectional": of.num_directions == 2 or None,
        "proj_size": of.proj_size or None,
    }
    named = [f"{name}={value}" for name, value in options.items() if value is not None]
    return f"nn.{of.kind.name}({', '.join([str(of.input_size), str(of.hidden_size), *named])})"


def module_lookup(of: Configuration, path: str) -> str:
    """Return the line that defines the module of a model."""
    return f"{module_name(of)} = {f'model.get_submodule({path!r})' if path else 'model'}"


def the_packing(of: Configuration) -> str:
    """Return the line that packs the input; the lengths are in the order of the batch."""
    first = ", batch_first=True" if of.batch_first else ""
    return f"packed = pack_padded_sequence(input, lengths{first}, enforce_sorted=False)"


def the_call(of: Configuration) -> str:
    """Return the line that calls the module."""
    states = "(h_n, c_n)" if "c" in of.kind.states else "h_n"
    output, given = ("packed_output", "packed") if of.packed else ("output", "input")
    return f"{output}, {states} = {module_name(of)}({given})"


def the_output(of: Configuration) -> str:
    """Return the expression of the output with its padding."""
    if not of.packed:
        return "output"
    return f"pad_packed_sequence(packed_output{', batch_first=True' if of.batch_first else ''})[0]"


def entry_code(of: Configuration, entry: Entry) -> tuple[str, str]:
    """Return the two lines that print a number."""
    index = ", ".join(map(str, entry.index))
    name = the_output(of) if entry.tensor == "output" else entry.tensor
    before = the_packing(of) if entry.tensor in ("packed.data", "input") and of.packed else the_call(of)
    return before, f"print({name}[{index}])"


def batch_size_code(of: Configuration, step: int) -> tuple[str, str]:
    """Return the two lines that print a number of ``batch_sizes``."""
    return the_packing(of), f"print(packed.batch_sizes[{step}])"


def parameter_code(
    of: Configuration, parameter: Parameter, index: tuple[int, ...], path: str | None
) -> tuple[str, str]:
    """Return the two lines that print a number of a parameter; of a new module where ``path`` is None."""
    name = module_name(of)
    made = f"{name} = {constructor(of)}" if path is None else module_lookup(of, path)
    return made, f"print({name}.{parameter.name}[{', '.join(map(str, index))}])"


def is_state(of: Configuration) -> bool:
    """Return whether ``output[-1]`` is ``h_n[-1]``."""
    if of.num_directions == 2:
        return False
    if of.time_axis:
        return of.steps == 1 == of.batch
    return min(of.read_lengths) == of.steps


def states_in_output(of: Configuration) -> tuple[tuple[str, str], ...]:
    """Return for each direction of the last layer the code of its h_n, and of it in the output."""
    directions, h = range(of.num_directions), of.output_size
    return tuple(
        (f"h_n[{d - of.num_directions}]", f"output[{_place(of, d)}{_units(of, d, h)}]") for d in directions
    )


def _units(of: Configuration, direction: int, h: int) -> str:
    if of.num_directions == 1:
        return ""
    return f", {h}:" if direction else f", :{h}"


def _place(of: Configuration, direction: int) -> str:
    """Return the indices of the final steps of a direction; they may differ from sequence to sequence."""
    differ = not direction and min(of.read_lengths) < of.steps
    step = "0" if direction else "lengths - 1" if differ else "-1"
    if not of.has_batch:
        return step
    sequences = "range(len(lengths))" if differ else ":"
    axes = (sequences, step) if of.time_axis else (step, sequences)
    is_short = of.num_directions == 1 and axes[-1] == ":"
    return ", ".join(axes[:1] if is_short else axes)
