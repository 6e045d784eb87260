"""Engines that several tests of the Sentence page ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from lstm_viz.app.client.link import EngineLink
from tests.app.conftest import process_until


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
