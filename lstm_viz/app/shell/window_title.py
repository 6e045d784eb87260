"""The title of the window: the model or run, then the program."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text

_PROGRAM = "LSTM Viz"
_MOST = 100  # characters of a name


class WindowTitle(QObject):
    """Names the selected model, or the run whose checkpoints are the model, in the title of a window."""

    def __init__(self, window: QWidget, state: State, runs: Runs) -> None:
        super().__init__(window)
        self._window, self._state, self._runs = window, state, runs
        state.models_changed.connect(self._draw)
        state.selection_changed.connect(self._selection_changed)
        runs.current_changed.connect(self._draw)
        runs.grown.connect(self._grown)
        self._draw()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.model != old.model:
            self._draw()

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current:
            self._draw()

    def _draw(self, *_: object) -> None:
        run = self._runs.current
        document = _bounded(run.name if run is not None else self._model())
        self._window.setWindowTitle(f"{shown_text(document)} — {_PROGRAM}" if document else _PROGRAM)
        self._window.setWindowFilePath("" if run is None else str(run.path))

    def _model(self) -> str:
        uri = self._state.selection.model
        return next((model.title for model in self._state.models if model.uri == uri), "")


def _bounded(name: str) -> str:
    return name if len(name) <= _MOST else f"{name[: _MOST - 1]}…"
