"""What the panels of a reading have in common."""

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.error_texts import code_text
from lstm_viz.app.state import State
from lstm_viz.capabilities import Capability
from lstm_viz.messages import Reading


class ReadingPanel:
    """A panel that shows the current reading: it is not current while a newer one is awaited."""

    _state: State

    def is_current(self) -> bool:
        """Return whether the reading is that of the selection."""
        return self._state.is_up_to_date


def nothing_yet(reading: Reading | None, text: str) -> str:
    """Return why nothing is shown: the model is being loaded, or there is no word yet, as ``text`` says."""
    return QCoreApplication.translate("ReadingPanel", "Loading…") if reading is None else text


def lack_text(reading: Reading | None, *needed: Capability) -> str:
    """Return the first reason why the model of a reading cannot be asked for something; "" if it can."""
    codes = () if reading is None else map(reading.model.lacks, needed)
    return next((code_text(code) for code in codes if code is not None), "")
