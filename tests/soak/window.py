"""The real window, its engines and trainers, under a person who never rests.

``python -m tests.soak.window MINUTES`` runs it and prints what was found; the exit status is 1 where
something grew. Rounds of random actions end in the same state again, in which everything is counted.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lstm_viz.app.runs import trainer as trainer_module
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.error_panel import ErrorReporter
from lstm_viz.app.shell.main import make_application
from lstm_viz.app.shell.session import Session
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.messages import SetValue
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.settings import TUTORIAL, TrainingSettings
from lstm_viz.uris import of_run
from tests.soak.counts import Counts, table

_KEY_MS, _BEAT_MS = 33, 10
_ACT_MS = 400  # nobody does more than two or three things a second
_HOME = "The dog ate the apple"
_TYPED = "Everybody read that book and they can't have eaten all of the apples in it , can they ?  "
_MODELS = (
    "preset:tutorial",
    "preset:tutorial-gru",
    "preset:tutorial-rnn",
    "preset:english",
    "preset:english-both",
)
#: Window and engines tidy up a second after the last query, which takes up to a second on a busy machine.
_WAIT_MS, _REST_MS = 120_000, 4_000
#: A run that goes on for longer than anybody watches here, and leaves a checkpoint many times a second.
_SETTINGS = msgspec.structs.replace(TUTORIAL, epochs=100_000, checkpoint_every=5)
_WARM_MINUTES, _ROUND_SECONDS = 3.0, 15.0
#: Threads that Qt keeps for a while have two descriptors, and some objects of Qt's get a wrapper by chance.
_SLACK = {"threads": 2, "descriptors": 2, "objects": 5}
_MOST_MIB, _MOST_STALL_MS = 10.0, 100.0
_LONGEST_MS = 60_000


class Stalls:
    """How late the event loop was, in whole milliseconds: as many numbers after an hour as at first.

    A list of them would grow by 5 MiB in half an hour, as much as what is looked for.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(_LONGEST_MS + 1, np.int64)

    def add(self, gaps: npt.NDArray[np.float64]) -> None:
        """Add the times between beats, in seconds."""
        late = np.clip(np.rint(1000 * gaps - _BEAT_MS), 0, _LONGEST_MS).astype(int)
        self._counts += np.bincount(late, minlength=_LONGEST_MS + 1)

    def quantile(self, q: float) -> int:
        """Return the smallest number of milliseconds that a share ``q`` of the beats was late at most."""
        return int(np.searchsorted(np.cumsum(self._counts), q * self._counts.sum()))


