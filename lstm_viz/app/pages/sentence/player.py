"""Playback of the sentence, step by step."""

from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.state import Selection, State

#: The duration of a step at speed 1, in milliseconds: long enough to see forget, write and read out.
STEP_MS = 1200


class Player(QObject):
    """Moves the playhead; it depends on the state and on no widget.

    Signals
    -------
    playing_changed(playing)
    """

    playing_changed = Signal(bool)

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        state.selection_changed.connect(self._selection_changed)

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def first(self) -> None:
        self._state.step_to(0)

    def back(self) -> None:
        self._state.step_to(self._state.column - 1)

    def forward(self) -> None:
        self._state.step_to(self._state.column + 1)

    def last(self) -> None:
        self._state.step_to(self._state.columns - 1)

    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Play to the end; from the end, start over."""
        if not self._state.columns:
            return
        if self._at_end():
            self.first()
        self._timer.start(self._interval())
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def _tick(self) -> None:
        if self._at_end():
            self.pause()
            return
        self.forward()
        if self._at_end():
            self.pause()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.text != old.text or new.model != old.model:
            self.pause()
        if new.speed != old.speed and self.playing:
            self._timer.start(self._interval())

    def _at_end(self) -> bool:
        return self._state.column >= self._state.columns - 1

    def _interval(self) -> int:
        return round(STEP_MS / self._state.selection.speed)
