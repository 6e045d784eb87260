"""Latency of the window: from a keystroke until it is painted, and six heatmaps alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from cProfile import Profile
from itertools import cycle
from time import perf_counter

import numpy as np
import torch
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from torch import nn

from lstm_viz.app.client.client import EngineClient, new_links
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority
from lstm_viz.app.panels.heatmaps.column_layout import ColumnLayout
from lstm_viz.app.panels.heatmaps.heatmaps import Heatmaps
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.shell.main import make_application
from lstm_viz.app.shell.session import Session
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.bench.baselines import Pictures, in_matplotlib, in_pyqtgraph, manual_gates
from lstm_viz.bench.engine import BENCH_ENGINE, LIVE, sentence
from lstm_viz.bench.floor import Floor
from lstm_viz.bench.timing import Goal, Row, compare, counted, duration, row
from lstm_viz.messages import Module, SetValue, View

_WORDS = 50
_SIZE = (1600, 1000)
_FRAME = 1 / 60
_HIDDEN = (6, 64, 256)


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run with real widgets, real painting and a real engine, on the platform that Qt selects."""
    application = QApplication.instance() or make_application([])
    assert isinstance(application, QApplication)
    torch.set_num_threads(1)
    for hidden in (256,) if short else _HIDDEN:
        with typing_session(application, hidden) as session:
            yield from _keystrokes(session, hidden, short=short)
            name = f"keystroke → painted, H {hidden}, T {_WORDS}"
            yield from above_floor(session, name, 24 if short else 200, median=2.0, p95=3.0)
            if hidden == max(_HIDDEN):
                yield from _counts(session, hidden)
                yield _keys_with_edits(session, hidden, short=short)
                yield _composed(session, hidden, 24 if short else 200)
    yield _live(application, max(_HIDDEN), 24 if short else 200)
    yield _heatmaps(0.3 if short else 2.0)


@contextmanager
def typing_session(application: QApplication, model: int | str) -> Iterator[Session]:
    """Open a real window with a sentence of 50 words, ready for typing in the last one."""
    window = Window()
    client = EngineClient(new_links() | {Priority.TYPING: EngineLink(arguments=BENCH_ENGINE)})
    client.link(Priority.TYPING).start()
    selection = Selection(model=str(model), text=sentence(_WORDS))
    session = Session.of(window, ThemeKeeper(application, "dark"), selection, client)
    window.resize(*_SIZE)
    window.show()
    loop = QEventLoop()
    session.state.reading_changed.connect(loop.quit)
    loop.exec()
    session.state.reading_changed.disconnect(loop.quit)
    try:
        yield session
    finally:
        session.close()


def _keystrokes(session: Session, hidden: int, *, short: bool) -> Iterator[Row]:
    name = f"keystroke → painted, H {hidden}, T {_WORDS}"
    keys(session, 10)
    ours = keys(session, 24 if short else 200)
    yield row(name, "ours / half a 60 Hz frame", [(s, _FRAME / 2) for s in ours], Goal("≤", 1.0), by_p95=True)
    lstm, x = nn.LSTM(64, hidden), torch.randn(_WORDS, 1, 64)
    for baseline, show, goal, count in (
        ("pyqtgraph", in_pyqtgraph(_SIZE), 10.0, 5 if short else 30),
        ("matplotlib", in_matplotlib(_SIZE), 100.0, 3 if short else 8),
    ):
        pairs = [(_manual_loop(lstm, x, show), keys(session, 1)[0]) for _ in range(count)]
        yield row(name, f"loop by hand, {baseline} / ours", pairs, Goal("≥", goal))


def above_floor(session: Session, name: str, count: int, *, median: float, p95: float) -> Iterator[Row]:
    """Measure keys relative to their floor, alternately."""
    floor = Floor(session, lambda: keys(session, 1))
    try:
        pairs = [(keys(session, 1)[0], duration(floor.run)) for _ in range(count)]
    finally:
        floor.close()
    yield row(name, "ours / floor", pairs, Goal("≤", median))
    yield row(name, "p95 of ours / floor", pairs, Goal("≤", p95), by_p95=True)


def _live(application: QApplication, hidden: int, count: int) -> Row:
    """Measure a user's module with ``encode`` relative to the same tagger as a preset, alternately."""
    letters = cycle(range(Qt.Key.Key_A, Qt.Key.Key_Z + 1))  # more texts than are kept: each is read anew
    other = f"{LIVE}{hidden}"
    with typing_session(application, hidden) as ours, typing_session(application, other) as theirs:
        for session in (ours, theirs):
            keys(session, 10)
        typed = zip(range(count), letters, strict=False)
        pairs = [(_letter(theirs, Qt.Key(key)), _letter(ours, Qt.Key(key))) for _, key in typed]
    name = f"keystroke → painted, with encode, H {hidden}, T {_WORDS}"
    return row(name, "user's module / tagger", pairs, Goal("≤", 1.25))


