"""From what is looked at on the Training page to the questions that answer it, and an engine of its own.

It is a second engine, so that nothing that takes long is ever in the way of typing.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.link import EngineLink
from lstm_viz.app.moment import Moment
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import Look, State, TrainingLook
from lstm_viz.app.training.album import Album
from lstm_viz.app.training.epochs import spread
from lstm_viz.app.training.subject import Place, Subject, place_of, subject_of
from lstm_viz.app.wish import Wish
from lstm_viz.messages import (
    Answer,
    Confused,
    Confusions,
    Flow,
    Flowed,
    Hello,
    Module,
    Probe,
    Probed,
    Problem,
    Question,
    Survey,
    Surveyed,
)
from lstm_viz.runs.settings import Settings

#: What changes within this time is asked in one question.
_PAUSE_MS = 30


class Workbench(QObject):
    """Asks whenever something else is looked at; the newest question of a kind wins.

    What is wanted follows from the selection at once, and only the asking waits. An answer counts as long as
    it is about what is wanted, so what is read off here is never about another run, epoch or sentence.

    Attributes
    ----------
    surveyed : Surveyed or None
        The last answer, whichever settings it is about.
    listed : Moment or None
        The moment that the list of sentences was asked for at.

    Signals
    -------
    surveyed_changed(surveyed)
    probed_changed(probed), flowed_changed(flowed), confusions_changed(confusions)
        None where there is no answer to what is looked at (yet).
    silence_changed(silence)
        That of the engine, as `EngineLink` has it.
    trouble_changed(problem)
        A question could not be answered, or the engine cannot be started; None: nothing is wrong.
    """

    surveyed_changed = Signal(object)
    probed_changed = Signal(object)
    flowed_changed = Signal(object)
    confusions_changed = Signal(object)
    silence_changed = Signal(object)
    trouble_changed = Signal(object)

    def __init__(self, state: State, runs: Runs, make_link: Callable[[], EngineLink] = EngineLink) -> None:
        super().__init__()
        self._state, self._runs, self._make_link = state, runs, make_link
        self._link: EngineLink | None = None
        self.surveyed: Surveyed | None = None
        self.listed: Moment | None = None
        self._failure: Problem | None = None
        self._wishes: dict[type[Question], Wish] = {kind: Wish() for kind in (Survey, Probe, Flow, Confused)}
        self._album, self._room = Album(), 8
        self._known_modules: tuple[str, int, tuple[Module, ...]] = ("", 0, ())
        self._grown_to: object = None
        self._told: dict[str, object] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        state.look_changed.connect(self._look_changed)
        state.training_changed.connect(self._training_changed)
        runs.moment_changed.connect(self._moment_changed)
        runs.grown.connect(self._grown)
        self._want()

    # ------------------------------------------------------------ the engine

    def open(self) -> None:
        """Start the engine, if it is not started yet."""
        if self._link is None:
            self._link = self._make_link()
            self._link.answered.connect(self._take)
            self._link.failed.connect(self._failed)
            self._link.silence_changed.connect(self.silence_changed)
            self._link.start()
            self._soon()

    def retry(self) -> None:
        """Ask again what had no answer, of another engine, which reads every file anew."""
        if self._link is not None:
            for kind in self.troubles:
                self._wishes[kind].repeat()
            self._tell()
            self._link.start_over()

    def close(self) -> None:
        """End the engine."""
        self._pause.stop()
        if self._link is not None:
            self._link.close()
            self._link.deleteLater()
            self._link = None

    # ------------------------------------------------------------ what is asked for

    def survey(self, settings: Settings) -> None:
        """Look at what these settings would train; `surveyed_changed` tells."""
        self._wishes[Survey].want(Survey(0, settings))
        self._tell()
        self._soon()

    def list_confused(self, gold: str, tag: str) -> None:
        """List the sentences in which ``gold`` was tagged ``tag``, at the moment that is looked at.

        ``gold`` "" stands for every true tag that the net does not know. The list stays about that moment.
        """
        moment, wish = self._runs.moment, self._wishes[Confused]
        if moment is not None and self.epoch is not None:
            self.listed = moment
            wish.want(Confused(0, moment.run, self.epoch, gold, tag), moment)
            wish.repeat()
            self._tell()
            self._soon()

    def show_pictures(self, room: int) -> None:
        """Say how many pictures there is room for."""
        if room != self._room:
            self._room = room
            self._update()

    # ------------------------------------------------------------ read off

    @property
    def probed(self) -> Probed | None:
        """The sentence through the epochs, as far as it is known."""
        return self._album.probed

    @property
    def flowed(self) -> Flowed | None:
        """The gradient flow at the moment that is looked at."""
        answer = self._wishes[Flow].answer
        return answer if isinstance(answer, Flowed) else None

    @property
    def confusions(self) -> Confusions | None:
        """The sentences that were asked for, of the run that is looked at."""
        answer = self._wishes[Confused].answer
        return answer if isinstance(answer, Confusions) else None

    @property
    def troubles(self) -> dict[type[Question], Problem]:
        """What could not be answered of what is wanted, by the kind of the question."""
        answers = ((kind, wish.answer) for kind, wish in self._wishes.items())
        return {kind: answer for kind, answer in answers if isinstance(answer, Problem)}

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """The epochs of the current run whose weights are kept."""
        return self._runs.current.checkpoints if self._runs.current else ()

    @property
    def epoch(self) -> int | None:
        """The checkpoint that is looked at; None where there is none."""
        epoch = self._runs.moment.epoch if self._runs.moment else None
        return epoch if epoch in self.checkpoints else None

    @property
    def shown(self) -> tuple[int, ...]:
        """The epochs of which there are to be pictures."""
        return spread(self.checkpoints, self._room, self.epoch)

    @property
    def place(self) -> Place | None:
        """Where in the current run's net it is looked; None without a run."""
        data = self._runs.current
        return place_of(data, self._state.training, self._modules) if data else None

    @property
    def trouble(self) -> Problem | None:
        """What is wrong: first of all that there is no engine."""
        return self._failure or next(iter(self.troubles.values()), None)

    @property
    def _modules(self) -> tuple[Module, ...]:
        """What the engine has said of the current run's net."""
        data, (run, generation, modules) = self._runs.current, self._known_modules
        return modules if data and (run, generation) == (str(data.path), data.generation) else ()

    # ------------------------------------------------------------ what is wanted

    def _look_changed(self, new: Look, old: Look) -> None:
        if (new.text, new.cuts) != (old.text, old.cuts):
            self._update()

    def _training_changed(self, new: TrainingLook, old: TrainingLook) -> None:
        wanted = (new.shown, new.probe, new.probe_cut, new.quantity, new.layer, new.direction)
        if wanted != (old.shown, old.probe, old.probe_cut, old.quantity, old.layer, old.direction):
            self._update()

    def _moment_changed(self, moment: Moment | None) -> None:
        if self.listed is not None and not self.listed.is_of_run(moment):
            self.listed = None
            self._wishes[Confused].want(None)
        self._update()

    def _grown(self, data: RunData) -> None:
        """Look what is to be asked once an epoch, not at every step."""
        grown = (data.path, data.generation, len(data.epochs), data.run is None)
        if data is self._runs.current and grown != self._grown_to:
            self._grown_to = grown
            self._update()

    def _update(self) -> None:
        self._want()
        self._tell()
        self._soon()

    def _want(self) -> None:
        """Want the pictures that are missing, and the flow at the moment that is looked at."""
        data = self._runs.current
        subject = subject_of(data, self._state.training, self._state.look, self._modules)
        if subject != self._album.subject:
            self._album = Album(subject)
        weights = {e: data.by_epoch[e].sha256 for e in data.checkpoints} if data else {}
        self._album.keep_to(weights)
        question = self._probe(subject)
        epochs = question.epochs if isinstance(question, Probe) else ()
        generation = data.generation if data else 0
        self._wishes[Probe].want(question, (generation, tuple(weights.get(e) for e in epochs)))
        self._wishes[Flow].want(self._flow(subject), (generation, weights.get(self.epoch or 0)))

    def _probe(self, subject: Subject | None) -> Question | None:
        """Return what is missing as one question, since a newer one replaces it; what is on its way stays."""
        missing = self._album.missing(self.shown)
        if subject is None or not missing:
            return None
        if self._album.awaits(missing):
            return self._wishes[Probe].question
        place = subject.place
        return Probe(
            number=0,
            run=subject.run,
            epochs=missing,
            text=subject.cut.text,
            quantity=place.quantity,
            layer=place.layer,
            direction=place.direction,
            cuts=(subject.cut,),
        )

    def _flow(self, subject: Subject | None) -> Flow | None:
        if subject is None or self.epoch is None:
            return None
        place, cut = subject.place, subject.cut
        return Flow(0, subject.run, self.epoch, cut.text, place.layer, place.direction, cuts=(cut,))

    def _tell(self) -> None:
        """Emit the signal of each answer that has changed since it was last emitted; None counts as one."""
        signals = {
            "probed": self.probed_changed,
            "flowed": self.flowed_changed,
            "confusions": self.confusions_changed,
        }
        for name, signal in signals.items():
            answer = getattr(self, name)
            if answer is not self._told.get(name):
                self._told[name] = answer
                signal.emit(answer)
        wrong = (self._failure, *self.troubles.values())
        if wrong != self._told.get("trouble", (None,)):
            self._told["trouble"] = wrong
            self.trouble_changed.emit(self.trouble)

    # ------------------------------------------------------------ asking

    def _soon(self) -> None:
        if self._link is not None and not self._pause.isActive():
            self._pause.start()

    def _ask(self) -> None:
        if self._link is None or self._link.hello is None:
            return
        for kind in (Survey, Probe, Flow, Confused) if self._state.training.shown else (Survey, Confused):
            self._wishes[kind].ask(self._link)
        probe = self._wishes[Probe]
        if self._state.training.shown and isinstance(probe.question, Probe):
            self._album.asked(probe.number, probe.question.epochs)

    # ------------------------------------------------------------ answers

    def _take(self, answer: Answer) -> None:
        match answer:
            case Hello():
                self._welcome()
            case Surveyed() if self._wishes[Survey].take(answer):
                self.surveyed = answer
                self.surveyed_changed.emit(answer)
                self._tell()
            case Probed():
                self._take_probed(answer)
            case Flowed() if self._wishes[Flow].take(answer):
                self._tell()
            case Confusions() if self._wishes[Confused].take(answer):
                self._tell()
            case Problem() if any(wish.take(answer) for wish in self._wishes.values()):
                self._tell()

    def _welcome(self) -> None:
        for wish in self._wishes.values():
            wish.forget()
        self._album.forget()
        self._failure = None
        self._want()
        self._tell()
        self._ask()

    def _take_probed(self, answer: Probed) -> None:
        if self._album.take(answer, self.shown) and self._album.subject is not None:
            self._wishes[Probe].is_answered_by(answer.number)
            self._known_modules = (answer.run, self._album.subject.generation, answer.modules)
            self._update()  # what the engine says of the net may show that it is to be asked elsewhere

    def _failed(self, details: str) -> None:
        last = details.strip().rsplit("\n", 1)[-1]
        sentence = self.tr("The engine of this page stopped several times in a row and printed nothing.")
        if last:
            sentence = self.tr("The engine of this page cannot be started: %1").replace("%1", last)
        self._failure = Problem(0, "failed", sentence, details)
        self._tell()
