"""One step of a recurrent cell: its diagram, its equations and the arithmetic of each number."""

from lstm_viz.app.sentence.cell.arithmetic import Arithmetic
from lstm_viz.app.sentence.cell.diagram import CellDiagram
from lstm_viz.app.sentence.cell.equations import Equations
from lstm_viz.app.sentence.cell.values import StepValues, gate_sum, step_values, with_sums

__all__ = ["Arithmetic", "CellDiagram", "Equations", "StepValues", "gate_sum", "step_values", "with_sums"]