def _counts(session: Session, hidden: int) -> Iterator[Row]:
    """Count the Python functions that a key calls in the window, and the texts that it draws."""
    count = 20
    with Profile() as profile:
        keys(session, count)
    entries = profile.getstats()
    functions = sum(entry.callcount for entry in entries if not isinstance(entry.code, str))
    texts = sum(entry.callcount for entry in entries if "drawText" in str(entry.code))
    name = f"one key in the window, H {hidden}, T {_WORDS}"
    yield counted(name, "calls of Python functions", functions / count, 2000)
    yield counted(name, "texts drawn", texts / count, 40)


def _keys_with_edits(session: Session, hidden: int, *, short: bool) -> Row:
    """Measure with a clamp on one word and an ablated unit on all: both readings are computed and shown."""
    words = tuple(sentence(_WORDS).split())
    late = SetValue("f", 0.5, 2, _WORDS - 10, _WORDS - 10, words=words)
    session.state.change(edits=(late, SetValue("h", 0.0, 3, words=words)))
    keys(session, 10)
    ours = keys(session, 24 if short else 200)
    return row(
        f"keystroke → painted, 2 edits, H {hidden}, T {_WORDS}",
        "ours / a 60 Hz frame",
        [(s, _FRAME) for s in ours],
        Goal("≤", 1.0),
        by_p95=True,
    )


def _letter(session: Session, key: Qt.Key) -> float:
    """Type a letter and delete it again; return the seconds from its key until all is painted."""
    seconds, _ = keys(session, 2, key)
    return seconds


def _manual_loop(lstm: nn.LSTM, x: torch.Tensor, show: Callable[[Pictures], None]) -> float:
    started = perf_counter()
    show(manual_gates(lstm, x))
    return perf_counter() - started


def _composed(session: Session, hidden: int, count: int) -> Row:
    """Measure syllables as a Korean input method composes them: three preedit texts, then the syllable."""
    session.state.change(edits=())
    editor = session.content.page.editor

    def compose() -> None:
        for preedit in "ㅎ하한":
            QCoreApplication.sendEvent(editor, QInputMethodEvent(preedit, []))
        committed = QInputMethodEvent("", [])
        committed.setCommitString("한")
        QCoreApplication.sendEvent(editor, committed)

    pairs = []
    for _ in range(count):
        pairs.append((_until_painted(session, compose), _FRAME))
        keys(session, 1)  # deletes it
    name = f"Hangul syllable → painted, H {hidden}, T {_WORDS}"
    return row(name, "ours / a 60 Hz frame", pairs, Goal("≤", 1.0), by_p95=True)


def keys(session: Session, count: int, letter: Qt.Key = Qt.Key.Key_A) -> list[float]:
    """Type and delete a letter alternately; return the seconds from each key until all is painted."""

    def type_key() -> None:
        grown = len(session.state.selection.text) > len(sentence(_WORDS))
        QTest.keyClick(session.content.page.editor, Qt.Key.Key_Backspace if grown else letter)

    return [_until_painted(session, type_key) for _ in range(count)]


def _until_painted(session: Session, act: Callable[[], None]) -> float:
    """Change the text by ``act``; return the seconds until the window has painted what follows from it."""
    loop, seconds = QEventLoop(), list[float]()

    def painted(milliseconds: float) -> None:
        seconds.append(milliseconds / 1000)
        loop.quit()

    session.stopwatch.measured.connect(painted)
    act()
    loop.exec()
    session.stopwatch.measured.disconnect(painted)
    return seconds[-1]


def _heatmaps(seconds: float) -> Row:
    size, generator = (900, 640), np.random.default_rng(0)
    module = Module("", "LSTM", "words", 1, 1, 64, 64)
    starts = dict.fromkeys("hc", np.zeros(64, np.float32))

    def random_view() -> View:
        pictures = {name: generator.uniform(-1, 1, (_WORDS, 64)).astype(np.float32) for name in "figcoh"}
        return View(module, 0, 0, ("word",) * _WORDS, pictures, pictures["h"], (), starts, 0.0)

    heatmaps, pyqtgraph = Heatmaps(), in_pyqtgraph(size)
    heatmaps.resize(*size)
    heatmaps.show()
    QTest.qWaitForWindowExposed(heatmaps)
    place = ColumnLayout(_WORDS, (size[0] - 130) / _WORDS, size[0])
    views = cycle([random_view() for _ in range(4)])

    def ours() -> None:
        heatmaps.set_view(next(views), place)
        QCoreApplication.processEvents()

    def theirs() -> None:
        pyqtgraph(next(views).quantities)

    name = "six heatmaps 64×50, update and paint"
    return compare(name, "pyqtgraph ImageItem / ours", theirs, ours, goal=Goal("≥", 5.0), seconds=seconds)
