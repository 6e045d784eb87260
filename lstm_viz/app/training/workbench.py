"""From what is looked at on the Training page to the questions that answer it, and an engine of its own.

It is a second engine, so that nothing that takes long is ever in the way of typing.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.link import EngineLink
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import Look, State, TrainingLook
from lstm_viz.app.training.album import Album
from lstm_viz.app.training.epochs import picked_epoch, spread
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

    Attributes
    ----------
    surveyed, probed, flowed, confusions :
        The last answer of each kind; None where there is none to what is looked at.
    troubles : dict of type to Problem
        What could not be answered, by the kind of the question.

    Signals
    -------
    surveyed_changed(surveyed), confusions_changed(confusions)
    probed_changed(probed), flowed_changed(flowed)
        None where another run is looked at, of which nothing is known yet.
    trouble_changed(problem)
        A question could not be answered, or the engine cannot be started; None: nothing is wrong.
    """

    surveyed_changed = Signal(object)
    probed_changed = Signal(object)
    flowed_changed = Signal(object)
    confusions_changed = Signal(object)
    trouble_changed = Signal(object)

    def __init__(self, state: State, runs: Runs, make_link: Callable[[], EngineLink] = EngineLink) -> None:
        super().__init__()
        self._state, self._runs, self._make_link = state, runs, make_link
        self._link: EngineLink | None = None
        self.surveyed: Surveyed | None = None
        self.probed: Probed | None = None
        self.flowed: Flowed | None = None
        self.confusions: Confusions | None = None
        self.troubles: dict[type[Question], Problem] = {}
        self._failure: Problem | None = None
        self._wishes: dict[type[Question], Wish] = {kind: Wish() for kind in (Survey, Probe, Flow, Confused)}
        self._album, self._room = Album(), 8
        self._grown_to: object = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        state.look_changed.connect(self._look_changed)
        state.training_changed.connect(self._training_changed)
        runs.current_changed.connect(self._run_changed)
        runs.grown.connect(self._grown)

    # ------------------------------------------------------------ the engine

    def open(self) -> None:
        """Start the engine, if it is not started yet."""
        if self._link is None:
            self._link = self._make_link()
            self._link.answered.connect(self._take)
            self._link.failed.connect(self._failed)
            self._link.start()
            self._soon()

    def retry(self) -> None:
        """Ask again what had no answer, of another engine, which reads every file anew."""
        if self._link is not None:
            for kind in self.troubles:
                self._wishes[kind].repeat()
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
        self._soon()

    def list_confused(self, gold: str, tag: str) -> None:
        """List the sentences in which ``gold`` was tagged ``tag``, at the epoch that is looked at.

        ``gold`` "" stands for every true tag that the net does not know.
        """
        data, epoch = self._runs.current, self.epoch
        if data is not None and epoch is not None:
            self.confusions = None
            self._wishes[Confused].want(Confused(0, str(data.path), epoch, gold, tag))
            self._wishes[Confused].repeat()
            self._soon()

    def show_pictures(self, room: int) -> None:
        """Say how many pictures there is room for."""
        if room != self._room:
            self._room = room
            self._soon()

    # ------------------------------------------------------------ read off

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """The epochs of the current run whose weights are kept."""
        return tuple(sorted(self._runs.current.checkpoints)) if self._runs.current else ()

    @property
    def epoch(self) -> int | None:
        """The checkpoint that is looked at; None where there is none."""
        return picked_epoch(self.checkpoints, self._state.look.epoch)

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
        data = self._runs.current
        of_run = self.probed is not None and data is not None and self.probed.run == str(data.path)
        return self.probed.modules if self.probed and of_run else ()

    # ------------------------------------------------------------ asking

    def _look_changed(self, new: Look, old: Look) -> None:
        if (new.epoch, new.text, new.cuts) != (old.epoch, old.text, old.cuts):
            self._soon()

    def _training_changed(self, new: TrainingLook, old: TrainingLook) -> None:
        wanted = (new.shown, new.probe, new.probe_cut, new.quantity, new.layer, new.direction)
        if wanted != (old.shown, old.probe, old.probe_cut, old.quantity, old.layer, old.direction):
            self._soon()

    def _grown(self, data: RunData) -> None:
        """Look what is to be asked once an epoch, not at every step."""
        grown = (data.path, data.generation, len(data.epochs), data.run is None)
        if data is self._runs.current and grown != self._grown_to:
            self._grown_to = grown
            self._soon()

    def _run_changed(self) -> None:
        """Let go of what is known of another run: it would be shown as this one's."""
        self.probed, self.flowed, self.confusions = None, None, None
        self._album = Album()
        self._wishes[Confused].want(None)
        self._wishes[Flow].repeat()
        self.probed_changed.emit(None)
        self.flowed_changed.emit(None)
        self._clear_trouble(Probe, Flow, Confused)
        self._soon()

    def _soon(self) -> None:
        if self._link is not None and not self._pause.isActive():
            self._pause.start()

    def _ask(self) -> None:
        if self._link is None or self._link.hello is None:
            return
        if self._state.training.shown:
            self._want_pictures()
        for wish in self._wishes.values():
            wish.ask(self._link)
        probe = self._wishes[Probe]
        if isinstance(probe.question, Probe):
            self._album.asked(probe.number, probe.question.epochs)

    def _want_pictures(self) -> None:
        """Want the pictures that are missing, and the flow at the epoch that is looked at."""
        data = self._runs.current
        subject = subject_of(data, self._state.training, self._state.look, self._modules)
        if subject != self._album.subject:
            self._album = Album(subject)
            self._wishes[Probe].repeat()
            self._clear_trouble(Probe)
        weights = {line.epoch: line.sha256 for line in data.epochs if line.checkpoint} if data else {}
        self._album.keep_to(weights)
        self._wishes[Probe].want(self._probe(subject))
        self._wishes[Flow].want(self._flow(subject), weights.get(self.epoch or 0))

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

    # ------------------------------------------------------------ answers

    def _take(self, answer: Answer) -> None:
        match answer:
            case Hello():
                self._welcome()
            case Surveyed() if self._wishes[Survey].is_answered_by(answer.number):
                self.surveyed = answer
                self._clear_trouble(Survey)
                self.surveyed_changed.emit(answer)
            case Probed():
                self._take_probed(answer)
            case Flowed() if self._wishes[Flow].is_answered_by(answer.number):
                self.flowed = answer
                self._clear_trouble(Flow)
                self.flowed_changed.emit(answer)
            case Confusions() if self._wishes[Confused].is_answered_by(answer.number):
                self.confusions = answer
                self._clear_trouble(Confused)
                self.confusions_changed.emit(answer)
            case Problem():
                self._take_problem(answer)

    def _welcome(self) -> None:
        for wish in self._wishes.values():
            wish.forget()
        self._album.forget()
        if self._failure is not None:
            self._failure = None
            self.trouble_changed.emit(self.trouble)
        self._ask()

    def _take_probed(self, answer: Probed) -> None:
        probed = self._album.take(answer, self.shown)
        if probed is not None:
            self._wishes[Probe].is_answered_by(answer.number)
            self.probed = probed
            self._clear_trouble(Probe)
            self.probed_changed.emit(probed)
            self._soon()  # what the engine says of the net may show that it is to be asked elsewhere

    def _take_problem(self, problem: Problem) -> None:
        for kind, wish in self._wishes.items():
            if wish.is_answered_by(problem.number):
                self.troubles[kind] = problem
                self.trouble_changed.emit(problem)

    def _failed(self, details: str) -> None:
        last = details.strip().rsplit("\n", 1)[-1] or self.tr("it said nothing")
        sentence = self.tr("The engine of this page cannot be started: %1")
        self._failure = Problem(0, "failed", sentence.replace("%1", last), details)
        self.trouble_changed.emit(self._failure)

    def _clear_trouble(self, *kinds: type[Question]) -> None:
        """Say what is still wrong when there is nothing wrong with these any more."""
        for kind in set(kinds) & set(self.troubles):
            del self.troubles[kind]
            self.trouble_changed.emit(self.trouble)
