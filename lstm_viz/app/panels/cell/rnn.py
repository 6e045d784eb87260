"""The Elman RNN: its diagram, as in ``torch.nn.RNN``."""

from lstm_viz.app.panels.cell.scene import LEFT, RIGHT, Node, NumberLabel, Scene, Wire

_WEIGHT, _ADD, _FUNCTION, _H = 94.0, 212.0, 290.0, 373.0
_LINE, _INPUT = 130.0, 232.0
_ABOVE, _AFTER = (0.5, 1.0), (0.0, 0.5)


def scene(activation: str) -> Scene:
    """Return the diagram of an RNN with an activation."""
    return Scene(
        nodes={
            "W_hh": Node("function", "h", _WEIGHT, _LINE, 0.2, "W_hh"),
            "W_ih": Node("function", "x", _ADD, _INPUT, 0.2, "W_ih"),
            "add": Node("operator", "h", _ADD, _LINE, 1.2, "+"),
            "activation": Node("function", "h", _FUNCTION, _LINE, 2.0, activation),
            "h": Node("gate", "h", _H, _LINE, 2.4),
        },
        wires=(
            Wire(((LEFT, _LINE), (_WEIGHT, _LINE)), "h", 0.0, "h_prev", end="W_hh", arrow=False),
            Wire(((_ADD, 318), (_ADD, _INPUT)), "x", 0.0, end="W_ih", arrow=False),
            Wire(((_WEIGHT, _LINE), (_ADD, _LINE)), "h", 0.4, "Wh_h", end="add"),
            Wire(((_ADD, _INPUT), (_ADD, _LINE)), "x", 0.4, "Wx_h", end="add"),
            Wire(((_ADD, _LINE), (_FUNCTION, _LINE)), "h", 1.3, "pre_h", end="activation"),
            Wire(((_FUNCTION, _LINE), (_H, _LINE)), "h", 2.1, "h", end="h"),
            Wire(((_H, _LINE), (RIGHT, _LINE)), "h", 2.5, "h"),
        ),
        labels=(
            NumberLabel("hₜ₋₁", LEFT, _LINE, (0.0, 1.0), "h", 0.0, "h_prev"),
            NumberLabel("W_hh·hₜ₋₁ + b_hh", 154, 118, _ABOVE, "h", 0.6, "Wh_h"),
            NumberLabel("W_ih·xₜ + b_ih", _ADD, 184, _AFTER, "x", 0.6, "Wx_h"),
            NumberLabel("Σ", 250, 122, _ABOVE, "h", 1.5, "pre_h"),
            NumberLabel("hₜ", RIGHT, _LINE, (1.0, 1.0), "h", 2.7, "h"),
        ),
        word=NumberLabel("xₜ", _ADD, 304, _AFTER, "x", 0.0, stacked=False),
        stages=("weigh", "add", "squash"),
    )
