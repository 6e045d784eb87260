"""The real window on a real engine: the engine is started once, the window anew for every test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QDeadlineTimer,
    QEvent,
    QEventLoop,
    QObject,
    QPoint,
    Qt,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority
from lstm_viz.app.client.silence import Silence
from lstm_viz.app.pages.sentence.page import SentencePage
from lstm_viz.app.panels.heatmaps.bands import Band
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.runs.trainer_process import TrainerProcess
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.content import Content
from lstm_viz.app.shell.session import Session
from lstm_viz.app.shell.settings import ThemeChoice
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.app.state import State
from lstm_viz.messages import Envelope, Hello, Query, Reading, ToEngine
from lstm_viz.runs.library import RunLibrary
from lstm_viz.uris import of_run
from tests.app.grab_command import grab_command
from tests.conftest import SHARED_PIDS

WAIT_MS = 120_000

Follow = Callable[..., tuple[Runs, State]]
Command = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Person:
    """Somebody before the window: does what a person does, and waits until it has its effect."""

    session: Session
    themes: ThemeKeeper
    bot: QtBot

    @property
    def window(self) -> Window:
        return self.session.window

    @property
    def content(self) -> Content:
        return self.session.content

    @property
    def page(self) -> SentencePage:
        return self.session.content.page

    @property
    def reading(self) -> Reading:
        reading = self.session.state.reading
        assert reading is not None
        return reading

    @property
    def words(self) -> list[str]:
        return [word.text for word in self.reading.words]

    @property
    def tags(self) -> list[str]:
        return [word.tag for word in self.reading.words]

    def band(self, name: str) -> Band:
        """Return the heatmap of a quantity, as it is shown."""
        return next(band for band in self.page.matrix.heatmaps.bands if band.name == name)

    def wait(self, condition: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def settle(self) -> None:
        """Wait until everything that was asked has been answered, arithmetic included."""
        self.wait(self.is_settled)

    def is_settled(self) -> bool:
        state = self.session.state
        if state.reading is None or not state.is_up_to_date:
            return False
        has_sums = "weights" in state.reading.model.capabilities
        if state.reading.view is None or state.selection.unit is None or not has_sums:
            return True
        place = (state.gate_arithmetic.column, state.gate_arithmetic.unit) if state.gate_arithmetic else None
        return place == (state.column, state.selection.unit)

    def writes(self, text: str) -> None:
        """Type ``text`` over what stands in the editor, key by key."""
        self.page.editor.setFocus()
        self.page.editor.selectAll()
        self.bot.keyClick(self.page.editor, Qt.Key.Key_Delete)
        self.bot.keyClicks(self.page.editor, text)
        self.settle()

    def sets(self, text: str) -> None:
        """Put ``text`` into the editor at once, for what no key types."""
        self.page.editor.setPlainText(text)
        self.settle()

    def link(self, priority: Priority) -> "Borrowed":
        """Return the link to the engine of a priority."""
        link = self.session.client.link(priority)
        assert isinstance(link, Borrowed)
        return link

    def presses(self, key: Qt.Key, on: QWidget | None = None) -> None:
        self.bot.keyClick(on or self.page, key)
        self.settle()

    def clicks(self, widget: QWidget, place: QPoint | None = None) -> None:
        place = widget.rect().center() if place is None else place
        self.bot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)
        self.settle()

    def hides_the_latency(self) -> None:
        """Hide how long it took, which comes when it likes; its room is taken from the first time on."""
        self.session.stopwatch.measured.emit(1.0)
        self.page.badge.painted.hide()

    def resizes(self, width: int, height: int) -> None:
        self.window.resize(width, height)
        self.wait(lambda: (self.window.width(), self.window.height()) == (width, height))
        QApplication.processEvents()

    def picks_model(self, name: str) -> None:
        """Choose a model in the chooser as a click on its line does."""
        chooser = self.content.top_bar.model
        chooser.setCurrentIndex(chooser.findData(name))
        chooser.activated.emit(chooser.currentIndex())
        self.settle()


class Borrowed(QObject):
    """A link to a shared engine: starting it connects to that engine, and closing it ends nothing.

    ``sent`` are the messages that were sent by this link.
    """

    can_restart = True
    ready, replied, silence_changed = Signal(object), Signal(object), Signal(object)
    lost, failed = Signal(str), Signal(str)

    def __init__(self, make: Callable[[], EngineLink]) -> None:
        super().__init__()
        self._make = make
        self.is_started = False
        self.sent: list[ToEngine] = []

    @property
    def hello(self) -> Hello | None:
        return self._make().hello if self.is_started else None

    @property
    def silence(self) -> Silence | None:
        return self._make().silence if self.is_started else None

    @property
    def pid(self) -> int:
        return self._make().pid

    @property
    def shared(self) -> EngineLink:
        """The link that is shared."""
        return self._make()

    @property
    def queries(self) -> list[Query[Any]]:
        """The queries that were sent."""
        return [message.query for message in self.sent if isinstance(message, Envelope)]

    def start(self) -> None:
        if not self.is_started:
            self.is_started = True
            for theirs, ours in self._signals():
                theirs.connect(ours)
            if self.hello is not None:
                self.ready.emit(self.hello)

    def send(self, message: ToEngine) -> None:
        self.sent.append(message)
        self._make().send(message)

    def start_over(self) -> None:
        self.ready.emit(self.hello)

    def close(self) -> None:
        if self.is_started:
            self.is_started = False
            for theirs, ours in self._signals():
                theirs.disconnect(ours)

    def _signals(self) -> list[tuple[SignalInstance, SignalInstance]]:
        names, link = ("ready", "replied", "silence_changed", "lost", "failed"), self._make()
        return [(getattr(link, name), getattr(self, name)) for name in names]


class TypingLink(Borrowed):
    """A link to the engine that answers typing, which the window may start over."""

    def start_over(self) -> None:
        self._make().start_over()

    def retry(self) -> None:
        self._make().retry()


@pytest.fixture(autouse=True)
def _local_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every read of a folder be there when it is asked for, however busy the machine is."""
    for name in ("PATIENCE_SECONDS", "_PARTING_SECONDS"):
        monkeypatch.setattr(f"lstm_viz.app.runs.folder_reads.{name}", WAIT_MS / 1000)


