"""What the panels of a reading have in common."""

from lstm_viz.app.state import State


class ReadingPanel:
    """A panel that shows the current reading: it is not current while a newer one is awaited."""

    _state: State

    def is_current(self) -> bool:
        """Return whether the reading is that of the selection."""
        return self._state.is_up_to_date
