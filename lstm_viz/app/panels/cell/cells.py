"""The diagram and the equations of each cell."""

from types import MappingProxyType

from lstm_viz.app.panels.cell import gru, lstm, rnn

SCENES = MappingProxyType({"LSTM": lstm.SCENE, "GRU": gru.SCENE, "RNN": rnn.SCENE})
EQUATIONS = MappingProxyType({"LSTM": lstm.EQUATIONS, "GRU": gru.EQUATIONS, "RNN": rnn.EQUATIONS})