class Soak:
    """A window and what is done to it, from a seed."""

    def __init__(self, application: QApplication, folder: Path, seed: int = 0) -> None:
        self._random, self._typed = random.Random(seed), 0
        self.stalls = Stalls()
        self.actions, self.reports = 0, list[str]()
        self._reporter = ErrorReporter()
        self._reporter.install()
        self._reporter.reported.connect(self.reports.append)
        self._themes, window = ThemeKeeper(application, "dark"), Window()
        window.resize(1280, 800)
        training = TrainingView(next=_SETTINGS)
        self.session = Session.open(
            window, self._themes, Selection(), training=training, library=RunLibrary(folder)
        )
        window.show()
        self._wait(lambda: self.session.state.is_up_to_date, "the first reading")

    def round(self, seconds: float) -> None:
        """Type and act for so long."""
        loop, beats = QEventLoop(), list[float]()
        timers = [
            _every(_KEY_MS, self._type),
            _every(_ACT_MS, self._act),
            _every(_BEAT_MS, lambda: beats.append(time.perf_counter())),
        ]
        QTimer.singleShot(int(1000 * seconds), loop.quit)
        loop.exec()
        for timer in timers:
            timer.stop()
        self.stalls.add(np.diff(beats))

    def tour(self) -> None:
        """Do one of everything in a fixed order, and wait each time until it is shown."""
        state, session, page = self.session.state, self.session, self.session.content.page
        fixed: list[Callable[[], object]] = [
            *(lambda name=name: self._attribute(name) for name in (*_MODELS[1:], _MODELS[0])),
            *(
                lambda panel=panel: state.change(panel=panel)
                for panel in ("decomposition", "attribution", "ablation", "shapes", "cell")
            ),
            *(lambda theme=theme: self._themes.choose(theme) for theme in ("light", "dark")),
            lambda: state.change(epoch=state.reading.model.epochs[0]),
            lambda: state.change(unit=3, alone="h", inputs_shown=True, opened=OpenedNumber("c")),
            lambda: page.editing.add(SetValue("h", 0.5, 1)),
            page.editing.undo_stack.undo,
            page.compare,
            lambda: state.change(compared_with=ComparedWith(_HOME, "preset:tutorial-gru")),
            page.compare,
            lambda: session.window.resize(1500, 900),
            lambda: state.change_training(page="training", tags="confusion"),
            self._train,
        ]
        for act in fixed:
            for _ in range(3):
                self._type()
            act()
            self._wait(lambda: state.is_up_to_date, "a reading")
        self._wait(lambda: session.trainer.pending is None, "a run")
        session.runs.compare(session.runs.library.paths()[0], on=True)
        self._wait(lambda: session.runs.current is not None and session.runs.current.epochs, "an epoch")
        self._quiet()

    def _attribute(self, model: str) -> None:
        """Ask both engines about a model, which each of them loads."""
        state = self.session.state
        state.pick_model(model)
        state.change(panel="attribution")
        self._wait(self._is_attributed, f"an attribution of {model}")
        state.change(panel="cell")

    def _is_attributed(self) -> bool:
        reading, found = self.session.state.reading, self.session.state.attribution
        if not self.session.state.is_up_to_date or reading is None or found is None:
            return False
        return found.done and found.reading == reading.number

    def rest(self) -> Counts:
        """Come back to the state in which everything is counted: no run, no edit, the first sentence."""
        session, state = self.session, self.session.state
        self._stop()
        self._wait(lambda: not session.trainer._jobs, "the trainers to end")
        state.show_page("training")
        panel = session.content.page_of("training").runs_panel
        for path in session.runs.library.paths():
            panel.delete(path, path.name)
        session.runs.relist()
        session.runs._trash.clear()  # what was deleted can be taken back: its lock is held until then
        panel._deleted.clear()
        state.change_training(**{f: getattr(TrainingView(next=_SETTINGS), f) for f in TrainingView.__slots__})
        session.content.notice.show_text("")
        self._themes.choose("dark")
        session.window.resize(1280, 800)
        state.change(**{f: getattr(Selection(motion=False), f) for f in Selection.__slots__})
        session.content.page.editing.undo_stack.clear()
        session.content.page.editor.set_text(_HOME)
        self._wait(lambda: session.trainer._spare is None, "the spare trainer to end")
        self._wait(lambda: state.is_up_to_date and not session.content.page.player.playing, "the reading")
        self._quiet(_REST_MS)
        return Counts.now()

    def close(self) -> None:
        self.session.close()
        self._quiet()
        self._reporter.remove()

    def _quiet(self, milliseconds: int = 500) -> None:
        """Let what is on its way arrive."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def _wait(self, true: Callable[[], object], what: str) -> None:
        deadline = QDeadlineTimer(_WAIT_MS)
        while not true():
            assert not deadline.hasExpired(), f"waited in vain for {what}"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    # ------------------------------------------------------------ what is done

    def _type(self) -> None:
        if self.session.state.training.shown:
            return
        editor = self.session.content.page.editor
        self._typed += 1
        if self._typed % len(_TYPED) == 0:
            editor.selectAll()
        QTest.keyClick(editor, _TYPED[self._typed % len(_TYPED)])

    def _act(self) -> None:
        act = self._random.choice([*self._actions().values()])
        self.actions += 1
        act()

    def _actions(self) -> dict[str, Callable[[], object]]:
        return {**self._on_sentence(), **self._on_net(), **self._on_runs()}

    def _on_sentence(self) -> dict[str, Callable[[], object]]:
        state, choose, page = self.session.state, self._random, self.session.content.page
        quantity = choose.choice("ifgochrznx")
        return {
            "model": lambda: state.pick_model(choose.choice(_MODELS)),
            "epoch": self._pick_epoch,
            "unit": lambda: state.change(unit=choose.choice((None, *range(12)))),
            "layer": lambda: state.change(layer=choose.randrange(2)),
            "direction": lambda: state.change(direction=choose.randrange(2)),
            "panel": lambda: state.change(
                panel=choose.choice(("cell", "decomposition", "attribution", "ablation", "shapes"))
            ),
            "alone": lambda: state.change(alone=choose.choice(("", "h", "c"))),
            "arithmetic": lambda: state.change(opened=choose.choice((None, OpenedNumber(quantity)))),
            "carry": lambda: state.change(carry=choose.random() < 0.5),
            "inputs": lambda: state.change(inputs_shown=choose.random() < 0.5),
            "keep": state.keep_sentence,
            "play": page.player.toggle,
            "step": lambda: state.word_to(choose.randrange(8)),
            "join": page.edit_actions.tokens.join,
            "theme": lambda: self._themes.choose(choose.choice(("dark", "light"))),
            "size": lambda: self.session.window.resize(
                choose.randrange(980, 1900), choose.randrange(732, 1100)
            ),
        }

    def _on_net(self) -> dict[str, Callable[[], object]]:
        page, choose, state = self.session.content.page, self._random, self.session.state
        words = tuple(word.text for word in state.reading.words) if state.reading else ()
        actions: dict[str, Callable[[], object]] = {
            "undo": page.editing.undo_stack.undo,
            "redo": page.editing.undo_stack.redo,
            "reset": page.editing.reset,
            "compare": page.compare,
            "compare with": lambda: state.change(compared_with=ComparedWith(_HOME, choose.choice(_MODELS))),
        }
        if words:
            step = choose.randrange(len(words))
            value = SetValue("h", choose.random() - 0.5, choose.randrange(6), step, step, words=words)
            actions |= {"set": lambda: page.editing.add(value), "unit off": page.edit_actions.unit_off}
        return actions

    def _on_runs(self) -> dict[str, Callable[[], object]]:
        session, state, choose = self.session, self.session.state, self._random
        shown = state.training.shown
        actions: dict[str, Callable[[], object]] = {
            "page": lambda: state.show_page("sentence" if shown else "training"),
            "train": self._train,
            "stop": self._stop,
            "tracked": lambda: state.change_training(
                tracked_sentence=choose.choice((None, _HOME, "They read that book"))
            ),
            "quantity": lambda: state.change_training(quantity=choose.choice("ifgoch")),
            "tags": lambda: state.change_training(tags=choose.choice(("f1", "confusion"))),
            "smoothing": lambda: state.change_training(smoothing=choose.random()),
            "second_plot": lambda: state.change_training(
                second_plot=choose.choice(("accuracy", "rate", "norms"))
            ),
        }
        paths = session.runs.library.paths()
        if paths:
            path = choose.choice(paths)
            actions |= {
                "look at a run": lambda: state.pick_model(of_run(path)),
                "lay over": lambda: session.runs.compare(path, on=choose.random() < 0.6),
                "delete": lambda: self._delete(path),
            }
        return actions

    def _pick_epoch(self) -> None:
        reading = self.session.state.reading
        epochs = reading.model.epochs if reading else ()
        self.session.state.change(epoch=self._random.choice((None, *epochs)))

    def _train(self) -> None:
        if len(self.session.trainer._jobs) < 2:
            self.session.trainer.train(replace_seed(self._random.randrange(1000)))

    def _stop(self) -> None:
        trainer = self.session.trainer
        for job in list(trainer._jobs.values()):
            trainer.request(job.data, stop=True)

    def _delete(self, path: Path) -> None:
        training = self.session.content.training
        if training is not None and path not in self.session.trainer._jobs:
            training.runs_panel.delete(path, path.name)


def replace_seed(seed: int) -> TrainingSettings:
    return msgspec.structs.replace(_SETTINGS, seed=seed)


def _every(milliseconds: int, slot: Callable[[], object]) -> QTimer:
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(slot)
    timer.start(milliseconds)
    return timer


def tours(application: QApplication, folder: Path) -> Iterator[str]:
    """Do one of everything twice, and yield what there is more of after the second time."""
    soak, counts = Soak(application, folder), list[Counts]()
    for _ in range(2):
        soak.tour()
        counts.append(soak.rest())
    print(table(*counts, ("first", "second")))
    soak.close()
    yield from soak.reports
    yield from _more(*counts)


def _more(first: Counts, last: Counts) -> Iterator[str]:
    for name, n in last.things.items():
        if n > first.things[name] + _SLACK.get(name, 0):
            yield f"{name}: {first.things[name]} → {n}"


def run(application: QApplication, folder: Path, minutes: float) -> Iterator[str]:
    """Soak for so long, and yield what is wrong at the end."""
    started = time.monotonic()
    soak, first, last = Soak(application, folder), None, None
    soak.tour()  # what is built when it is first shown, and what is loaded for the first question of a kind
    since = 0.0
    while (passed := (time.monotonic() - started) / 60) < minutes or first is None or first is last:
        soak.round(_ROUND_SECONDS)
        last = soak.rest()
        print(
            f"{passed:6.1f} min  {last.total:8.1f} MiB (window {last.memory:.1f})  {last.things}", flush=True
        )
        if first is None and passed >= _WARM_MINUTES:
            first, since, soak.stalls = last, passed, Stalls()
    print("\n" + table(first, last, (f"{since:.1f} min", f"{passed:.1f} min")))
    stall = soak.stalls.quantile(0.999)
    print(f"\n{soak.actions:,} actions, {soak._typed:,} keys; event loop stalled p99.9 {stall:.0f} ms, "
          f"longest {soak.stalls.quantile(1.0):.0f} ms")  # fmt: skip
    soak.close()
    yield from soak.reports
    yield from _more(first, last)
    if last.total - first.total > _MOST_MIB:
        yield f"memory grew by {last.total - first.total:.1f} MiB"
    if stall > _MOST_STALL_MS:
        yield f"the event loop stalled for {stall:.0f} ms (p99.9)"


def main(minutes: float) -> int:
    """Soak for so many minutes, three of which are not counted; 0 takes the short form."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    trainer_module._SPARE_KEPT_MS = 200
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        application, runs = make_application(["soak"]), Path(folder) / "runs"
        wrong = list(run(application, runs, minutes) if minutes else tours(application, runs))
    print("\n".join(wrong) or "nothing grew")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
