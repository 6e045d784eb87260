"""The diagram of each cell."""

from functools import cache
from types import MappingProxyType

from lstm_viz.app.panels.cell import gru, lstm, rnn
from lstm_viz.app.panels.cell.scene import LEFT, RIGHT, Node, NumberLabel, Scene, Wire
from lstm_viz.cells import CellKind, previous

_SCENES = MappingProxyType(
    {
        "LSTM": lstm.SCENE,
        "GRU": gru.SCENE,
        "RNN_TANH": rnn.scene("tanh"),
        "RNN_RELU": rnn.scene("relu"),
    }
)
_GATES, _BUS, _STATES, _BELOW = 140.0, 230.0, 50.0, (0.0, 0.5)


@cache
def scene_of(kind: CellKind) -> Scene:
    """Return the diagram of a cell: its own, or one of its activations and states for a kind without one."""
    return _SCENES.get(kind.mode) or _plain(kind)


def _plain(kind: CellKind) -> Scene:
    """Return a diagram with a box for each activation, in a row, and the states above them."""
    width = (RIGHT - LEFT) / len(kind.activated)
    at = {symbol: LEFT + width * (k + 0.5) for k, symbol in enumerate(kind.activated)}
    wires = [Wire(((x, _BUS), (x, _GATES)), "x", 0.5, end=symbol) for symbol, x in at.items()]
    labels = []
    for k, symbol in enumerate(kind.states):
        y = _STATES + 24.0 * k
        before = NumberLabel(f"{symbol}ₜ₋₁", LEFT, y, _BELOW, symbol, 0.0, previous(symbol), stacked=False)
        after = NumberLabel(f"{symbol}ₜ", RIGHT - 90, y, _BELOW, symbol, 2.5, symbol, stacked=False)
        labels += [before, after]
    return Scene(
        nodes={symbol: Node("gate", symbol, x, _GATES, 1.0) for symbol, x in at.items()},
        wires=(Wire(((LEFT, _BUS), (max(at.values()), _BUS)), "x", 0.0, arrow=False), *wires),
        labels=tuple(labels),
        word=NumberLabel("xₜ", LEFT, 304.0, _BELOW, "x", 0.0, stacked=False),
        stages=("weigh", "add", "squash"),
    )
