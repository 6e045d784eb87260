"""The pages of the window, in the order of their tabs. Another page is another entry."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.pages.page import Page
from lstm_viz.app.pages.sentence.stopwatch import Stopwatch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.state import State

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Services:
    """What pages are built from."""

    state: State
    client: EngineClient
    runs: Runs
    trainer: Trainer
    stopwatch: Stopwatch


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the window.

    Attributes
    ----------
    name : str
        Its name in `TrainingView.page`.
    title, menu_text, tip : callable
        The translated texts of its tab, of its menu entry, with a mnemonic, and of its tool tip.
    build : callable
        Builds the page, when it is first shown: modules that load slowly are imported there.
    """

    name: str
    title: Callable[[], str]
    menu_text: Callable[[], str]
    tip: Callable[[], str]
    build: Callable[[Services, QWidget], Page]


def _sentence(services: Services, parent: QWidget) -> Page:
    from lstm_viz.app.pages.sentence.page import SentencePage

    return SentencePage(services.state, services.stopwatch, services.runs, parent)


def _training(services: Services, parent: QWidget) -> Page:
    from lstm_viz.app.pages.training.page import TrainingPage

    return TrainingPage(services.state, services.client, services.runs, services.trainer, parent)


PAGES = (
    PageEntry(
        "sentence",
        title=lambda: translate("Pages", "Sentence"),
        menu_text=lambda: translate("Pages", "Se&ntence"),
        tip=lambda: translate("Pages", "Read a sentence (Ctrl+1)"),
        build=_sentence,
    ),
    PageEntry(
        "training",
        title=lambda: translate("Pages", "Training"),
        menu_text=lambda: translate("Pages", "&Training"),
        tip=lambda: translate("Pages", "Train a model (Ctrl+2)"),
        build=_training,
    ),
)


def entry_of(name: str) -> PageEntry:
    """Return the entry of a page, the first one for an unknown name."""
    return next((entry for entry in PAGES if entry.name == name), PAGES[0])
