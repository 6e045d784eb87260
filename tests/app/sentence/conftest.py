"""Engines that several tests of the Sentence page ask."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.selection.selection import Selection
from tests.app.conftest import Borrowed, Person, process_until


@pytest.fixture(scope="module")
def chained(application: QApplication) -> Iterator[EngineLink]:
    """Return an engine whose models have chains."""
    link = EngineLink(arguments=(str(Path(__file__).with_name("chained_engine.py")),))
    link.start()
    process_until(lambda: link.hello is not None)
    yield link
    link.close()
    link.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="module")
def two_engines(request: pytest.FixtureRequest, application: QApplication) -> Iterator[list[EngineLink]]:
    """Return two engines that run the script ``ENGINE`` of the test's module, beside it."""
    script = str(Path(__file__).with_name(request.module.ENGINE))
    links = [EngineLink(arguments=(script,)) for _ in range(2)]
    for link in links:
        link.start()
    process_until(lambda: all(link.hello is not None for link in links))
    yield links
    for link in links:
        link.close()
        link.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def reads(
    request: pytest.FixtureRequest, open_session: Callable[..., Person], two_engines: list[EngineLink]
) -> Callable[..., Person]:
    """Return what opens the window on a model, on ``TEXT`` of the test's module: ``reads("live:bare")``.

    Other fields of the selection can be given.
    """

    def reads_(model: str, **selection: Any) -> Person:
        chosen = Selection(**{"model": model, "text": request.module.TEXT, "motion": False} | selection)
        person = open_session(two_engines[0], chosen, own_second=Borrowed(lambda: two_engines[1]))
        person.settle()
        return person

    return reads_
