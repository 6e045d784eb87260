"""What takes longer than a keystroke, asked of a second engine: nothing of it is ever in the way of typing.

That engine is started when the first such question is asked.
"""

from collections.abc import Callable, Hashable
from types import MappingProxyType

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.asking import question, weights
from lstm_viz.app.link import EngineLink
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs, run_path
from lstm_viz.app.state import Answered, Look, State
from lstm_viz.app.wish import Wish
from lstm_viz.messages import Ablate, Ablated, Answer, Hello, Owe, Owed, Problem, Question, Read, Reading

#: What changes within this time is asked in one question.
_PAUSE_MS = 30
#: So long after the last reading the units are switched off in turn: while somebody types, nobody computes.
_REST_MS = 150
_LOOKED_AT = ("panel", "tag", "target", "step", "character", "beside")
_ANSWERED: MappingProxyType[type[Question], Answered] = MappingProxyType(
    {Owe: "owed", Read: "other", Ablate: "ablated"}
)


class Aside(QObject):
    """Asks what the words gave to a tag, which units it stands on, and reads what is compared with.

    It asks about the reading in front, once that is there; an answer to any but the newest question is
    dropped. What is not shown is not asked.

    Signals
    -------
    silence_changed(silence)
        That of the engine, as `EngineLink` has it.
    """

    silence_changed = Signal(object)

    def __init__(self, state: State, runs: Runs, make_link: Callable[[], EngineLink]) -> None:
        super().__init__()
        self._state, self._runs, self._make_link = state, runs, make_link
        self._link: EngineLink | None = None
        self._failure: Problem | None = None
        self._wishes: dict[type[Question], Wish] = {kind: Wish() for kind in (Owe, Ablate, Read)}
        self._ablates = False
        self._pause, self._rest = self._timer(_PAUSE_MS), self._timer(_REST_MS)
        state.reading_changed.connect(self._reading_changed)
        state.look_changed.connect(self._look_changed)
        state.trouble_changed.connect(self._soon)
        runs.grown.connect(self._grown)
        state.ablation_cancelled.connect(self._end_ablation)
        state.ablation_repeated.connect(self._repeat_ablation)

    def retry(self) -> None:
        """Ask again what had no answer, of another engine."""
        self._failure = None
        self._state.take_aside_trouble(None)
        if self._link is not None:
            for wish in self._wishes.values():
                wish.repeat()
            self._link.start_over()

    def close(self) -> None:
        """End the engine."""
        self._pause.stop()
        self._rest.stop()
        if self._link is not None:
            self._link.close()
            self._link.deleteLater()
            self._link = None

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self._ask)
        return timer

    # ------------------------------------------------------------ asking

    def _reading_changed(self, reading: Reading) -> None:
        if self._state.look.panel == "units":
            self._end_ablation()
            self._rest.start()
        self._soon()

    def _look_changed(self, new: Look, old: Look) -> None:
        if any(getattr(new, name) != getattr(old, name) for name in _LOOKED_AT):
            self._soon()

    def _soon(self, *_: object) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and self._state.look.beside is not None:
            self._soon()

    def _ask(self) -> None:
        """Let go of what is not wanted any more, and ask what is, as far as it is time for it."""
        wanted: dict[type[Question], Question | None] = {
            Owe: self._owe(),
            Read: self._read(),
            Ablate: self._ablate(),
        }
        self._let_go(wanted)
        for kind, one in wanted.items():
            if one is None or self._is_time_for(kind):
                self._want(kind, one)

    def _is_time_for(self, kind: type[Question]) -> bool:
        """Tell whether to ask now: what is asked is about the reading in front, not one on its way."""
        if self._state.reading is not None and not self._state.is_up_to_date:
            return False
        return kind is not Ablate or not self._rest.isActive()

    def _want(self, kind: type[Question], wanted: Question | None) -> None:
        if wanted is not None and self._link is None:
            self._start()
        wish = self._wishes[kind]
        asked = wish.number
        wish.want(wanted, self._newest(wanted) if isinstance(wanted, Read) else None)
        if self._link is not None and self._link.hello is not None:
            wish.ask(self._link)
        if kind is Ablate and wish.number != asked:
            self._ablates = wanted is not None
        elif wanted is not None and wish.number != asked and self._ablates:
            self._make_way()

    def _make_way(self) -> None:
        """End the ablation for what is answered sooner, and ask it again after."""
        self._end_ablation()
        self._wishes[Ablate].repeat()
        self._rest.start()

    def _start(self) -> None:
        self._link = self._make_link()
        self._link.answered.connect(self._take)
        self._link.failed.connect(self._failed)
        self._link.silence_changed.connect(self.silence_changed)
        self._link.start()

    def _let_go(self, wanted: dict[type[Question], Question | None]) -> None:
        """Forget the answers to what is not asked any more, and end an ablation that nobody waits for.

        An engine that was given up is a trouble for whatever is asked.
        """
        if wanted[Owe] is None:
            self._state.take_owed(None)
        if wanted[Read] is None:
            self._state.take_other(None)
        if wanted[Ablate] is None:
            self._state.take_ablated(None)
            self._end_ablation()
        nobody = tuple(_ANSWERED[kind] for kind, one in wanted.items() if one is None)
        self._state.take_aside_trouble(None, nobody)
        if self._failure is not None:
            asked = tuple(_ANSWERED[kind] for kind, one in wanted.items() if one is not None)
            self._state.take_aside_trouble(self._failure, asked)

    def _end_ablation(self) -> None:
        """End the ablation that is under way, if one is; it is not asked again by itself."""
        if self._link is not None and self._ablates:
            self._link.ask(Ablate(next(self._link.numbers), None))
        self._ablates = False

    def _repeat_ablation(self) -> None:
        self._wishes[Ablate].repeat()
        self._ask()

    def _place(self) -> Read | None:
        """Return the reading in front as it was asked for, at the word that is looked at, if there is one.

        There is none where the first engine could not read what is looked at.
        """
        reading, look = self._state.reading, self._state.look
        if reading is None or not reading.words or self._state.trouble is not None:
            return None
        asked = question(look, reading.number)
        return replace(asked, epoch=reading.epoch, caret=None, unit=None, memory=False)  # those very weights

    def _owe(self) -> Owe | None:
        look = self._state.look
        place = self._place() if look.panel == "words" else None
        return Owe(0, place, look.tag, look.target) if place else None

    def _ablate(self) -> Ablate | None:
        look = self._state.look
        place = self._place() if look.panel == "units" else None
        return Ablate(0, place, look.tag, look.target) if place else None

    def _read(self) -> Read | None:
        return beside_question(self._state.look)

    def _newest(self, asked: Read) -> Hashable:
        """Return what tells the newest weights from those before, where those are asked for."""
        run = self._runs.current
        if run is None or run.path != run_path(asked.model):
            return None
        return weights(run) if asked.epoch is None else run.generation

    # ------------------------------------------------------------ answers

    def _take(self, answer: Answer) -> None:
        match answer:
            case Hello():
                self._failure = None
                for wish in self._wishes.values():
                    wish.forget()
                if self._ablates:
                    self._wishes[Ablate].repeat()
                self._ask()
            case Owed() if self._wishes[Owe].is_answered_by(answer.number, whole=answer.done):
                self._state.take_aside_trouble(None, ("owed",))
                self._state.take_owed(answer)
            case Ablated() if self._wishes[Ablate].is_answered_by(answer.number):
                self._ablates = self._ablates and answer.done < answer.total
                self._state.take_aside_trouble(None, ("ablated",))
                self._state.take_ablated(answer)
            case Reading() if self._wishes[Read].is_answered_by(answer.number):
                self._state.take_aside_trouble(None, ("other",))
                asked = self._wishes[Read].question
                self._state.take_other(answer, asked if isinstance(asked, Read) else None)
            case Problem():
                about = (k for k, wish in self._wishes.items() if wish.is_answered_by(answer.number))
                self._state.take_aside_trouble(answer, tuple(_ANSWERED[kind] for kind in about))

    def _failed(self, details: str) -> None:
        last = details.strip().rsplit("\n", 1)[-1]
        sentence = self.tr("The second engine stopped several times in a row and printed nothing.")
        if last:
            sentence = self.tr("The second engine cannot be started: %1").replace("%1", last)
        self._failure = Problem(0, "failed", sentence, details)
        self._ask()


def beside_question(look: Look) -> Read | None:
    """Return the question for the reading to compare with: the same place of another sentence or net."""
    beside = look.beside
    if beside is None:
        return None
    return replace(
        question(look, 0),
        model=beside.model,
        epoch=beside.epoch,
        text=beside.text,
        caret=None,
        unit=None,
        edits=(),
        memory=False,
        step=0,
    )
