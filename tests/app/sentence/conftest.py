"""Engines that several tests of the Sentence page ask."""

from pathlib import Path

import pytest
from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from lstm_viz.app.client.link import EngineLink


@pytest.fixture(scope="module")
def chained(application):
    """Return an engine whose models have chains."""
    link = EngineLink(arguments=(str(Path(__file__).with_name("chained_engine.py")),))
    link.start()
    deadline = QDeadlineTimer(120_000)
    while link.hello is None:
        assert not deadline.hasExpired(), "the engine did not say hello"
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)
    yield link
    link.close()
    link.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
