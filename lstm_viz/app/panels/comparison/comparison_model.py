"""The comparison that is shown, if any: computed once for all panels."""

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.panels.comparison.comparison import Comparison, compared, edited
from lstm_viz.app.queries.of_state import comparison_query
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.messages import Reading, ReadQuery

#: A newer reading to compare with usually arrives sooner: until then the present one need not turn pale.
PALE_DELAY_MS = 150


class ComparisonModel(QObject):
    """Compares the current reading with the selected other one, else with itself before the edits.

    While a newer reading to compare with is awaited, the present one is kept, with its own words, and turns
    ``pale`` after a moment. One of another layer, direction or initial state is dropped at once.

    Signals
    -------
    changed()
        The current reading, the one it is compared with, or ``pale`` has changed.
    """

    changed = Signal()

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.comparison: Comparison | None = None
        self.pale = False
        self._pale_timer = QTimer(self)
        self._pale_timer.setSingleShot(True)
        self._pale_timer.setInterval(PALE_DELAY_MS)
        self._pale_timer.timeout.connect(self._turn_pale)
        state.reading_changed.connect(self._compare)
        state.other_changed.connect(self._compare)
        state.detail_error_changed.connect(self._compare)
        state.selection_changed.connect(self._selection_changed)

    @property
    def by_words(self) -> Comparison | None:
        """The comparison if its columns are words on both sides, else None: characters are not aligned."""
        return self.comparison if self.comparison is not None and self.comparison.by_words else None

    @property
    def awaited(self) -> bool:
        """Whether a newer reading to compare with is awaited."""
        state = self._state
        query = comparison_query(state.selection)
        return query is not None and query != state.other_read and state.error_of("other") is None

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if comparison_query(new) != comparison_query(old):
            self._compare()

    def _compare(self, *_: object) -> None:
        self._wait(self.awaited)
        reading, other = self._state.reading, self._other()
        self.comparison = None
        if reading is not None:
            self.comparison = (compared(reading, other) if other else None) or edited(reading)
        self.changed.emit()

    def _other(self) -> Reading | None:
        """Return the reading to compare with, as long as it is of the selected layer and direction."""
        query, state = comparison_query(self._state.selection), self._state
        if query is None or state.other_read is None:
            return None
        gone = state.error_of("other") is not None or not _same_place(query, state.other_read)
        if query != state.other_read and gone:
            return None
        return state.other

    def _wait(self, awaited: bool) -> None:
        if not awaited:
            self.pale = False
            self._pale_timer.stop()
        elif not self._pale_timer.isActive() and not self.pale:
            self._pale_timer.start()

    def _turn_pale(self) -> None:
        self.pale = self.awaited and self.comparison is not None
        self.changed.emit()


def _same_place(query: ReadQuery, read: ReadQuery) -> bool:
    """Return whether two queries differ in no more than sentence, model and epoch."""
    return (
        replace(
            query, text=read.text, tokenized_texts=read.tokenized_texts, model=read.model, epoch=read.epoch
        )
        == read
    )
