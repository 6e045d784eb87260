"""Panels of the Training page on a real run folder, and an engine that answers as a test wishes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.style import style_sheet
from lstm_viz.app.state import State
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.messages import (
    ConfusedSentence,
    Confusion,
    ConfusionQuery,
    Failure,
    GradientFlow,
    GradientFlowQuery,
    History,
    HistoryQuery,
    Module,
    Picture,
    Query,
)
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.settings import SMALL
from lstm_viz.text.tokenized_text import spaced
from lstm_viz.uris import of_run
from tests.app.client.fakes import FakeLink, client_of
from tests.runs_support import write_run

WAIT_MS = 120_000


@dataclass
class RunQueries:
    """The queries of the Training page over a run, and a hand that answers."""

    state: State
    runs: Runs
    queries: TrainingQueries
    client: EngineClient
    link: FakeLink
    bot: QtBot
    widgets: list[QWidget] = field(default_factory=list)
    units: int = 6
    gold: tuple[str, ...] | None = None

    def wait(self, condition: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def settle(self) -> None:
        """Wait until everything that is to be asked has been."""
        self.wait(lambda: not self.client.is_pausing)

    def answer(self, query: Query | None = None, **changes) -> None:
        """Answer the last history query, or the question that is given."""
        query = query or self.link.last(HistoryQuery)
        self.link.reply(query, self.answer_to(query, **changes))

    def answer_to(self, query: Query, **changes):
        words = tuple(getattr(query, "text", "").split())
        gold = self.gold or tuple("DET" if k % 2 == 0 else "NN" for k in range(len(words)))
        match query:
            case HistoryQuery():
                return self._history(query, words, gold, **changes)
            case GradientFlowQuery():
                return GradientFlow(query.model, query.epoch, words, gold, True, _norms(words))
            case ConfusionQuery():
                found = (
                    ConfusedSentence(spaced(("the", "old", "house"), ("DET", "ADJ", "NN")), (1,)),
                    ConfusedSentence(spaced(("<b>a</b>", "cat")), (0,)),
                )
                return Confusion(query.model, query.epoch, query.gold, query.tag, 3, found)
        raise NotImplementedError(query)

    def _history(self, query, words, gold, epochs=None, is_gold=True, modules=None, done=False):
        pictures = tuple(
            _picture(epoch, words, self.units, gold) for epoch in (query.epochs if epochs is None else epochs)
        )
        modules = modules or (Module("lstm", "LSTM", "words", 1, 1, 6, self.units),)
        return History(
            query.model, words, gold, is_gold, query.quantity, modules,
            self.queries.checkpoints, pictures, done,
        )  # fmt: skip

    def fail(self, query: Query, sentence: str) -> None:
        self.link.fail(query, Failure("query_invalid", {"error": sentence}, "details"))

    def show(self, widget: QWidget, width: int = 900, height: int = 420) -> None:
        """Put a panel on the screen."""
        self.widgets.append(widget)
        widget.resize(width, height)
        widget.show()
        self.bot.waitExposed(widget)
        QApplication.processEvents()


def _picture(epoch: int, words: tuple[str, ...], units: int, gold: tuple[str, ...]) -> Picture:
    """Return a picture in which the first `epoch` words are right."""
    values = np.linspace(-1, 1, len(words) * units, dtype=np.float32).reshape(len(words), units) + epoch / 100
    tags = tuple(tag if k < epoch else "V" for k, tag in enumerate(gold))
    return Picture(epoch, values.astype(np.float32), tags, np.full(len(words), 0.5, np.float32))


def _norms(words: tuple[str, ...]) -> np.ndarray:
    t = np.arange(len(words))
    back = t[:, None] - t[None, :]
    return np.where(back >= 0, 10.0 ** -back.clip(0), 0.0).astype(np.float32)


@pytest.fixture
def open_desk(application: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., RunQueries]]:
    """Return what opens a desk on a run folder: ``open_desk(path, epoch=3, theme=LIGHT)``."""
    desks: list[RunQueries] = []

    def open_(
        path: Path | None,
        *,
        epoch: int | None = None,
        theme: Theme = DARK,
        training: TrainingView | None = None,
    ) -> RunQueries:
        selection = Selection(model=of_run(path) if path else "preset:tutorial", epoch=epoch)
        state = State(selection, theme, training or TrainingView(page="training"))
        application.setStyleSheet(style_sheet(theme))
        runs = Runs(state, RunLibrary(tmp_path / "shelf"))
        runs.start()
        link = FakeLink()
        client = client_of(link, Priority.TRAINING)
        desks.append(RunQueries(state, runs, TrainingQueries(state, runs, client), client, link, qtbot))
        desks[-1].settle()
        return desks[-1]

    yield open_
    for desk in desks:
        desk.runs.stop()
        desk.client.close()
        for thing in (*desk.widgets, desk.queries, desk.client, desk.runs, desk.state, desk.link):
            thing.deleteLater()
    application.setStyleSheet("")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def page(application, qtbot, tmp_path):
    """Return the whole page, its run a selected."""
    from lstm_viz.app.pages.training.page import TrainingPage
    from tests.app.training.run_epochs_support import RUNS, Engine, NoTrainer, Page

    for steps, name in enumerate(RUNS, start=3):
        write_run(tmp_path / name, epochs=5, steps=5 * steps, settings=SMALL, seed=steps, name=name)
    engine = Engine()
    client = client_of(engine, Priority.TRAINING)
    state = State(Selection(motion=False), DARK, TrainingView(page="training"))
    runs = Runs(state, RunLibrary(tmp_path))
    runs.start()
    runs.stop()
    shown = TrainingPage(state, client, runs, NoTrainer())
    made = Page(state, runs, shown.queries, client, engine, qtbot)
    made.page, made.folder = shown, tmp_path
    made.show(shown, 1300, 900)
    made.select("a")
    yield made
    runs.stop()
    client.close()
    for thing in (shown, client, runs, state):
        thing.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()
