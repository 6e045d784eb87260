"""The LSTM: its diagram, as in ``torch.nn.LSTM``."""

from lstm_viz.app.panels.cell.scene import LEFT, RIGHT, Node, NumberLabel, Scene, Wire

_F, _I, _G, _O = 84.0, 187.5, 291.0, 394.0
_ADD = (_I + _G) / 2
_CONVEYOR, _TANH, _TIMES, _GATES, _BUS = 60.0, 96.0, 156.0, 226.0, 286.0
_ABOVE, _AFTER, _BEFORE = (0.5, 1.0), (0.0, 0.5), (1.0, 0.5)

SCENE = Scene(
    nodes={
        "f": Node("gate", "f", _F, _GATES, 0.25),
        "i": Node("gate", "i", _I, _GATES, 1.2),
        "g": Node("gate", "g", _G, _GATES, 1.2),
        "o": Node("gate", "o", _O, _GATES, 2.2),
        "forget": Node("operator", "c", _F, _CONVEYOR, 0.55, "×"),
        "write": Node("operator", "c", _ADD, _TIMES, 1.5, "×"),
        "add": Node("operator", "c", _ADD, _CONVEYOR, 1.75, "+"),
        "tanh": Node("function", "c", _O, _TANH, 2.35, "tanh"),
        "read": Node("operator", "h", _O, _TIMES, 2.6, "×"),
    },
    wires=(
        Wire(((LEFT, _BUS), (_O, _BUS)), "x", 0.0, arrow=False),
        Wire(((150, 318), (150, _BUS)), "x", 0.0, arrow=False),
        Wire(((_F, _BUS), (_F, _GATES)), "x", 0.05, end="f"),
        Wire(((_I, _BUS), (_I, _GATES)), "x", 1.0, end="i"),
        Wire(((_G, _BUS), (_G, _GATES)), "x", 1.0, end="g"),
        Wire(((_O, _BUS), (_O, _GATES)), "x", 2.0, end="o"),
        Wire(((LEFT, _CONVEYOR), (_F, _CONVEYOR)), "c", 0.2, "c_prev", end="forget"),
        Wire(((_F, _GATES), (_F, _CONVEYOR)), "f", 0.3, "f", end="forget"),
        Wire(((_F, _CONVEYOR), (_ADD, _CONVEYOR)), "c", 0.6, "f·c_prev", end="add"),
        Wire(((_I, _GATES), (_I, _TIMES), (_ADD, _TIMES)), "i", 1.25, "i", end="write"),
        Wire(((_G, _GATES), (_G, _TIMES), (_ADD, _TIMES)), "g", 1.25, "g", end="write"),
        Wire(((_ADD, _TIMES), (_ADD, _CONVEYOR)), "c", 1.55, "i·g", end="add"),
        Wire(((_ADD, _CONVEYOR), (RIGHT, _CONVEYOR)), "c", 1.8, "c"),
        Wire(((_O, _CONVEYOR), (_O, _TANH)), "c", 2.2, "c", end="tanh", arrow=False, branches=True),
        Wire(((_O, _TANH), (_O, _TIMES)), "c", 2.4, "tanh_c", end="read"),
        Wire(((_O, _GATES), (_O, _TIMES)), "o", 2.3, "o", end="read"),
        Wire(((_O, _TIMES), (RIGHT, _TIMES)), "h", 2.7, "h"),
    ),
    labels=(
        NumberLabel("cₜ₋₁", LEFT, _CONVEYOR, (0.0, 1.0), "c", 0.2, "c_prev"),
        NumberLabel("fₜ·cₜ₋₁", (_F + _ADD) / 2, _CONVEYOR, _ABOVE, "c", 0.75, "f·c_prev"),
        NumberLabel("iₜ·gₜ", _ADD, 110, _AFTER, "c", 1.7, "i·g"),
        NumberLabel("cₜ", RIGHT, _CONVEYOR, (1.0, 1.0), "c", 1.9, "c"),
        NumberLabel("tanh cₜ", _O, 126, _BEFORE, "c", 2.5, "tanh_c"),
        NumberLabel("hₜ", RIGHT, _TIMES, (1.0, 1.0), "h", 2.8, "h"),
        NumberLabel("hₜ₋₁", LEFT, 304, _AFTER, "h", 0.0, "h_prev", stacked=False),
        NumberLabel("σ", _F, 272, _AFTER, "f", 0.1),
        NumberLabel("σ", _I, 272, _AFTER, "i", 1.1),
        NumberLabel("tanh", _G, 272, _AFTER, "g", 1.1),
        NumberLabel("σ", _O, 272, _AFTER, "o", 2.1),
    ),
    word=NumberLabel("xₜ", 150, 304, _AFTER, "x", 0.0, stacked=False),
    stages=("forget", "write", "read out"),
)
