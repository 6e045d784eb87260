"""The whole Training page over two run folders, a late engine, and what each panel must show."""

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from lstm_viz.files.lines import LineReader
from lstm_viz.messages import (
    ConfusedSentence,
    ConfusionQuery,
    CorpusQuery,
    CorpusSummary,
    Envelope,
    GradientFlowQuery,
    HistoryQuery,
)
from lstm_viz.runs import gates
from lstm_viz.runs.history import Epoch, read_all
from lstm_viz.runs.settings import SMALL
from lstm_viz.text.tokenized_text import spaced
from lstm_viz.uris import of_run, run_path
from tests.app.client.fakes import FakeLink
from tests.app.training.conftest import RunQueries
from tests.runs_support import write_run

PANELS = ("loss", "second_plot", "history", "saturation", "flow", "tags")
ASKED = ("history", "flow")  # of these panels the engine is asked
PANEL_OF = {HistoryQuery: "history", GradientFlowQuery: "flow"}
RUNS = ("a", "b")


class NoTrainer(QObject):
    """Stands in for a trainer."""

    pending_changed, died, failed = Signal(), Signal(object, str), Signal(str)
    pending = None


class Engine(FakeLink):
    """Reads a run as it is when it is asked, and answers when the test says so.

    Each number that it gives is that of the run, its epoch and its sentence: `mark`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.marks, self.kept = {}, {}

    def send(self, message) -> None:
        super().send(message)
        if isinstance(message, Envelope):
            run = run_path(getattr(message.query, "model", ""))
            self.marks[message.number] = mark_of(run)
            kept = [line.epoch for line in epochs_of(run) if line.checkpoint] if run else []
            self.kept[message.number] = kept


class Page(RunQueries):
    """The whole page, and the run folders beside it."""

    @property
    def panels(self):
        return dict(zip(PANELS, self.page.panels, strict=True))

    def path(self, name):
        return self.folder / name

    def select(self, name, epoch=None):
        self.state.pick_model(of_run(self.path(name)) if name else "preset:tutorial")
        if epoch is not None:
            self.state.change(epoch=epoch)

    def answer_all(self):
        """Answer everything that is asked, until nothing is."""
        done = set()
        for _ in range(20):
            self.settle()
            sent = self.link.sent
            waiting = [k for k, m in enumerate(sent) if isinstance(m, Envelope) and k not in done]
            if not waiting:
                return
            for k in waiting:
                done.add(k)
                self.answer(sent[k].query)
        raise AssertionError("the page never stops asking")

    def answer_to(self, query, **changes):
        answer = super().answer_to(query, **changes) if not isinstance(query, CorpusQuery) else None
        mark = self.link.marks[self.link.number_of(query)]
        match query:
            case CorpusQuery():
                return CorpusSummary(None)
            case HistoryQuery():
                marked = tuple(
                    msgspec.structs.replace(p, values=np.full_like(p.values, number(mark, p.epoch)))
                    for p in answer.pictures
                )
                return msgspec.structs.replace(answer, pictures=marked)
            case GradientFlowQuery():
                words = len(answer.words)
                norms = np.full((words, words), number(mark, query.epoch), np.float32)
                return msgspec.structs.replace(answer, norms=norms)
            case ConfusionQuery():
                sentences = (ConfusedSentence(spaced((f"{mark}", f"{query.epoch}")), (0,)),)
                return msgspec.structs.replace(answer, sentences=sentences, total=1)

    def _history(self, query, words, gold, **changes):
        epochs = tuple(epoch for epoch in query.epochs if epoch in self.link.kept[self.link.number_of(query)])
        return super()._history(query, words, gold, **{"epochs": epochs, **changes})


def mark_of(path):
    """Return what tells a run, with the weights that it has now, from all others: its steps an epoch."""
    lines = epochs_of(path) if path else []
    return lines[1].step if len(lines) > 1 else 0


def number(mark, epoch):
    """Return the number that stands for an epoch of a run; no two are the same."""
    return (mark + epoch / 100) / 1000


def epochs_of(path):
    """Return the epochs of a run folder as it is now."""
    return [line for line in read_all(Path(path)).lines if isinstance(line, Epoch)]


# ---------------------------------------------------------------- what is shown, held against the folder


def check(page):
    """Compare what is drawn in each panel, and what would be saved, with the run folder on the disk."""
    run_epoch = page.runs.run_epoch
    for name, panel in page.panels.items():
        assert panel.run_epoch in (None, run_epoch), name
        if run_epoch is None:
            assert not panel.is_ready or page.runs.compared, name
    if run_epoch is None or page.runs.current.error:
        return
    run = run_path(run_epoch.model)
    line = next((line for line in epochs_of(run) if line.epoch == run_epoch.epoch), None)
    assert line is None or line.step == run_epoch.step
    mark = mark_of(run)
    for name in PANELS:
        if page.panels[name].run_epoch is not None:
            CHECKS[name](page, page.panels[name], run_epoch, line, mark)


def check_curves(page, panel, run_epoch, line, mark):
    assert panel.plot.box.cursor_step == line.step
    assert panel.current.data is page.runs.current


def check_history(page, panel, run_epoch, line, mark):
    rows = panel.table().rows
    assert {row[2] for row in rows} == set(text_of(page).split())
    assert run_epoch.epoch in {row[0] for row in rows}
    for row in rows:
        assert row[6] == pytest.approx(number(mark, row[0]))


def check_saturation(page, panel, run_epoch, line, mark):
    _, lines = LineReader(page.runs.current.folder.gates).new()
    known = [gates.decode(raw) for raw in lines]
    wanted = [each for each in known if each.step <= line.step][-1]
    rows = [row for row in panel.table().rows if row[1] == "f"]
    assert [row[3] for row in rows] == list(wanted.closed["f"]) and rows[0][0] == wanted.step
    assert panel.subtitle.text().startswith(f"epoch {run_epoch.epoch} · as of step {wanted.step} · ")


def check_flow(page, panel, run_epoch, line, mark):
    rows = panel.table().rows
    assert {row[0] for row in rows} == {run_epoch.epoch}
    assert [row[2] for row in rows[:: len(text_of(page).split())]] == text_of(page).split()
    assert {row[6] for row in rows} == {np.float32(number(mark, run_epoch.epoch))}
    assert panel.targets.text().startswith(f"epoch {run_epoch.epoch} · ")


def check_tags(page, panel, run_epoch, line, mark):
    counts = sum(count for _, _, count in line.confusion)
    assert panel._counts.table.sum() == counts
    assert panel.subtitle.text().startswith(f"epoch {run_epoch.epoch} · ")
    listed = page.queries.confusions
    if listed is not None:
        assert listed.sentences[0].tokenized.text == f"{mark} {listed.epoch}"
        assert panel.mistakes._sentences.is_pale == (listed.epoch != run_epoch.epoch)


CHECKS = {
    "loss": check_curves,
    "second_plot": check_curves,
    "history": check_history,
    "saturation": check_saturation,
    "flow": check_flow,
    "tags": check_tags,
}


def text_of(page):
    return page.state.training.tracked_sentence or page.runs.current.run.tracked_sentence


def check_settled(page):
    """Check that each panel shows something about the moment, once all is answered, or why it cannot."""
    check(page)
    run_epoch, data = page.runs.run_epoch, page.runs.current
    if run_epoch is None or data.error or not data.checkpoints:
        return
    failed = {PANEL_OF[kind] for kind in page.queries.errors if kind in PANEL_OF}
    for name, panel in page.panels.items():
        if name in failed:
            assert panel.note.isVisible(), name
        elif name != "saturation" or run_epoch.epoch > 0:
            assert panel.run_epoch == run_epoch, name


def replace_run(page, name, steps):
    """Put a run with so many steps an epoch, and fewer epochs, into the place of another."""
    shutil.rmtree(page.path(name))
    settings = msgspec.structs.replace(SMALL, hidden_size=8)
    write_run(
        page.path(name),
        epochs=4,
        steps=4 * steps,
        settings=settings,
        seed=steps,
        tracked_sentence="a cat sat",
    )
    page.runs.poll()
    page.runs.stop()
