"""The GRU: its diagram, as in ``torch.nn.GRU`` (r after the matrix product)."""

from lstm_viz.app.panels.cell.scene import LEFT, RIGHT, Node, NumberLabel, Scene, Wire

_Z, _R, _RESET, _N = 70.0, 178.0, 250.0, 340.0
_CONVEYOR, _TIMES, _GATES, _BUS = 60.0, 140.0, 226.0, 286.0
_ABOVE, _AFTER = (0.5, 1.0), (0.0, 0.5)

SCENE = Scene(
    nodes={
        "z": Node("gate", "z", _Z, _GATES, 0.25),
        "r": Node("gate", "r", _R, _GATES, 1.1),
        "n": Node("gate", "n", _N, _GATES, 1.5),
        "keep": Node("operator", "h", _Z, _CONVEYOR, 0.55, "×"),
        "reset": Node("operator", "n", _RESET, _GATES, 1.3, "×"),
        "open": Node("function", "z", 150, _TIMES, 2.05, "1 −"),
        "write": Node("operator", "h", _N, _TIMES, 2.3, "×"),
        "add": Node("operator", "h", _N, _CONVEYOR, 2.6, "+"),
    },
    wires=(
        Wire(((LEFT, _BUS), (_N, _BUS)), "x", 0.0, arrow=False),
        Wire(((150, 318), (150, _BUS)), "x", 0.0, arrow=False),
        Wire(((_Z, _BUS), (_Z, _GATES)), "x", 0.05, end="z"),
        Wire(((_R, _BUS), (_R, _GATES)), "x", 1.0, end="r"),
        Wire(((_RESET, _BUS), (_RESET, _GATES)), "h", 1.0, "Wh_n", end="reset"),
        Wire(((_N, _BUS), (_N, _GATES)), "x", 1.2, "Wx_n", end="n"),
        Wire(((LEFT, _CONVEYOR), (_Z, _CONVEYOR)), "h", 0.2, "h_prev", end="keep"),
        Wire(((_Z, _GATES), (_Z, _CONVEYOR)), "z", 0.3, "z", end="keep"),
        Wire(((_Z, _CONVEYOR), (_N, _CONVEYOR)), "h", 0.6, "z·h_prev", end="add"),
        Wire(((_R, _GATES), (_RESET, _GATES)), "r", 1.15, "r", end="reset"),
        Wire(((_RESET, _GATES), (_N, _GATES)), "n", 1.35, "rWh_n", end="n"),
        Wire(((_Z, _TIMES), (150, _TIMES)), "z", 2.0, "z", end="open", arrow=False, branches=True),
        Wire(((150, _TIMES), (_N, _TIMES)), "z", 2.1, "1-z", end="write"),
        Wire(((_N, _GATES), (_N, _TIMES)), "n", 2.1, "n", end="write"),
        Wire(((_N, _TIMES), (_N, _CONVEYOR)), "h", 2.35, "1-z·n", end="add"),
        Wire(((_N, _CONVEYOR), (RIGHT, _CONVEYOR)), "h", 2.65, "h"),
    ),
    labels=(
        NumberLabel("hₜ₋₁", LEFT, _CONVEYOR, (0.0, 1.0), "h", 0.0, "h_prev"),
        NumberLabel("zₜ·hₜ₋₁", (_Z + _N) / 2, _CONVEYOR, _ABOVE, "h", 0.75, "z·h_prev"),
        NumberLabel("1 − zₜ", 236, _TIMES, _ABOVE, "z", 2.2, "1-z"),
        NumberLabel("(1 − zₜ)·nₜ", _N, 100, _AFTER, "h", 2.45, "1-z·n"),
        NumberLabel("hₜ", RIGHT, _CONVEYOR, (1.0, 1.0), "h", 2.8, "h"),
        NumberLabel("rₜ·(W_hn·hₜ₋₁ + b_hn)", 244, 194, _ABOVE, "n", 1.4, "rWh_n"),
        NumberLabel("", _RESET, 270, _AFTER, "h", 1.1, "Wh_n", tip="W_hn·hₜ₋₁ + b_hn"),
        NumberLabel("W_in·xₜ + b_in", _N, 276, _AFTER, "x", 1.3, "Wx_n"),
        NumberLabel("hₜ₋₁", LEFT, 304, _AFTER, "h", 0.0, "h_prev", stacked=False),
        NumberLabel("σ", _Z, 272, _AFTER, "z", 0.1),
        NumberLabel("σ", _R, 272, _AFTER, "r", 1.05),
    ),
    word=NumberLabel("xₜ", 150, 304, _AFTER, "x", 0.0, stacked=False),
    stages=("forget", "write", "read out"),
)
