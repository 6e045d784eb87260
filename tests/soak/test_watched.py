"""An engine that answers at every new checkpoint of a run takes no more memory in the end than at first."""

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lstm_viz.app.client.link import EngineLink
from lstm_viz.messages import Envelope, Reading, ReadQuery
from tests.soak.counts import MIB, allocated
from tests.soak.growing import GrowingRun
from tests.training.conftest import LONG

WARM, CHECKPOINTS = (100, 2000) if LONG else (10, 40)
WORDS = 120
#: A checkpoint takes 2 MB on the disk. What grows is a line of the history for each.
MOST_MIB = 10
_REST_MS = 2_000  # engines tidy up after a second without a query


@pytest.fixture
def link(qapp: QApplication, qtbot: QtBot) -> Iterator[EngineLink]:
    link = EngineLink()
    link.start()
    qtbot.waitUntil(lambda: link.hello is not None)
    yield link
    link.close()
    link.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.mark.skipif(sys.platform == "win32", reason="what a process has alone is not told there")
def test_a_run_that_is_watched_takes_no_more_memory(link: EngineLink, qtbot: QtBot, tmp_path: Path) -> None:
    run, engine, used = GrowingRun(tmp_path / "run"), psutil.Process(link.pid), []
    try:
        for _ in range(WARM + CHECKPOINTS):
            run.grow()
            asked = ReadQuery(f"run:{run.folder.path}", "The dog ate the apple", before=("",))
            with qtbot.waitSignal(link.replied) as signal:
                link.send(Envelope(run.epoch, "reading", asked))
            answer = signal.args[0].result
            assert isinstance(answer, Reading) and answer.epoch == run.epoch - 1
            used.append(allocated(engine) / MIB)
    finally:
        run.close()
    grown = used[-1] - used[WARM]
    print(f"\n{CHECKPOINTS:,} checkpoints: {used[WARM]:.1f} MiB, then {used[-1]:.1f} MiB")
    assert grown < MOST_MIB


@pytest.mark.skipif(sys.platform == "win32", reason="what a process has alone is not told there")
def test_sentences_of_every_length_take_no_more_memory(link: EngineLink, qtbot: QtBot) -> None:
    """oneDNN compiles what it needs for each length, and must not keep all of it."""
    engine, used = psutil.Process(link.pid), dict[int, float]()
    for words in range(1, WORDS + 1):
        with qtbot.waitSignal(link.replied):
            link.send(Envelope(words, "reading", ReadQuery("preset:english-both", "dog " * words)))
        if words in (WORDS // 3, WORDS):
            qtbot.wait(_REST_MS)  # free heap comes and goes until the engine tidies
            used[words] = allocated(engine) / MIB
    first, last = used.values()
    print(f"\n{WORDS} lengths: {first:.1f} MiB, then {last:.1f} MiB")
    assert last - first < MOST_MIB
