"""Which two readings stand on the same columns, if any: worked out once for every panel that shows them."""

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.aside import beside_question
from lstm_viz.app.sentence.pair import Pairing, compared, edited
from lstm_viz.app.state import Look, State
from lstm_viz.messages import Read, Reading

#: A newer reading to compare with usually comes sooner: until then what is there need not turn pale.
PATIENCE_MS = 150


class Pairs(QObject):
    """Pairs the reading in front with the one it is compared with, else with itself before the edits.

    While a newer reading to compare with is awaited, the one that is there stays, under its own words; it
    turns ``pale`` after a moment. Of another layer, direction or start it does not stay at all.

    Signals
    -------
    changed()
        Another reading is in front, or it is paired with another, or ``pale`` is another.
    """

    changed = Signal()

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.pairing: Pairing | None = None
        self.pale = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._turn_pale)
        state.reading_changed.connect(self._pair)
        state.other_changed.connect(self._pair)
        state.aside_trouble_changed.connect(self._pair)
        state.look_changed.connect(self._look_changed)

    @property
    def by_words(self) -> Pairing | None:
        """The pairing, where its columns are words on both sides: those of characters stay alone."""
        return self.pairing if self.pairing is not None and self.pairing.by_words else None

    @property
    def awaited(self) -> bool:
        """Whether a newer reading to compare with is on its way."""
        state = self._state
        asked = beside_question(state.look)
        return asked is not None and asked != state.other_read and state.trouble_of("other") is None

    def _look_changed(self, new: Look, old: Look) -> None:
        if beside_question(new) != beside_question(old):
            self._pair()

    def _pair(self, *_: object) -> None:
        self._wait(self.awaited)
        reading, other = self._state.reading, self._other()
        self.pairing = None
        if reading is not None:
            self.pairing = (compared(reading, other) if other else None) or edited(reading)
        self.changed.emit()

    def _other(self) -> Reading | None:
        """Return the reading to compare with, as long as it is of the place that is looked at."""
        asked, state = beside_question(self._state.look), self._state
        if asked is None or state.other_read is None:
            return None
        gone = state.trouble_of("other") is not None or not _same_place(asked, state.other_read)
        if asked != state.other_read and gone:
            return None
        return state.other

    def _wait(self, awaited: bool) -> None:
        if not awaited:
            self.pale = False
            self._patience.stop()
        elif not self._patience.isActive() and not self.pale:
            self._patience.start()

    def _turn_pale(self) -> None:
        self.pale = self.awaited and self.pairing is not None
        self.changed.emit()


def _same_place(asked: Read, read: Read) -> bool:
    """Tell whether two questions differ in no more than sentence, net and epoch."""
    return replace(asked, text=read.text, cuts=read.cuts, model=read.model, epoch=read.epoch) == read
