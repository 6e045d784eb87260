"""What the panel shows: the configuration as called and as changed, and the numbers that the reading has."""

from dataclasses import dataclass, replace

from lstm_viz.app.panels.shapes import code
from lstm_viz.app.panels.shapes.configuration import Changes, Configuration, configuration_of
from lstm_viz.app.panels.shapes.layout import Layout
from lstm_viz.app.panels.shapes.parameters import Parameter, parameters
from lstm_viz.app.panels.shapes.tensors import Entry, tensors
from lstm_viz.app.panels.shapes.texts import sizes_text
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Reading, View


@dataclass(frozen=True, slots=True, eq=False)
class ShapesViewModel:
    """The shapes of the module of a view.

    Attributes
    ----------
    of : Configuration
        With the user's changes.
    called : Configuration
        Without them.
    view : View
    is_edited : bool
        Whether the numbers of the view are those of an intervention, which no code prints.
    """

    of: Configuration
    called: Configuration
    view: View
    is_edited: bool = False

    @property
    def is_called(self) -> bool:
        """Whether the shapes are those of the call."""
        return self.of == self.called

    @property
    def is_known(self) -> bool:
        """Whether it is known how the module was called."""
        return self.view.call is not None or self.view.module.is_cell

    def looks_like(self, other: "ShapesViewModel | None") -> bool:
        """Return whether it is drawn as another one is; their numbers may differ."""
        return other is not None and self._drawn == other._drawn

    @property
    def _drawn(self) -> tuple[object, ...]:
        return self.of, self.called, self.view.module.is_cell

    def layout(self, width: float) -> Layout:
        return Layout(self.of, width, self.called, self.view.module.is_cell)

    def value(self, entry: Entry) -> float | None:
        """Return a number, where the view has it."""
        place, view = entry.place, self.view
        if not self.is_called or self.is_edited or view.call is None or place.sequence != view.sequence:
            return None
        if entry.is_padding or place.layer != view.layer:
            return None
        if place.direction is None:
            return float(view.x[place.step or 0, place.unit])
        if place.direction != view.direction:
            return None
        step = self.of.final_step(place.direction, place.sequence) if place.step is None else place.step
        symbol = "c" if entry.tensor == "c_n" else "h"
        return float(view.quantities[symbol][step, place.unit])

    def parameter_code(self, parameter: Parameter, index: tuple[int, ...]) -> tuple[str, str]:
        """Return the lines that print a number of a parameter: of the model's module, or of a changed one."""
        module = self.view.module
        return code.parameter_code(self.of, parameter, index, module.path if self.is_called else None)


def shapes_view_model(reading: Reading, view: View, changes: Changes) -> ShapesViewModel:
    """Return the shapes of a view with the user's changes; a cell has none."""
    is_input = len(view.columns) == len(reading.words)
    called = configuration_of(view, reading.total_words if is_input else len(view.columns))
    of = called if view.module.is_cell else changes.applied_to(called)
    if not of.has_projection or of.proj_size >= of.hidden_size:
        of = replace(of, proj_size=called.proj_size)
    return ShapesViewModel(of, called, view, reading.unedited is not None)


def shapes_table(shown: ShapesViewModel) -> Table:
    """Return each tensor and parameter with its sizes and the number of its entries."""
    is_cell = shown.view.module.is_cell
    found = list[tuple[str, tuple[int, ...]]]()
    if not is_cell:
        found += [(one.name, one.sizes) for one in tensors(shown.of).values()]
    found += [(one.name, one.sizes) for one in parameters(shown.of, is_cell=is_cell)]
    return Table(("tensor", "sizes", "entries"), [(name, sizes_text(n), _product(n)) for name, n in found])


def _product(sizes: tuple[int, ...]) -> int:
    count = 1
    for size in sizes:
        count *= size
    return count