@pytest.fixture(scope="session")
def application(qapp: QApplication) -> QApplication:
    """Return the application in the style that we run in."""
    qapp.setStyle("Fusion")
    return qapp


@pytest.fixture(scope="session")
def link(application: QApplication) -> Iterator[EngineLink]:
    """Return the one engine of all these tests, ready to be asked."""
    link = EngineLink()
    link.start()
    process_until(lambda: link.hello is not None)
    yield link
    link.close()
    link.deleteLater()
    _delete_what_is_due()


@pytest.fixture(scope="session")
def second(application: QApplication) -> Iterator[Callable[[], EngineLink]]:
    """Return what gives the engine of the slow queries; it is started once, when it is first needed."""
    links: list[EngineLink] = []

    def shared() -> EngineLink:
        if not links:
            links.append(EngineLink())
            links[0].start()
            SHARED_PIDS.add(links[0].pid)
            process_until(lambda: links[0].hello is not None)
        return links[0]

    yield shared
    for link in links:
        link.close()
        link.deleteLater()
    _delete_what_is_due()


@pytest.fixture
def open_session(
    application: QApplication, qtbot: QtBot, tmp_path: Path, second: Callable[[], EngineLink]
) -> Iterator[Callable[..., Person]]:
    """Return what opens the window on an engine: ``open_session(link, Look(), "dark")``.

    Its runs are in the folder ``runs`` of the test's own.
    """
    palette, opened = application.palette(), list[Person]()

    def open_(
        link: EngineLink,
        selection: Selection | None = None,
        theme: ThemeChoice = "dark",
        training: TrainingView | None = None,
        own_second: EngineLink | Borrowed | None = None,
    ) -> Person:
        themes, library = ThemeKeeper(application, theme), RunLibrary(tmp_path / "runs")
        typing = TypingLink(lambda: link)
        typing.start()
        links: dict[Priority, Any] = {
            Priority.TYPING: typing,
            Priority.DETAIL: own_second or Borrowed(second),
            Priority.TRAINING: Borrowed(lambda: link),
        }
        window = Window()
        window.resize(1280, 800)
        session = Session.of(
            window,
            themes,
            selection or Selection(motion=False),
            EngineClient(links),
            training=training,
            library=library,
        )
        session.window.show()
        opened.append(Person(session, themes, qtbot))
        return opened[-1]

    yield open_
    for person in opened:
        _take_apart(person)
    application.setStyleSheet("")
    application.setPalette(palette)


