"""One step of a recurrent cell: its diagram and its equations."""

from lstm_viz.app.panels.cell.diagram import CellDiagram
from lstm_viz.app.panels.cell.equations import Equations
from lstm_viz.app.panels.cell.values import StepValues, gate_sum, step_values, with_sums

__all__ = ["CellDiagram", "Equations", "StepValues", "gate_sum", "step_values", "with_sums"]
