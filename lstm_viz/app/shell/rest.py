"""Gives free memory back to the system when the user pauses."""

from PySide6.QtCore import QObject, QTimer

from lstm_viz import heap
from lstm_viz.app.state import State

_REST_MS = 1000


def trim_at_rest(state: State, parent: QObject) -> None:
    """Trim the heap a second after the last reading or selection; the timer belongs to ``parent``.

    A heap that was used at its full size keeps some 20 MiB of free pages between what is in use.
    """
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(_REST_MS)
    timer.timeout.connect(heap.trim)
    for changed in (state.selection_changed, state.training_changed, state.reading_changed):
        changed.connect(lambda *_: timer.start())