@pytest.fixture
def command(
    open_session: Callable[..., Person],
    link: EngineLink,
    application: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Return what runs ``lstm-viz grab``, and returns the exit status, the output and the errors."""
    run = grab_command(open_session, link, application, monkeypatch)
    return lambda *arguments: (run(*arguments), *capsys.readouterr())


@pytest.fixture
def library(tmp_path: Path) -> RunLibrary:
    return RunLibrary(tmp_path / "shelf")


@pytest.fixture
def follow(application: QApplication, library: RunLibrary) -> Iterator[Follow]:
    """Return what follows: ``follow(current, *compared)``."""
    made = list[tuple[Runs, State]]()

    def follow_(current: Path | None = None, *compared: Path, **more: Any) -> tuple[Runs, State]:
        selection = Selection(model=of_run(current)) if current else Selection()
        training = TrainingView(page="training", compared=tuple(map(str, compared)), **more)
        state = State(selection, training=training)
        runs = Runs(state, library)
        made.append((runs, state))
        runs.start()
        return runs, state

    yield follow_
    for runs, state in made:
        runs.stop()
        runs.deleteLater()
        state.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def trainee(open_session: Callable[..., Person], link: EngineLink) -> Iterator[Person]:
    """Return a person before the Training page; every trainer of theirs is waited for.

    A window that is closed leaves its trainers to themselves; it is the end of the program that follows.
    """
    person = open_session(link)
    trainer, trainers = person.session.trainer, set[int]()

    def recorded(make: Callable[[], TrainerProcess] = trainer._make) -> TrainerProcess:
        process = make()
        trainers.add(process.pid)
        return process

    trainer._make = recorded
    person.session.state.show_page("training")
    person.settle()
    yield person
    person.window.stop_asking()
    person.window.close()
    mine = [child for child in psutil.Process().children() if child.pid in trainers]
    _, alive = psutil.wait_procs(mine, timeout=WAIT_MS / 1000)
    assert not alive, "a trainer did not stop when the window was closed"


@pytest.fixture
def person(open_session: Callable[..., Person], link: EngineLink) -> Person:
    """Return a person before the window as it first opens, its sentence read."""
    person = open_session(link)
    person.settle()
    return person


def _take_apart(person: Person) -> None:
    """End everything but the engine, which others will ask."""
    session = person.session
    session.window.stop_asking()
    session.window.close()
    mine = (session.window, session.readings, session.details, session.client, session.trainer, session.runs)
    for thing in (*mine, session.stopwatch, session.state, person.themes):
        thing.deleteLater()
    _delete_what_is_due()


def process_until(condition: Callable[[], object]) -> None:
    """Process events until something holds, without a busy loop: what it waits for needs the processor."""
    loop, timer, deadline = QEventLoop(), QTimer(), QDeadlineTimer(WAIT_MS)
    timer.timeout.connect(lambda: loop.quit() if condition() or deadline.hasExpired() else None)
    timer.start(5)
    loop.exec()
    timer.stop()
    assert condition(), "it did not happen"


def _delete_what_is_due() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()
